"""
RHEL, UBI and what takes its packages: judged by Red Hat's VEX, for the products that the image is set up for.

An image's content sets say which repositories it was built from, and the database which products
those hold (CPEs). Without content sets it is BaseOS and AppStream of the release. RHEL's main line
speaks of every image: what it discloses holds in the channels too, and updating to it is always
possible. A fix in a channel (EUS, E4S, AUS, TUS, ELS) counts as one where the image is set up for the
channel; a build that came from there is recognised by its dist tag all the same.

Of all that is said of one vulnerability the fix for the build's own stream decides, so that a
build of 9.4 with its fix is not measured by the higher one of 9.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shipworthy.matching.families.redhat_words import (
    SOURCE,
    fixes_of,
    is_at_least,
    is_main_line,
    is_same_build,
    stream_fixes,
    without_outruled,
)
from shipworthy.matching.families.rpm import RpmFamily
from shipworthy.matching.interface import Advisories, Family, Hit, Lookup, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import REDHAT_PRODUCTS, REDHAT_REPOSITORIES
from shipworthy.model.cpe import holds_for
from shipworthy.model.package import REPOSITORY, Distro, Package
from shipworthy.values import dataclass


_DEFAULT = frozenset({"", "baseos", "appstream", "server"})
"""Editions of a release without content sets; ``server`` is RHEL 7's and older ones' whole."""
_OWN = frozenset({"redhat", "rhel"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RedHatFamily(RpmFamily):
    """RHEL and UBI, and by the same bucket CentOS, Scientific Linux and other rebuilds without a feed of their own."""

    cpes: tuple[str, ...] = ()
    """The products in the repositories that the image was built from; empty where it does not tell."""

    def in_database(self, advisories: Advisories) -> Family:
        """With the products of the image's content sets, as far as the database knows them."""
        names = _repositories(self.distro)
        found = advisories.advisories(REDHAT_REPOSITORIES, names) if names else {}
        cpes = {cpe for rows in found.values() for row in rows for cpe in row.cpes}
        more = (REDHAT_PRODUCTS,) if cpes and advisories.has(REDHAT_PRODUCTS) else ()
        return replace(self, cpes=tuple(sorted(cpes)), more=more)

    def builder(self) -> str:
        """The image's own distribution: CentOS builds what Red Hat's statements are held against."""
        return self.distro.id if self.distro else RpmFamily.builder(self)

    def look_up(self, package: Package) -> Lookup | Skip:
        """By binary name, and by the source's for what is said of all its binaries."""
        found = RpmFamily.look_up(self, package)
        return with_source(found)

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on this build and on a product that the image has, or on the stream the build came from."""
        return (
            RpmFamily.admits(self, package, advisory)
            and is_same_build(package.version, advisory)
            and (
                self._has_product(advisory)
                or is_main_line(advisory.cpes, self._release, self._editions)
                or bool(stream_fixes(package.version, advisory))
            )
        )

    def needs(self, package: Package, advisory: Advisory) -> str:  # noqa: ARG002 - the seam's signature
        """The channel, unless the image is set up for it."""
        return "" if self._has_product(advisory) else advisory.channel

    def settle(
        self, package: Package, hits: Sequence[Hit], passed: Sequence[Advisory]
    ) -> Sequence[Hit]:
        """What the build's own stream, or a channel of the image, says of its fix; else all that is not outruled."""
        own = []
        for advisory in (*(hit.advisory for hit in hits), *passed):
            fixed = self._has_fix(package, advisory, passed)
            if fixed:
                return ()
            if fixed is not None:
                own.append(advisory)
        if own:
            stand = [hit for hit in hits if hit.advisory in own and not hit.needs]
            return stand or sorted(hits, key=lambda hit: bool(hit.needs))
        return without_outruled(hits, passed)

    def _has_fix(
        self, package: Package, advisory: Advisory, passed: Sequence[Advisory]
    ) -> bool | None:
        """Whether the build has the fix of its own stream or of the image's channel; ``None`` where the advisory has none."""
        fixes = stream_fixes(package.version, advisory)
        if fixes:
            return any(is_at_least(package.version, fix) for fix in fixes)
        if advisory.channel and fixes_of(advisory) and self._has_product(advisory):
            return advisory in passed
        return None

    def _has_product(self, advisory: Advisory) -> bool:
        if not advisory.cpes:
            return True
        return any(holds_for(wide, own) for wide in advisory.cpes for own in self.cpes)

    @property
    def _release(self) -> str:
        return self.bucket.partition("-")[2]

    @property
    def _editions(self) -> frozenset[str] | None:
        """A rebuild's repositories have other names, so that all of RHEL's count for it."""
        is_own = self.distro is None or self.distro.id in _OWN
        return _DEFAULT if is_own else None


def with_source(found: Lookup | Skip) -> Lookup | Skip:
    """The look-up also by the name under which statements on the source package are filed."""
    if isinstance(found, Skip):
        return found
    source = found.package.source or found.package.name
    return found._replace(also=(source + SOURCE,))


def _repositories(distro: Distro | None) -> list[str]:
    """The content sets that the image names."""
    channels = distro.channels if distro else ()
    return [
        channel.removeprefix(REPOSITORY)
        for channel in channels
        if channel.startswith(REPOSITORY)
    ]
