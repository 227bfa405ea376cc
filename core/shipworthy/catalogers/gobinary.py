"""
Go modules out of the programs built of them.

Every Go program names its toolchain, and one built with modules the modules that went into
it. Three kinds of packages come out of that:

- The **standard library** as ``stdlib``, in the version of the toolchain, which is what the Go
  vulnerability database calls it. A development toolchain has no version.
- Each **dependency**; where it was replaced by another module, that other one, since its code
  was built. One replaced by a directory keeps its name and has no version, for nobody knows what
  was in there (note ``replaced-locally``).
- The **main module** (note ``main-module``). ``(devel)``, what Go writes for a build out of a
  working tree, is no version and becomes an empty one. Linker flags are believed only where they
  leave no doubt: they set one version variable of the main package or of the main module, to
  a release whose major version is that of the module path (note ``version-from-ldflags``).

Source: https://pkg.go.dev/debug/buildinfo, https://go.dev/ref/mod, https://go.dev/security/vuln/database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from shipworthy.catalogers.executable import MAX_SIZE, open_executable
from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen, Wants


if TYPE_CHECKING:
    from shipworthy.catalogers.gobuildinfo import BuildInfo, Module


_MAX_LDFLAGS = 64 * 1024
_RELEASE = re.compile(r"v?(\d{1,9})\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,64})?")
_MAJOR = re.compile(r"[./]v(\d{1,9})$")
_VARIABLE = re.compile(
    r"-X[ =]\s*['\"\\]*([\w./~-]+)\.(\w+)=([^\s'\"\\]*)",
)
_VERSION_NAMES = frozenset({"version", "appversion", "buildversion", "gitversion"})
_TOOLCHAIN = re.compile(
    r"go(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:(rc|beta)(\d{1,4}))?(?:b\d+)?(?![0-9A-Za-z.])"
)


class GoBinaryCataloger:
    """Go's standard library and modules in executables; see the module for what becomes of each."""

    name = "gobinary"
    version = 1
    wants = Wants(elf=True, suffixes=frozenset({".exe"}), max_size=MAX_SIZE)
    grouped = False

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """
        The packages of each Go program among ``files``; other executables give nothing.

        Raises:
            ParseError: A Go program's build information is there and cannot be read.
        """
        from shipworthy.catalogers.gobuildinfo import read_build_info

        for file in files:
            program = open_executable(file.data)
            if program is None:
                continue
            info = read_build_info(program)
            if info is not None:
                packages = tuple(sorted(set(_packages(info)), key=_order))
                yield Evidence(
                    path=file.path, packages=packages, problems=info.problems
                )


def stdlib_version(toolchain: str) -> str:
    """
    The version of the standard library in a toolchain, in Go's semantic form; empty where it has none.

    ``go1.22.3 X:boringcrypto`` and ``go1.22.3-fips`` are ``v1.22.3``, ``go1.22`` is ``v1.22.0``,
    ``go1.22rc1`` is ``v1.22.0-rc.1``. A toolchain built out of the development tree
    (``devel go1.24-…``, ``go1.25-devel_…``) has none.
    """
    found = _TOOLCHAIN.match(toolchain)
    if found is None or "devel" in toolchain:
        return ""
    major, minor, patch, stage, number = found.groups()
    version = f"v{major}.{minor}.{patch or 0}"
    return f"{version}-{stage}.{number}" if stage else version


def _packages(info: BuildInfo) -> Iterable[PackageSeen]:
    """The packages that a program's build information tells of."""
    yield _package("stdlib", stdlib_version(info.toolchain))
    if info.main is not None:
        yield _main_module(info.main, info.ldflags)
    for module in info.dependencies:
        yield _dependency(module)


def _dependency(module: Module) -> PackageSeen:
    """The package that was built for a dependency."""
    other = module.replacement
    if other is None:
        return _package(module.path, _version(module))
    if not _version(other):
        return _package(module.path, "", "replaced-locally")
    return _package(other.path, _version(other))


def _main_module(module: Module, ldflags: str) -> PackageSeen:
    """The package of the program itself."""
    notes = ["main-module"]
    version = _version(module)
    if not version:
        version = version_from_ldflags(module.path, ldflags)
        notes += ["version-from-ldflags"] if version else []
    return _package(module.path, version, *notes)


def version_from_ldflags(path: str, ldflags: str) -> str:
    """
    The release that linker flags give the main module ``path``, as ``v1.2.3``; empty where in doubt.

    In doubt is: no variable with a version's name in the main package or the main module,
    two that differ, a value that is no release, or a major version that the path denies.
    """
    values = {
        value.removeprefix("v")
        for package, variable, value in _VARIABLE.findall(ldflags[:_MAX_LDFLAGS])
        if variable.lower() in _VERSION_NAMES
        and (package in {"main", path} or package.startswith(path + "/"))
    }
    if len(values) != 1:
        return ""
    value = values.pop()
    release = _RELEASE.fullmatch(value)
    if release is None:
        return ""
    suffix = _MAJOR.search(path)
    majors = {suffix[1]} if suffix else {"0", "1"}
    return f"v{value}" if release[1] in majors else ""


def _version(module: Module) -> str:
    """The module's version; empty where there is none, as for a working tree or a directory."""
    version = module.version
    return version if version[:1] == "v" and version[1:2].isdigit() else ""


def _package(name: str, version: str, *notes: str) -> PackageSeen:
    from shipworthy.model.purl import golang_purl

    return PackageSeen(
        type="golang",
        name=name,
        version=version,
        purl=golang_purl(name, version),
        notes=notes,
    )


def _order(package: PackageSeen) -> tuple[str, str, tuple[str, ...]]:
    return package.name, package.version, package.notes
