"""
Fedora: looked up by source package, as updates are built.

The name of a source package carries no epoch, and binaries of one source may have epochs
of their own (perl's), so both sides are compared without. COPR's vendor begins with
Fedora's name and is somebody else.
"""

from __future__ import annotations

import re

from shipworthy.matching.families.deb import THIRD_PARTY
from shipworthy.matching.families.rpm import RpmFamily
from shipworthy.matching.interface import Lookup, Skip
from shipworthy.model.package import Package


_EPOCH = re.compile(r"\d+:", re.ASCII)
_COPR = "fedora copr"


class FedoraFamily(RpmFamily):
    """Fedora Linux."""

    __slots__ = ()

    def look_up(self, package: Package) -> Lookup | Skip:
        """By source name and version, without the epoch."""
        if package.vendor.strip().lower().startswith(_COPR):
            return Skip(package=package, reason=THIRD_PARTY)
        # explicit: a dataclass with slots is another class than the one super() would mean
        found = RpmFamily.look_up(self, package)
        if isinstance(found, Skip):
            return found
        return found._replace(version=_EPOCH.sub("", found.version, count=1))
