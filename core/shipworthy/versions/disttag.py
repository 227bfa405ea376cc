"""
What the release of a package built for the RHEL family tells: for which stream it was built.

Source: Fedora and RHEL packaging, "dist tag". ``.el9_2`` is a build for the minor release
9.2, ``.el9`` one for whatever 9 was then, ``.module+el8.6.0+…`` a module's build. Products
beside RHEL tag their own builds: ``.el9fdp``, ``.rhaos4.16.el9``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shipworthy.values import dataclass


_TAG = re.compile(
    r"(?:\.(?P<before>rhaos)[0-9.]{1,20})?"
    r"\.el(?P<major>[0-9]{1,3})(?P<after>[a-z]*)(?:_(?P<minor>[0-9]{1,3}))?(?![0-9])"
)
_MODULE = re.compile(r"\.module[_+](?:el)?(?P<major>[0-9]{1,3})\.(?P<minor>[0-9]{1,3})")
_RELEASE = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DistTag:
    """For what a package was built."""

    major: str
    minor: str = ""
    """Empty where the build is not for one minor release."""
    product: str = ""
    """Whose build it is beside RHEL's own: ``fdp``, ``rhaos``; empty for RHEL."""
    text: str = ""
    """The tag as it stands in the release, up to its end."""

    @property
    def stream(self) -> str:
        """``9.2`` for ``.el9_2``; empty where no minor release is named."""
        return f"{self.major}.{self.minor}" if self.minor else ""


@lru_cache(maxsize=1 << 16)
def dist_tag(version: str) -> DistTag | None:
    """The tag in the release of ``[epoch:]version-release``; ``None`` where there is none."""
    release = version.rpartition("-")[2]
    if module := _MODULE.search(release):
        return DistTag(
            major=module["major"], minor=module["minor"], text=module.group()
        )
    found = _TAG.search(release)
    if found is None:
        return None
    return DistTag(
        major=found["major"],
        minor=found["minor"] or "",
        product=(found["before"] or "") + found["after"],
        text=found.group(),
    )


def next_build(version: str) -> str:
    """
    The version that begins the builds after those of ``version``'s own branch.

    A stream goes on with its release number and counts behind the tag: after
    ``7.76.1-23.el9_2`` comes ``7.76.1-23.el9_2.1``, and ``7.76.1-24`` begins what was
    developed further. Empty where the release does not begin with a number.
    """
    upstream, dash, release = version.rpartition("-")
    found = _RELEASE.match(release) if dash else None
    if found is None or len(found.group()) > 12:
        return ""
    return f"{upstream}-{int(found.group()) + 1}"


def first_build(version: str) -> str:
    """The version that begins ``version``'s own stream: all up to the dist tag's end; empty without a tag."""
    tag = dist_tag(version)
    if tag is None:
        return ""
    head, _, _ = version.partition(tag.text)
    return head + tag.text
