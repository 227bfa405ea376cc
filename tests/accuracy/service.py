"""What the reference service said of an SBOM, and how it compares with a scan of the same SBOM."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support import SHARED

from shipworthy.model.finding import Finding
from shipworthy.model.result import ScanResult


INSPECTOR = SHARED / "conformance" / "inspector"
IMAGES = tuple(sorted(p.stem for p in (INSPECTOR / "scans").glob("*.json")))
_FIXED = "amazon:inspector:sbom_scanner:fixed_version:"

Pair = tuple[str, str]
"""A vulnerability's id and the name of the package: the source package, as Debian's advisories go."""
Components = Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any] | None]]
"""Component and the one it stands in, by reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both lists, by vulnerability and package."""

    service: Mapping[Pair, frozenset[str]]
    """With the fixed versions that the service names."""
    ours: Mapping[Pair, list[Finding]]

    @property
    def both(self) -> list[Pair]:
        """Found by both, sorted."""
        return sorted(self.service.keys() & self.ours.keys())

    @property
    def only_service(self) -> list[Pair]:
        """Found by the service alone, sorted."""
        return sorted(self.service.keys() - self.ours.keys())

    @property
    def only_ours(self) -> list[Pair]:
        """Found by us alone, sorted."""
        return sorted(self.ours.keys() - self.service.keys())


def compare(image: str, result: ScanResult) -> Comparison:
    """Hold the result of a scan of the image's SBOM against the service's answer."""
    ours: dict[Pair, list[Finding]] = {}
    names: dict[Pair, Pair] = {}
    for finding in result.findings:
        if finding.kind == "end-of-life":
            continue
        package = finding.package.source or finding.package.name
        pair = (finding.id, package)
        ours.setdefault(pair, []).append(finding)
        names.update({(alias, package): pair for alias in finding.aliases})
    service: dict[Pair, frozenset[str]] = {}
    for pair, fixed in _said(INSPECTOR / "scans" / f"{image}.json"):
        known = names.get(pair, pair)
        service[known] = service.get(known, frozenset()) | fixed
    return Comparison(service=service, ours=ours)


def _said(path: Path) -> Iterator[tuple[Pair, frozenset[str]]]:
    document = json.loads(path.read_bytes())["sbom"]
    components = dict(_walk(document["components"], None))
    for vulnerability in document.get("vulnerabilities", ()):
        told = {p["name"]: p["value"] for p in vulnerability.get("properties", ())}
        for affected in vulnerability["affects"]:
            reference = affected["ref"]
            name = _source(components, reference)
            fixed = told.get(f"{_FIXED}{reference}", "")
            yield (
                (vulnerability["id"], name),
                frozenset([_plain(fixed)] if fixed else []),
            )


def _walk(
    components: list[Mapping[str, Any]], parent: Mapping[str, Any] | None
) -> Iterator[tuple[str, tuple[Mapping[str, Any], Mapping[str, Any] | None]]]:
    for component in components:
        yield component["bom-ref"], (component, parent)
        yield from _walk(component.get("components", []), component)


def _source(components: Components, reference: str) -> str:
    component, parent = components[reference]
    in_source = parent is not None and parent.get("purl", "").startswith("pkg:deb/")
    return str(parent["name"] if in_source and parent else component["name"])


def _plain(version: str) -> str:
    """The service writes an epoch where there is none, and gems' versions with four numbers."""
    return version.removeprefix("0:").removesuffix(".0")
