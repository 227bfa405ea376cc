"""
RPM's full package label: ``[name-][epoch:]version-release[.architecture]`` (NEVRA).

``rpm -qa`` prints labels so; advisories and repository metadata name packages by them.
"""

from __future__ import annotations

import re

from shipworthy.errors import VersionError
from shipworthy.values import dataclass
from shipworthy.versions.interface import MAX_LENGTH, Key
from shipworthy.versions.rpm import evr_key


_ARCHITECTURE = re.compile(
    r"noarch|src|nosrc|x86_64(?:_v[2-4])?|amd64|ia32e|i[3-6]86|athlon|geode|pentium[34]"
    r"|aarch64|arm64|armhfp|armv[5-8][a-z]*|ppc(?:64(?:le|p7)?)?|s390x?|riscv(?:32|64)?"
    r"|loongarch64|mips(?:64)?(?:r6)?(?:el)?|ia64|sparc(?:64|v9)?v?|alpha(?:ev[56]6?)?"
    r"|m68k|sh[34]a?"
)
_EVR = re.compile(
    r"(?:(?P<name>.+)-)?(?:(?P<epoch>[0-9]+):)?(?P<version>[^-:]+)-(?P<release>[^-:]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nevra:
    """One label in its parts; absent parts are empty."""

    name: str = ""
    epoch: str = ""
    version: str
    release: str
    arch: str = ""

    @property
    def key(self) -> Key:
        """Orders labels: by name, then epoch, version and release, then architecture; absent is first."""
        return (self.name, *evr_key(self.epoch, self.version, self.release), self.arch)


def parse_nevra(label: str) -> Nevra:
    """Split a label into its parts; raises ``VersionError`` where version and release are not to be found."""
    found = _EVR.fullmatch(label.strip()) if len(label) <= MAX_LENGTH else None
    if found is None or not label.strip().isprintable() or " " in label.strip():
        shown = label[:60]
        raise VersionError(
            f"{shown!r} is not an RPM label: expected [name-][epoch:]version-release[.arch]"
        )
    release, dot, arch = found["release"].rpartition(".")
    if not dot or not _ARCHITECTURE.fullmatch(arch):
        release, arch = found["release"], ""
    return Nevra(
        name=found["name"] or "",
        epoch=found["epoch"] or "",
        version=found["version"],
        release=release,
        arch=arch,
    )


def compare_nevra(a: str, b: str) -> int:
    """Give -1, 0 or 1 as label ``a`` is before, equal to or after ``b``; raises ``VersionError``."""
    left, right = parse_nevra(a).key, parse_nevra(b).key
    return (left > right) - (left < right)
