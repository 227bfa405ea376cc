"""The components of a result in the terms of :mod:`shipworthy.reports.inspector`: numbered, one a package and place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import itemgetter

from shipworthy.reports.inspector import (
    OS_TYPES,
    VALUE_LIMIT,
    Document,
    paths_of,
)
from shipworthy.reports.moment import moment
from shipworthy.reports.text import line


PREFIX = "amazon:inspector:sbom_scanner:"
_SKIPPED = "Component skipped: no rules found."
_CLEAN = "Component scanned: no vulnerabilities found."
_RELEASE = re.compile(r"\s+v?\d.*$")


class Components:
    """
    The operating system, every package, and the files of checks; ``listed`` is what the report holds.

    A package of the operating system is one component; any other is one for each of its places, as the service has
    it, for a component has one path.
    """

    def __init__(self, document: Document) -> None:
        self.listed: list[dict[str, object]] = []
        self._refs: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._files: dict[str, str] = {}
        self._told: dict[str, list[dict[str, str]]] = {}
        self._unmatched = document["coverage"]["unmatched"]
        self._distro = document["distro"]
        if self._distro is not None:
            self._add_distro(document["findings"])
        findings = map(_package_of, document["findings"])
        self._keys = {id(package): _key(package) for package in findings}
        hit = set(self._keys.values())
        hit |= {_key(item["finding"]["package"]) for item in document["suppressed"]}
        for package in document["packages"]:
            if package["type"] != "os":
                key = _key(package)
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
            ref = self._files[name] = self._number({"name": name, "type": "file"})
            self._told[ref] = []
        if check["kind"] == "config":
            # A result tells no lines, and a reader of the format asks for two numbers.
            key = f"dockerfile_finding:{line(check['id'], VALUE_LIMIT)}"
            self._told[ref] += properties([(key, "affected_lines:0-0")])
            component = self.listed[int(ref.removeprefix("comp-")) - 1]
            component["properties"] = self._told[ref]
        return ref

    def _add_distro(self, findings: Iterable[Document]) -> None:
        distro = self._distro
        component: dict[str, object] = {
            "name": line(_RELEASE.sub("", distro["name"]) or distro["id"], VALUE_LIMIT),
            "type": "operating-system",
            "version": line(distro["version"], VALUE_LIMIT),
        }
        ends = (
            moment(finding["endOfLife"]["ends"])
            for finding in findings
            if finding["package"]["type"] == "os" and finding["endOfLife"]
        )
        if told := properties([("end_of_life", next(filter(None, ends), ""))]):
            component["properties"] = told
        self._number(component)

    def _add(
        self, package: Document, key: tuple[str, ...], *, clean: bool
    ) -> tuple[str, ...]:
        refs = tuple(
            [
                self._number(self._component(package, path, clean=clean))
                for path in paths_of(package)
            ]
        )
        self._refs[key] = refs
        return refs

    def _component(
        self, package: Document, path: str, *, clean: bool
    ) -> dict[str, object]:
        component: dict[str, object] = {
            "name": line(package["name"], VALUE_LIMIT),
            "type": "application" if package["type"] in OS_TYPES else "library",
            "version": line(package["version"], VALUE_LIMIT),
        }
        if package["purl"]:
            component["purl"] = line(package["purl"], VALUE_LIMIT)
        pairs = [("path", path)]
        if clean:
            pairs.append(("info", _SKIPPED if self._skipped(package) else _CLEAN))
        if told := properties(pairs):
            component["properties"] = told
        return component

    def _skipped(self, package: Document) -> bool:
        """Whether the database holds nothing at all of the package's kind."""
        if package["type"] in self._unmatched:
            return True
        if package["type"] not in OS_TYPES or self._distro is None:
            return False
        return any(key.startswith(self._distro["id"]) for key in self._unmatched)

    def _number(self, component: dict[str, object]) -> str:
        ref = f"comp-{len(self.listed) + 1}"
        self.listed.append({"bom-ref": ref, **component})
        return ref


def properties(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """The pairs as properties of the scanner; without those that have no value."""
    return [{"name": PREFIX + name, "value": value} for name, value in pairs if value]


_package_of = itemgetter("package")
_key: Callable[[Document], tuple[str, ...]] = itemgetter(
    "type", "name", "version", "arch", "purl"
)
