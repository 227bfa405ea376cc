"""Writes small feeds as their publishers lay them out, for tests of the database."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


Json = dict[str, Any]


def osv(
    id_: str,
    ecosystem: str,
    name: str,
    *,
    fixed: str = "",
    introduced: str = "0",
    affected: list[Json] | None = None,
    **fields: Any,
) -> Json:
    """An OSV record on one package, or with ``affected`` as given."""
    events: list[Json] = [{"introduced": introduced}]
    if fixed:
        events.append({"fixed": fixed})
    entry = {
        "package": {"ecosystem": ecosystem, "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    return {
        "id": id_,
        "schema_version": "1.7.0",
        "modified": "2024-05-01T00:00:00Z",
        "affected": [entry] if affected is None else affected,
        **fields,
    }


def entry(ecosystem: str, name: str, *events: tuple[str, str], **fields: Any) -> Json:
    """One entry of ``affected`` with one range of these events."""
    ranges = [{"type": "ECOSYSTEM", "events": [{kind: v} for kind, v in events]}]
    return {
        "package": {"ecosystem": ecosystem, "name": name},
        **({"ranges": ranges} if events else {}),
        **fields,
    }


@dataclass(frozen=True)
class Feeds:
    """A directory of feeds that tests fill."""

    root: Path

    def osv_zip(
        self, folder: str, *records: Json, raw: Mapping[str, bytes] | None = None
    ) -> Path:
        """``osv/<folder>/all.zip`` with these records and these raw members."""
        members = {f"{r['id']}.json": json.dumps(r).encode() for r in records}
        path = self.path("osv", folder, "all.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in {**members, **(raw or {})}.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return path

    def osv_files(self, folder: str, *records: Json) -> None:
        """The records as files of their own."""
        for record in records:
            self.json(record, "osv", folder, f"{record['id']}.json")

    def tracker(self, packages: Json) -> Path:
        """``debian/tracker.json``."""
        return self.json(packages, "debian", "tracker.json")

    def secdb(
        self, branch: str, packages: Mapping[str, Any], repository: str = "main"
    ) -> Path:
        """``alpine/<branch>/<repository>.json`` with ``secfixes`` by package."""
        return self.json(secdb(packages), "alpine", branch, f"{repository}.json")

    def wolfi(self, packages: Mapping[str, Any]) -> Path:
        """``wolfi/security.json``."""
        return self.json(secdb(packages), "wolfi", "security.json")

    def epss(
        self, scores: Mapping[str, tuple[float, float]], date: str = "2026-08-15"
    ) -> Path:
        """``epss/epss_scores-<date>.csv.gz``."""
        lines = [
            f"#model_version:v2025.03.14,score_date:{date}T00:00:00+0000",
            "cve,epss,percentile",
            *(f"{cve},{score},{share}" for cve, (score, share) in scores.items()),
        ]
        path = self.path("epss", f"epss_scores-{date}.csv.gz")
        path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
        return path

    def kev(self, *entries: Json) -> Path:
        """``kev/known_exploited_vulnerabilities.json``."""
        document = {
            "title": "CISA Catalog of Known Exploited Vulnerabilities",
            "dateReleased": "2026-08-07T16:45:47.0648Z",
            "count": len(entries),
            "vulnerabilities": list(entries),
        }
        return self.json(document, "kev", "known_exploited_vulnerabilities.json")

    def nvd(self, *cves: Json, year: int = 2024) -> Path:
        """``nvd/nvdcve-2.0-<year>.json.gz``."""
        document = {
            "format": "NVD_CVE",
            "version": "2.0",
            "vulnerabilities": [{"cve": cve} for cve in cves],
        }
        path = self.path("nvd", f"nvdcve-2.0-{year}.json.gz")
        path.write_bytes(gzip.compress(json.dumps(document).encode(), mtime=0))
        return path

    def json(self, document: object, *parts: str) -> Path:
        """Any document as JSON."""
        path = self.path(*parts)
        path.write_text(json.dumps(document), "utf-8")
        return path

    def path(self, *parts: str) -> Path:
        """A path under the root, its directory made."""
        path = self.root.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def secdb(packages: Mapping[str, Any]) -> Json:
    """A secdb document."""
    return {
        "apkurl": "{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk",
        "packages": [
            {"pkg": {"name": name, "secfixes": fixes}}
            for name, fixes in packages.items()
        ],
    }


def released(fixed: str, **more: Any) -> Json:
    """The tracker's state of a release where a version fixed it."""
    return {
        "status": "resolved",
        "fixed_version": fixed,
        "repositories": {"bookworm": fixed},
        "urgency": "not yet assigned",
        **more,
    }


def unfixed(**more: Any) -> Json:
    """The tracker's state of a release where nothing fixed it."""
    return {
        "status": "open",
        "repositories": {"bookworm": "1.0-1"},
        "urgency": "not yet assigned",
        **more,
    }


def ids(items: Iterable[Any]) -> list[str]:
    """The ids of advisories, in their order."""
    return [item.id for item in items]
