"""
Amazon Linux: binary packages by architecture, and the extras topics of release 2.

A topic repeats names of the core (``kernel``, ``golang``) on version lines of its own, so
its fix says nothing of the core's package. A package is of a topic where the image is
set up for that topic and its version fits the topic's (``kernel-5.10`` has 5.10, ``docker``
any); where no topic is told, as in an SBOM, the fix of the same upstream branch is.
"""

from __future__ import annotations

import re

from shipworthy.matching.families.rpm import RpmFamily
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Package


EXTRAS = "extras-"
"""Begins the channel of an extras topic."""

_TOPIC_VERSION = re.compile(r"\d+(?:\.\d+)*\Z", re.ASCII)
_BRANCH = 2
"""Numbers of an upstream branch: ``5.10``."""


class AmazonFamily(RpmFamily):
    """Amazon Linux 1, 2, 2022 and 2023; live patches are packages with names of their own."""

    __slots__ = ()

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on this architecture and, of an extras topic, on a package from it."""
        # explicit: a dataclass with slots is another class than the one super() would mean
        return RpmFamily.admits(self, package, advisory) and self._is_from(
            package, advisory
        )

    def needs(self, package: Package, advisory: Advisory) -> str:  # noqa: ARG002 - the seam's signature
        """Nothing but an update: only advisories of the repository that a package came from are admitted."""
        return ""

    def _is_from(self, package: Package, advisory: Advisory) -> bool:
        channel = advisory.channel
        if not channel.startswith(EXTRAS):
            return True
        enabled = self.distro.channels if self.distro else ()
        told = any(name.startswith(EXTRAS) for name in enabled)
        if told and channel not in enabled:
            return False
        numbers = len(_numbers_of_topic(channel)) if told else _BRANCH
        return not numbers or any(
            _numbers(fix)[:numbers] == _numbers(package.version)[:numbers]
            for fix in _fixes(advisory)
        )


def _numbers_of_topic(channel: str) -> list[str]:
    found = _TOPIC_VERSION.search(channel)
    return found.group().split(".") if found else []


def _numbers(version: str) -> list[str]:
    """The numbers of the upstream version: ``5``, ``10`` and ``192`` of ``5.10.192-183.736.amzn2``."""
    return version.rpartition(":")[2].partition("-")[0].split(".")


def _fixes(advisory: Advisory) -> list[str]:
    return [
        version
        for one in advisory.ranges
        for kind, version in one.events
        if kind == "fixed"
    ]
