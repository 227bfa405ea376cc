"""
Packages of dpkg: looked up by source package and source version.

Where only the binary's version is known (a package URL without ``upstream``), the suffix of a
rebuild of the binary alone, ``+b1``, is left off: the source has no such version (Debian
Developer's Reference, 5.10.2.1, binary-only NMUs).

Fixes in a channel of its own, such as Extended LTS, are weighed against what the release's own
repositories have, see :meth:`DebFamily.settle`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from shipworthy.matching.families.base import PlainFamily
from shipworthy.matching.families.vendors import is_third_party_deb
from shipworthy.matching.interface import Hit, Lookup, Reason, Skip
from shipworthy.model.advisory import UNRELEASED, Advisory, FixState
from shipworthy.model.package import Package


HEADERS = Reason(
    subject="kernel headers",
    message="kernel headers are not the kernel",
)
THIRD_PARTY = Reason(
    subject="third-party packages",
    message="the distribution's advisories do not speak of packages from elsewhere",
)

_OF_BOTH: tuple[FixState, ...] = ("under-investigation", "end-of-life")
"""States that hold for a release where its channel has them."""
_REBUILD = re.compile(r"\+b\d{1,4}\Z", re.ASCII)
_HEADERS = re.compile(
    r"linux-(?:libc-dev(?:-.*)?|(?:.*-)?headers-.*|kbuild-.*|compiler-.*|doc(?:-.*)?)"
)


class DebFamily(PlainFamily):
    """Debian and what is built from it."""

    __slots__ = ()

    def look_up(self, package: Package) -> Lookup | Skip:
        """By source: a rebuild of the binary alone (``+b1``) does not change what is compared."""
        if _HEADERS.fullmatch(package.name):
            return Skip(package=package, reason=HEADERS)
        if is_third_party_deb(package.vendor, package.version):
            return Skip(package=package, reason=THIRD_PARTY)
        return Lookup(
            package=package,
            name=package.source or package.name,
            version=package.source_version or _REBUILD.sub("", package.version),
        )

    def needs(self, package: Package, advisory: Advisory) -> str:
        """The channel that the fix is in, if the image is not set up for it; nothing where no fix is named."""
        names_fix = any(
            kind == "fixed" for r in advisory.ranges for kind, _ in r.events
        )
        return PlainFamily.needs(self, package, advisory) if names_fix else ""

    def settle(
        self, package: Package, hits: Sequence[Hit], passed: Sequence[Advisory]
    ) -> Sequence[Hit]:
        """
        Weigh what the release's own repositories have against what a channel has.

        - Who has the channel's fix, or is not affected by its word, is not affected, whatever is
          said of the release.
        - On a package of the channel the channel's word counts, and a fix of the release's own.
        - Any other package goes by the release's word. Where that is silent the channel's
          advisory tells that the release is affected, and mostly that nobody repairs it there.
        """
        if any(_is_apart(advisory) for advisory in passed):
            return ()
        own = [hit for hit in hits if not _is_apart(hit.advisory)]
        apart = [hit for hit in hits if _is_apart(hit.advisory)]
        if not apart:
            return hits
        if any(self.is_of(package, hit.advisory) for hit in apart):
            return [*(hit for hit in own if hit.where.fixed_versions), *apart]
        if own:
            state = own[0].advisory.fix_state
        elif passed:
            return ()
        else:
            state = self._of_silent(apart)
        return [*own, *(_with_state(hit, state) for hit in apart)]

    def _of_silent(self, apart: Sequence[Hit]) -> FixState:
        """What a channel says of a release that itself says nothing."""
        states = {hit.advisory.fix_state for hit in apart}
        for state in _OF_BOTH:
            if states == {state}:
                return state
        return self.without_fix()

    def is_of(self, package: Package, advisory: Advisory) -> bool:  # noqa: ARG002 - for those who can tell by the version
        """Tell whether the package is, or may be updated to, a build of the channel."""
        return bool(self.distro and advisory.channel in self.distro.channels)

    def without_fix(self) -> FixState:
        """What a fix in a channel alone says of the release: Debian's Extended LTS begins where its support ends."""
        return "end-of-life"


def _is_apart(advisory: Advisory) -> bool:
    return advisory.channel not in {"", UNRELEASED}


def _with_state(hit: Hit, state: FixState) -> Hit:
    return hit._replace(advisory=replace(hit.advisory, fix_state=state))
