"""
What holds a language package: itself, or something else that must be upgraded in its place.

By its places in the image alone:

- a *program* that it was built into (Go modules and crates of executables),
- an *archive* that it lies in or was merged into (a jar in a jar, a shaded jar),
- a *tool* that ships it (npm's own modules, what pip carries in ``_vendor``),
- a package of the distribution that *owns* it.
"""

from __future__ import annotations

from typing import Literal

from shipworthy.model.package import Package
from shipworthy.values import dataclass


HolderKind = Literal["itself", "program", "archive", "tool", "owner"]

_BUILT_IN = frozenset({"cargo", "golang"})
_LISTS = ("Cargo.lock", "Cargo.toml", "go.mod", "go.sum")
_BUNDLED = ("npm", "corepack", "yarn", "pnpm")
_VENDOR = "/_vendor/"
_ROOT_MODULES = "node_modules/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What to upgrade for a package."""

    kind: HolderKind
    names: tuple[str, ...] = ()
    """Paths of programs and archives; name and directory of a tool; the owner's purl."""


ITSELF = Holder(kind="itself")


def holder_of(package: Package) -> Holder:
    """The holder of a language package; that of all its places, else the package itself."""
    if package.owner:
        return Holder(kind="owner", names=(package.owner,))
    paths = [place.path for place in package.locations]
    if not paths:
        return ITSELF
    if package.type in _BUILT_IN and not any(p.endswith(_LISTS) for p in paths):
        return Holder(kind="program", names=tuple(sorted(set(paths))))
    if package.type == "maven":
        return _archive(package, paths)
    tool = {_tool_of(package.type, path) for path in paths}
    if len(tool) == 1 and (names := tool.pop()):
        return Holder(kind="tool", names=names)
    return ITSELF


def _archive(package: Package, paths: list[str]) -> Holder:
    """The outermost archives, where the package is not one of its own everywhere."""
    inside = ["!/" in path for path in paths]
    if all(inside) or "shaded" in package.notes:
        outer = {path.partition("!/")[0] for path in paths}
        return Holder(kind="archive", names=tuple(sorted(outer)))
    return ITSELF


def _tool_of(kind: str, path: str) -> tuple[str, ...]:
    """Name and directory of the tool that ships what is at ``path``; empty where none does."""
    if kind == "npm":
        return _npm_tool(path)
    if kind == "pypi" and _VENDOR in path:
        directory = path.partition(_VENDOR)[0]
        return directory.rpartition("/")[2], directory
    return ()


def _npm_tool(path: str) -> tuple[str, ...]:
    """The tool npm or its like, installed globally, with modules of their own below them."""
    head, found, tail = path.partition("lib/node_modules/")
    name = tail.partition("/")[0]
    if found and name in _BUNDLED:
        return name, f"{head}{found}{name}"
    return ()
