"""The components of a result in the terms of :mod:`shipworthy.reports.inspector`: numbered, one a package and place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import itemgetter

from shipworthy.reports.inspector import (
    OS_TYPES,
    VALUE_LIMIT,
    Document,
    places_of,
)
from shipworthy.reports.moment import moment
from shipworthy.reports.sharing import common
from shipworthy.reports.text import each_line, line


PREFIX = "amazon:inspector:sbom_scanner:"
_PATH = f"{PREFIX}path"
_INFO = f"{PREFIX}info"
_SKIPPED = {"name": _INFO, "value": "Component skipped: no rules found."}
_CLEAN = {"name": _INFO, "value": "Component scanned: no vulnerabilities found."}
_RELEASE = re.compile(r"\s+v?\d.*$")


class Components:
    """
    The operating system, every package, and the files of checks; ``listed`` is what the report holds.

    A package of the operating system is one component; any other is one for each of its places, as the service has
    it, for a component has one path. The members of each stand in the order of their names.
    """

    def __init__(self, document: Document) -> None:
        self.listed: list[dict[str, object]] = []
        self._refs: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._files: dict[str, str] = {}
        self._infos: dict[str, dict[str, str]] = {}
        self._told: dict[str, list[dict[str, str]]] = {}
        self._unmatched = document["coverage"]["unmatched"]
        self._distro = document["distro"]
        if self._distro is not None:
            self._add_distro(document["findings"])
        packages = map(_package_of, document["findings"])
        self._keys = {id(package): _key(package) for package in packages}
        hit = set(self._keys.values())
        hit |= {_key(item["finding"]["package"]) for item in document["suppressed"]}
        for package in document["packages"]:
            key = _fields(package)
            if package["type"] != "os":
                self._add(package, key, clean=key not in hit)

    def of(self, package: Document) -> tuple[str, ...]:
        """The references of a finding's package; it is added where the result does not list it."""
        if package["type"] == "os" and self._distro is not None:
            return ("comp-1",)
        key = self._keys[id(package)]
        held = self._refs.get(key)
        return self._add(package, key, clean=False) if held is None else held

    def of_check(self, check: Document) -> str:
        """The reference of the file that a check speaks of, which is added with the first of its checks."""
        name = check["path"]
        if check["kind"] == "config":
            name = f"dockerfile:{name or 'Dockerfile'}"
        name = line(name, VALUE_LIMIT)
        ref = self._files.get(name)
        if ref is None:
            ref = self._files[name] = self._ref()
            self.listed.append({"bom-ref": ref, "name": name, "type": "file"})
            self._told[ref] = []
        if check["kind"] == "config":
            # A result tells no lines, and a reader of the format asks for two numbers.
            key = f"dockerfile_finding:{line(check['id'], VALUE_LIMIT)}"
            told = self._told[ref]
            told += properties([(key, "affected_lines:0-0")])
            at = int(ref.removeprefix("comp-")) - 1
            self.listed[at] = {
                "bom-ref": ref,
                "name": name,
                "properties": told,
                "type": "file",
            }
        return ref

    def _add_distro(self, findings: Iterable[Document]) -> None:
        distro = self._distro
        ends = (
            moment(finding["endOfLife"]["ends"])
            for finding in findings
            if finding["package"]["type"] == "os" and finding["endOfLife"]
        )
        component: dict[str, object] = {
            "bom-ref": self._ref(),
            "name": line(_RELEASE.sub("", distro["name"]) or distro["id"], VALUE_LIMIT),
        }
        if told := properties([("end_of_life", next(filter(None, ends), ""))]):
            component["properties"] = told
        component["type"] = "operating-system"
        component["version"] = line(distro["version"], VALUE_LIMIT)
        self.listed.append(component)

    def _add(
        self, package: Document, key: tuple[str, ...], *, clean: bool
    ) -> tuple[str, ...]:
        kind, name, version, _, url = key
        texts = (name, version, url, *places_of(package))
        name, version, url, *paths = each_line(texts, VALUE_LIMIT)
        of_system = kind in OS_TYPES
        refs: list[str] = []
        for path in paths or ("",):
            told = [{"name": _PATH, "value": path}] if path else []
            if clean:
                told.append(self._info_of(kind))
            ref = self._ref()
            component: dict[str, object] = {
                "bom-ref": ref,
                "name": name,
                "properties": told,
                "purl": url,
                "type": "application" if of_system else "library",
                "version": version,
            }
            if not told:
                del component["properties"]
            if not key[-1]:
                del component["purl"]
            self.listed.append(component)
            refs.append(ref)
        self._refs[key] = held = tuple(refs)
        return held

    def _info_of(self, kind: str) -> dict[str, str]:
        """What is told of a package of that kind that has no findings."""
        info = self._infos.get(kind)
        if info is None:
            info = self._infos[kind] = _SKIPPED if self._skipped(kind) else _CLEAN
        return info

    def _skipped(self, kind: str) -> bool:
        """Whether the database holds nothing at all of that kind of package."""
        if kind in self._unmatched:
            return True
        if kind not in OS_TYPES or self._distro is None:
            return False
        return any(key.startswith(self._distro["id"]) for key in self._unmatched)

    def _ref(self) -> str:
        """The reference of the component that is listed next."""
        return f"comp-{len(self.listed) + 1}"


def properties(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """The pairs as properties of the scanner; without those that have no value."""
    return [{"name": PREFIX + name, "value": value} for name, value in pairs if value]


_package_of = itemgetter("package")
_fields: Callable[[Document], tuple[str, ...]] = itemgetter(
    "type", "name", "version", "arch", "purl"
)
_key = common(_fields)
