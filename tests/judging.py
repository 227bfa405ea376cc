"""Short ways to write packages, advisories, matches and findings in tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shipworthy.model.advisory import (
    Advisory,
    CvssVector,
    FixState,
    Intel,
    Range,
    Record,
    Severity,
)
from shipworthy.model.bucket import scheme_of
from shipworthy.model.finding import AdvisoryRef, Finding, Match, Risk
from shipworthy.model.package import Distro, Inventory, Location, Package


def package(type_: str, name: str, version: str, **more: object) -> Package:
    """A package with a plain purl, so that others can name it as owner."""
    fields: dict[str, object] = {
        "type": type_,
        "name": name,
        "version": version,
        "purl": f"pkg:{type_}/{name}@{version}",
    }
    return Package(**{**fields, **more})  # type: ignore[arg-type]  # keywords of a test


def inventory(*packages: Package, distro: Distro | None = None) -> Inventory:
    """An inventory of these packages."""
    return Inventory(distro=distro, packages=packages)


def below(fixed: str, *, introduced: str = "0") -> tuple[Range, ...]:
    """Affected from ``introduced`` until ``fixed``; without a fix where that is empty."""
    events = [("introduced", introduced), *([("fixed", fixed)] if fixed else [])]
    return (Range(events=tuple(events)),)


def advisory(id_: str, bucket: str, name: str, fixed: str, **more: object) -> Advisory:
    """An advisory on all versions below ``fixed``."""
    fields: dict[str, object] = {
        "id": id_,
        "bucket": bucket,
        "package": name,
        "scheme": scheme_of(bucket),
        "feed": f"osv/{bucket}",
        "ranges": below(fixed),
    }
    return Advisory(**{**fields, **more})  # type: ignore[arg-type]  # keywords of a test


@dataclass
class Shelf:
    """A database in memory: what matching and assessment ask of the real one."""

    held: Sequence[Advisory] = ()
    details: dict[tuple[str, str], Record] = field(default_factory=dict)
    nvd: dict[str, Record] = field(default_factory=dict)
    known: dict[str, Intel] = field(default_factory=dict)
    buckets: frozenset[str] = frozenset()

    def has(self, bucket: str) -> bool:
        """Whether anything is held for ``bucket``."""
        return bucket in self.buckets or any(a.bucket == bucket for a in self.held)

    def advisories(
        self, bucket: str, names: Iterable[str]
    ) -> dict[str, list[Advisory]]:
        """The advisories of each of ``names`` in ``bucket``."""
        found: dict[str, list[Advisory]] = {}
        wanted = set(names)
        for held in self.held:
            if held.bucket == bucket and held.package in wanted:
                found.setdefault(held.package, []).append(held)
        return found

    def records(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Record]:
        """The records of these (bucket, id)."""
        return {key: self.details[key] for key in keys if key in self.details}

    def cves(self, ids: Iterable[str]) -> dict[str, Record]:
        """What NVD says of these CVEs."""
        return {cve: self.nvd[cve] for cve in ids if cve in self.nvd}

    def intel(self, cves: Iterable[str]) -> dict[str, Intel]:
        """What is known of the exploitation of these CVEs."""
        return {cve: self.known[cve] for cve in cves if cve in self.known}


def record(id_: str, source: str, *vectors: str, **more: object) -> Record:
    """A record whose CVSS vectors its own source gave."""
    cvss = tuple(CvssVector(source=source, vector=vector) for vector in vectors)
    return Record(id=id_, source=source, cvss=cvss, **more)  # type: ignore[arg-type]  # keywords of a test


def match(id_: str, *, aliases: tuple[str, ...] = (), **more: object) -> Match:
    """A match of one PyPI package."""
    fields: dict[str, object] = {
        "id": id_,
        "aliases": aliases,
        "package": package(
            "pypi", "sample", "1.0", locations=(Location(path="lib/sample", layer=2),)
        ),
        "fix_state": "fixed",
        "fixed_versions": ("1.1",),
        "advisories": (),
        "evidence": (),
        "record_ids": (("pypi", id_),),
    }
    return Match(**{**fields, **more})  # type: ignore[arg-type]  # keywords of a test


def finding(
    id_: str,
    severity: Severity,
    *,
    name: str = "sample",
    fix_state: FixState = "fixed",
    aliases: tuple[str, ...] = (),
    advisories: tuple[str, ...] = (),
) -> Finding:
    """A finding of one PyPI package."""
    refs = tuple(AdvisoryRef(id=ref, feed="osv/x") for ref in advisories)
    return Finding(
        id=id_,
        aliases=aliases,
        package=package("pypi", name, "1.0"),
        severity=severity,
        severity_source="ghsa",
        title="",
        description="",
        cvss=(),
        cwes=(),
        epss=None,
        kev=None,
        fix_state=fix_state,
        fixed_versions=("1.1",) if fix_state == "fixed" else (),
        layer=-1,
        origin="unknown",
        risk=Risk(score=0.0, factors=()),
        advisories=refs,
        references=(),
        evidence=(),
    )
