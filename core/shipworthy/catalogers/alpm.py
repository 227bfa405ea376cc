"""
Packages that pacman installed: Arch Linux and its kin.

Format: libalpm's local database, a directory a package in ``var/lib/pacman/local``, with
``desc`` (sections ``%NAME%``, ``%VERSION%``, ``%BASE%``, ``%ARCH%``, ``%LICENSE%``, ``%PACKAGER%``, each a
line and its values until an empty one) and ``files`` (``%FILES%``, directories end in ``/``).
``etc/pacman.conf`` (pacman.conf(5)) tells whether the image installs from Arch's testing repositories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from shipworthy.catalogers.distro import CHANNEL
from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen, Wants


_PLACE = re.compile(r"var/lib/pacman/local/([^/]{1,510})/(desc|files)")
_SECTION = re.compile(r"%([A-Z0-9_]{1,40})%")
_NAME = re.compile(r"[A-Za-z0-9@._+][A-Za-z0-9@._+-]{0,254}", re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+:~]*-[A-Za-z0-9.]{1,40}", re.ASCII)
_CONFIGURATION = "etc/pacman.conf"
_TESTING = re.compile(
    r"^[ \t]*\[(?:(?:core|extra|community|multilib)-)?testing\][ \t\r]*$",
    re.ASCII | re.MULTILINE,
)
_MAX_TEXT = 256
_MAX_LICENCES = 100


class AlpmCataloger:
    """Finds pacman's packages and their files."""

    name = "alpm"
    version = 1
    grouped = False
    wants = Wants(names=frozenset({"desc", "files"}), paths=frozenset({_CONFIGURATION}))

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give a package for each ``desc`` and its list for each ``files`` of the database."""
        for file in files:
            if file.path == _CONFIGURATION:
                if _TESTING.search(bytes(file.data).decode("utf-8", "replace")):
                    facts = ((f"{CHANNEL}testing", "1"),)
                    yield Evidence(path=file.path, facts=facts)
                continue
            place = _PLACE.fullmatch(file.path)
            if place is None:
                continue
            sections = _sections(bytes(file.data).decode("utf-8", "backslashreplace"))
            key = f"alpm:{place[1]}"
            if place[2] == "files":
                listed = "\0".join(
                    path
                    for path in sections.get("FILES", ())
                    if not path.endswith("/") and "\0" not in path
                )
                if listed:
                    yield Evidence(path=file.path, files_of=key, file_list=listed)
                continue
            found = _package(sections, key)
            if isinstance(found, PackageSeen):
                yield Evidence(path=file.path, packages=(found,))
            else:
                yield Evidence(path=file.path, problems=(found,))


def _sections(text: str) -> dict[str, list[str]]:
    """The values by section; of a section that comes twice the last counts."""
    found: dict[str, list[str]] = {}
    values: list[str] | None = None
    for raw in text.split("\n"):
        line = raw.strip("\r")
        if not line:
            values = None
        elif values is not None:
            values.append(line)
        elif section := _SECTION.fullmatch(line):
            values = found[section[1]] = []
    return found


def _package(sections: Mapping[str, Sequence[str]], key: str) -> PackageSeen | str:
    """The package of a ``desc``, or what is wrong with it."""
    name, version = _first(sections, "NAME"), _first(sections, "VERSION")
    if not _NAME.fullmatch(name):
        return f"names no package: {name[:60]!r}"
    if not _VERSION.fullmatch(version):
        return f"package {name} has no version pacman allows: {version[:60]!r}"
    base = _first(sections, "BASE")
    licences = (text[:_MAX_TEXT] for text in sections.get("LICENSE", ()))
    return PackageSeen(
        type="alpm",
        name=name,
        version=version,
        arch=_first(sections, "ARCH"),
        source=base if base != name and _NAME.fullmatch(base) else "",
        vendor=_first(sections, "PACKAGER"),
        licences=tuple(dict.fromkeys(licences))[:_MAX_LICENCES],
        key=key,
    )


def _first(sections: Mapping[str, Sequence[str]], name: str) -> str:
    values = sections.get(name) or ("",)
    return values[0].strip()[:_MAX_TEXT]
