"""
Ubuntu's records for tests, in the form of Canonical's exports.

Written from https://documentation.ubuntu.com/security/security-updates/ and real records:
ids, packages, versions and states are theirs, descriptions and binaries are left out.
"""

from __future__ import annotations

import json
import lzma
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from feedwriter import Feeds, Json


def slice_of(
    ecosystem: str, name: str, fixed: str, distro: str, **specific: Any
) -> Json:
    """One entry of ``affected``: ``distro`` is the package URL's, ``fixed`` is empty where nothing repaired it."""
    events: list[Json] = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    version = fixed or "1"
    return {
        "package": {
            "ecosystem": ecosystem,
            "name": name,
            "purl": f"pkg:deb/ubuntu/{name}@{version}?arch=source&distro={distro}",
        },
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
        "versions": ["0.1-1"],
        "ecosystem_specific": specific,
    }


def ubuntu_cve(
    cve: str, *affected: Json, priority: str = "medium", **more: Any
) -> Json:
    """``UBUNTU-CVE-…``."""
    return {
        "schema_version": "1.7.0",
        "id": f"UBUNTU-{cve}",
        "details": "…",
        "aliases": [],
        "upstream": [cve],
        "related": [],
        "severity": [{"type": "Ubuntu", "score": priority}],
        "published": "2022-03-15T00:00:00Z",
        "modified": "2025-11-27T04:56:55Z",
        "affected": list(affected),
        **more,
    }


def notice(id_: str, cves: list[str], *affected: Json, **more: Any) -> Json:
    """``USN-…``."""
    return {
        "schema_version": "1.7.0",
        "id": id_,
        "summary": "vulnerabilities",
        "aliases": [],
        "upstream": [f"UBUNTU-{cve}" for cve in cves],
        "related": [],
        "published": "2022-03-15T15:14:04Z",
        "modified": "2025-10-13T04:35:51Z",
        "affected": list(affected),
        **more,
    }


NOTES = {
    "needed": "This package (for the given release) is vulnerable to the CVE and needs fixing.",
    "ignored": (
        "This package (for the given release) is vulnerable to the CVE, the problem is"
        " understood, but the Ubuntu Security Team decided to not fix it."
    ),
    "unsupported": (
        "This package (for the given release) is no longer supported. Please upgrade your system."
    ),
    "needs-triage": (
        "The vulnerability of this package (for the given release) is not known and needs"
        " to be evaluated."
    ),
    "deferred": (
        "This package (for the given release) is vulnerable to the CVE, but its fix has been"
        " deferred."
    ),
}
"""The set phrases of the tracker's states."""


def says(status: str, name: str, *distros: str, **more: Any) -> Json:
    """A statement of a VEX document on a source package in these releases."""
    products = [
        {"@id": f"pkg:deb/ubuntu/{name}@1-1?arch={arch}&distro={distro}"}
        for distro in distros
        for arch in ("source", "amd64")
    ]
    return {"status": status, "products": products, **more}


def vex(cve: str, *statements: Json, version: str = "2026-05-20T15:02:47Z") -> Json:
    """A VEX document on a CVE."""
    named = {"name": cve, "description": f"Told of {cve}."}
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"https://github.com/canonical/ubuntu-security-notices/blob/main/vex/cve/{cve}",
        "author": "Canonical Ltd.",
        "timestamp": version,
        "version": 5,
        "statements": [{"vulnerability": named, **one} for one in statements],
    }


def canonical(feeds: Feeds, *records: Json) -> None:
    """The records and documents as files where Canonical puts them."""
    for record in records:
        if "statements" in record:
            cve = record["statements"][0]["vulnerability"]["name"]
            feeds.json(record, "ubuntu", "vex", "cve", cve[4:8], f"{cve}.json")
        elif record["id"].startswith("USN"):
            feeds.json(record, "ubuntu", "osv", "usn", f"{record['id']}.json")
        else:
            year = record["id"][11:15]
            feeds.json(record, "ubuntu", "osv", "cve", year, f"{record['id']}.json")


def archive(path: Path, members: Mapping[str, Json | bytes]) -> None:
    """A ``.tar.xz`` of JSON members."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in members.items():
            data = (
                content if isinstance(content, bytes) else json.dumps(content).encode()
            )
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(out.getvalue()))
