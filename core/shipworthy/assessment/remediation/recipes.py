"""
The command that brings a language package to a version, by ecosystem and place.

- npm-install(1). Whether a package is asked for by the application or by another package, its
  place does not tell, and one that asks for exactly the old version gets it again; so
  ``overrides`` (package.json(5)) settle it for all that ask for a version between the installed
  and the new one, which leaves other lines as they are. Both are written before anything is installed: afterwards npm takes the copies as they are.
- pip install, for the environment that a place belongs to. ``--target`` leaves the metadata of
  the version before in its place, so that is removed after it.
- Maven's ``dependencyManagement``, Bundler, Cargo, Composer, NuGet, Go modules.

Names, versions and paths come from the image and are pasted into a build: one that is not plain
text gives no command at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from shlex import quote

from shipworthy.assessment.remediation.streams import (
    line_of,
    next_line,
)
from shipworthy.model.package import Package


_PLAIN = re.compile(r"@?[A-Za-z0-9_][A-Za-z0-9._+:/@~!-]{0,299}", re.ASCII)
_PATH = re.compile(r"[A-Za-z0-9_.+@~/ -]{1,400}", re.ASCII)
_SITE = re.compile(
    r"(.*)/lib/python(\d+)\.(\d+)/(site|dist)-packages/"
    r"([^/]+\.(?:dist|egg)-info)?(?:/.*|[^/]*)"
)
_SYSTEM = frozenset({"usr", "usr/local"})
_MANAGED_FROM = 11
_MOST_PLACES = 3


def command_for(
    package: Package, target: str, pythons: AbstractSet[str] = frozenset()
) -> str:
    """
    What brings ``package`` to ``target``; empty where there is no one command for it.

    Args:
        package: The package with its places.
        target: The version.
        pythons: The interpreters in the image, ``3.11``, as far as they are known.
    """
    paths = [place.path for place in package.locations]
    if any(".." in path.split("/") for path in paths):
        return ""
    plain = all(map(_PLAIN.fullmatch, (package.name, package.version, target)))
    if not plain or not all(map(_PATH.fullmatch, paths)):
        return ""
    if package.type == "pypi":
        return _pip(package, target, paths, pythons)
    spell = _BY_TYPE.get(package.type)
    return spell(package, target, paths) if spell else ""


def python_of(package: Package) -> str:
    """The version of Python that a package is installed for, ``3.8``; empty where its places do not tell one."""
    if package.type != "pypi":
        return ""
    found = {_SITE.fullmatch(place.path) for place in package.locations}
    told = {f"{one[2]}.{one[3]}" for one in found if one}
    return told.pop() if len(told) == 1 else ""


def removal_of(package: Package) -> str:
    """What removes ``package``; empty where there is no one command for it."""
    if not _PLAIN.fullmatch(package.name):
        return ""
    verb = {"npm": "npm uninstall", "pypi": "pip uninstall -y", "gem": "gem uninstall"}
    command = verb.get(package.type, "")
    return f"{command} {package.name}" if command else ""


def go_command(wanted: Sequence[tuple[str, str]]) -> str:
    """What brings modules of a Go program to versions and its build to a toolchain, before it is built again."""
    if not all(
        _PLAIN.fullmatch(name) and _PLAIN.fullmatch(version) for name, version in wanted
    ):
        return ""
    words = [
        f"toolchain@go{_toolchain(version.removeprefix('v'))}"
        if name == "stdlib"
        else f"{name}@{version if version[:1] == 'v' else f'v{version}'}"
        for name, version in wanted
    ]
    return f"go get {' '.join(words)} && go mod tidy"


def _toolchain(version: str) -> str:
    """A toolchain's version with all its numbers, as they have been called since 1.21."""
    return version if version.count(".") > 1 else f"{version}.0"


def cargo_command(wanted: Sequence[tuple[str, str, str]]) -> str:
    """What brings crates (name, current, target) of a program to versions, before it is built again."""
    if not all(_PLAIN.fullmatch(word) for one in wanted for word in one):
        return ""
    return " && ".join(
        f"cargo update -p {name}@{current} --precise {target}"
        for name, current, target in wanted
    )


def _npm(package: Package, target: str, paths: Sequence[str]) -> str:
    name = package.name
    commands = []
    for root, own in sorted(_npm_roots(paths).items())[:_MOST_PLACES]:
        asked = f"{package.version} - {target}"
        line = f"overrides[{name}@{asked}]="
        settings = [quote(f"dependencies[{name}]={target}")] if own else []
        settings.append(quote(line + (f"${name}" if own else target)))
        place = f"/{quote(root)}" if root else "/"
        commands.append(
            f"cd {place} && npm pkg set {' '.join(settings)} && npm install"
        )
    return " && ".join(commands) or f"npm install {name}@{target}"


def _npm_roots(paths: Sequence[str]) -> dict[str, bool]:
    """The directories with the outermost node_modules, and whether a place is right in it."""
    roots: dict[str, bool] = {}
    for path in paths:
        root, found, tail = f"/{path}".partition("/node_modules/")
        if found:
            own = "/node_modules/" not in tail
            key = root.lstrip("/")
            roots[key] = roots.get(key, True) and own
    return roots


def _pip(
    package: Package, target: str, paths: Sequence[str], pythons: AbstractSet[str]
) -> str:
    end = _end_of(package, target)
    wanted = quote(f"{package.name}>={target}" + (f",<{end}" if end else ""))
    commands = dict.fromkeys(
        f"{before} {wanted}{after}"
        for before, after in (_pip_of(path, pythons) for path in sorted(paths) or [""])
    )
    return " && ".join(list(commands)[:_MOST_PLACES])


def _end_of(package: Package, target: str) -> str:
    """
    The first version that is not to be installed; empty where there is no such.

    Who leaves a line below 1.0 must change code anyway, and the lines after it are mostly
    what other packages ask for.
    """
    line = line_of("pypi", package.name, target)
    leaves = line != line_of("pypi", package.name, package.version)
    return "1" if leaves and line[:1] == (0,) else next_line(line)


def _pip_of(path: str, pythons: AbstractSet[str]) -> tuple[str, str]:
    """``pip install`` for the environment that a place belongs to, and what follows."""
    found = _SITE.fullmatch(path)
    if found is None:
        return "pip install", ""
    prefix, major, minor, kind, metadata = found.groups()
    version = f"{major}.{minor}"
    if prefix not in _SYSTEM:
        return f"{quote(f'/{prefix}/bin/pip')} install", ""
    if pythons and version not in pythons:
        place = f"/{prefix}/lib/python{version}/{kind}-packages"
        install = (
            f"pip install --upgrade --target {quote(place)} --python-version {version}"
            " --only-binary=:all: --no-deps"
        )
        old = quote(f"{place}/{metadata}")
        return install, f" && rm -rf {old}" if metadata else ""
    managed = kind == "dist" and (int(major), int(minor)) >= (3, _MANAGED_FROM)
    program = f"python{version} -m pip install"
    return f"{program} --break-system-packages" if managed else program, ""


def _maven(package: Package, target: str, paths: Sequence[str]) -> str:  # noqa: ARG001 -- the seam's signature
    group, found, artifact = package.name.partition(":")
    if not found:
        return ""
    return (
        "<dependencyManagement><dependencies><dependency>"
        f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{target}</version>"
        "</dependency></dependencies></dependencyManagement>"
    )


def _gem(package: Package, target: str, paths: Sequence[str]) -> str:
    if any(path.endswith("Gemfile.lock") for path in paths):
        return f"bundle update --conservative {package.name}"
    return f"gem install {package.name} -v {target}"


def _go(package: Package, target: str, paths: Sequence[str]) -> str:  # noqa: ARG001 -- the seam's signature
    return go_command([(package.name, target)])


def _cargo(package: Package, target: str, paths: Sequence[str]) -> str:  # noqa: ARG001 -- the seam's signature
    return cargo_command([(package.name, package.version, target)])


def _composer(package: Package, target: str, paths: Sequence[str]) -> str:  # noqa: ARG001 -- the seam's signature
    caret = quote(f"{package.name}:^{target.removeprefix('v')}")
    return f"composer require --with-all-dependencies {caret}"


def _nuget(package: Package, target: str, paths: Sequence[str]) -> str:  # noqa: ARG001 -- the seam's signature
    return f"dotnet add package {package.name} --version {target}"


_BY_TYPE: dict[str, Callable[[Package, str, Sequence[str]], str]] = {
    "cargo": _cargo,
    "composer": _composer,
    "gem": _gem,
    "golang": _go,
    "maven": _maven,
    "npm": _npm,
    "nuget": _nuget,
}
