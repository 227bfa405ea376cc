"""
Places of packages with all taken out that a rebuild or an update changes.

A path says where a package is and, by the way, which version it has, which interpreter it is for,
which processor, and in content-addressed stores which bytes. Only the first is a place. What is taken
out stands as ``*``: ``usr/lib/python*/site-packages``, ``srv/shop.war!/WEB-INF/lib/log4j-core-*``.
The layouts are those of the package managers: dist-info (Python packaging specifications, "Recording installed
projects"), node_modules and pnpm's virtual store, gem specifications, Maven's ``artifact-version.jar``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shipworthy.model.package import Package


SYSTEM = "system"
"""The place of what the distribution's package manager installed, whatever file it keeps its list in."""

UNKNOWN = ""
"""The place of a package of which none is told, as in many SBOMs."""

_BY_SYSTEM = frozenset({"alpm", "apk", "deb", "os", "rpm"})

_PYTHON = (".dist-info", ".egg-info", ".egg")

_WORTH_A_LOOK = re.compile(r"[0-9]|arm")
_PROCESSOR = re.compile(
    r"(?:(?<=[-_.])|^)"
    r"(?:x86_64|x86-64|x64|amd64|aarch64|arm64|arm(?:v[5-8][a-z]*|hf|el)?|i[3-6]86|ppc64(?:le|el)?|powerpc64(?:le)?|s390x"
    r"|riscv64|loong(?:arch)?64|mips(?:64)?(?:el|le)?)"
    r"(?:-linux-(?:gnu|musl)[a-z0-9]*)?"
    r"(?=$|[-_.])"
)
_DIGEST = re.compile(
    r"(?:(?<=[-_.@])|^)(?=[0-9a-f]*[0-9])[0-9a-f]{10,}(?=$|[-_.])|^[0-9a-z]{32}(?=-)"
)
_VERSION = re.compile(
    r"^v?[0-9]+(?:[.+~_-].*)?$"  # 3.1.0, v18, 17
    r"|(?<=.)(?P<mark>[-_@])v?[0-9].*$"  # log4j-core-2.14.1.jar, lodash@4.17.21
    r"|(?<=\.so)\.[0-9].*$"  # libssl.so.3
    r"|(?<=[A-Za-z_+])[0-9]+(?:\.[0-9]|u[0-9]).*$"  # python3.11, jdk8u382-b05
)


def places_of(package: Package) -> tuple[str, ...]:
    """
    The places of ``package``, sorted, each once; ``("",)`` where none is told.

    Two copies whose paths differ in a version alone are in one place.
    """
    if package.type in _BY_SYSTEM:
        return (SYSTEM,)
    locations = package.locations
    if len(locations) == 1:
        return (place_of(package.type, locations[0].path, package.version),)
    places = {place_of(package.type, at.path, package.version) for at in locations}
    return tuple(sorted(places)) or (UNKNOWN,)


def place_of(type_: str, path: str, version: str = "") -> str:
    """The place that ``path`` is in, of a package of ``type_`` that has ``version``."""
    if not path.isascii():
        path = path.encode("utf-8", "backslashreplace").decode()
    path = _directory(type_, path)
    if version and version in path:
        # Also versions without a number: guava-r09.jar, app-SNAPSHOT.jar.
        for mark in "-_@":
            path = path.replace(f"{mark}{version}", f"{mark}0")
    return _steady_path(path)


def _directory(type_: str, path: str) -> str:
    """
    The path of the directory that holds the package beside others, where it has one.

    Elsewhere the path itself.
    """
    if type_ == "npm" and path.endswith("package.json"):
        return path[: -len("/package.json")] or "."
    if type_ == "gem" and path.endswith(".gemspec"):
        return path.rpartition("/")[0] or "."
    if type_ == "pypi":
        for mark in _PYTHON:
            at = path.rfind(mark)
            if at >= 0 and path[at + len(mark) :][:1] in {"", "/"}:
                return path[: max(path.rfind("/", 0, at), 0)] or "."
    return path


@lru_cache(maxsize=4096)
def _steady_path(path: str) -> str:
    if not _WORTH_A_LOOK.search(path):
        return path
    return "/".join(map(_steady, path.split("/")))


@lru_cache(maxsize=4096)
def _steady(segment: str) -> str:
    if not _WORTH_A_LOOK.search(segment):
        return segment
    if segment == "lib64":
        return "lib"
    segment = _DIGEST.sub("*", _PROCESSOR.sub("*", segment))
    return _VERSION.sub(lambda found: f"{found['mark'] or ''}*", segment, count=1)
