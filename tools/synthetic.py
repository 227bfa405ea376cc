"""
A synthetic SBOM of many packages with real names and versions, for measuring matching.

Names are those that the feeds' advisories are on, so every look-up finds something; versions are
the ones that advisories name, and Debian's are those in its archive. The same feeds give the same
SBOM: ``synthetic.py FEEDS OUT COUNT``.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote


LANGUAGES = {
    "PyPI": "pypi",
    "npm": "npm",
    "Maven": "maven",
    "Go": "golang",
    "crates.io": "cargo",
    "RubyGems": "gem",
    "NuGet": "nuget",
    "Packagist": "composer",
    "Hex": "hex",
}


def write_sbom(feeds: Path, out: Path, count: int) -> int:
    """Write a CycloneDX document of at most ``count`` packages, and say how many it has."""
    by_name: dict[str, set[str]] = {}
    for stem, version in (*_debian(feeds), *_languages(feeds)):
        by_name.setdefault(stem, set()).add(version)
    purls = _spread(by_name, count)
    system = {"type": "operating-system", "name": "Debian GNU/Linux", "version": "12"}
    components: list[dict[str, str]] = [system]
    for at, (stem, version) in enumerate(purls):
        name, purl = stem.rpartition("/")[2], f"{stem}@{quote(version)}"
        components.append(
            {"type": "library", "bom-ref": str(at), "name": name, "purl": purl}
        )
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    out.write_text(json.dumps({**document, "components": components}))
    return len(purls)


def _spread(by_name: dict[str, set[str]], count: int) -> list[tuple[str, str]]:
    """``count`` packages, with about as many versions of each name as there can be."""
    each = 1
    while sum(min(len(v), each) for v in by_name.values()) < count and each < 1000:
        each += 1
    found = []
    for name, versions in sorted(by_name.items()):
        ordered = sorted(versions)
        step = max(1.0, len(ordered) / each)
        found += [
            (name, ordered[int(at * step)]) for at in range(min(each, len(ordered)))
        ]
    return found[:count]


def _debian(feeds: Path) -> Iterator[tuple[str, str]]:
    tracker = json.loads((feeds / "debian" / "tracker.json").read_bytes())
    for package, entries in tracker.items():
        for entry in entries.values():
            release = entry["releases"].get("bookworm", {})
            for version in release.get("repositories", {}).values():
                yield f"pkg:deb/debian/{package}", version


def _languages(feeds: Path) -> Iterator[tuple[str, str]]:
    for ecosystem, kind in LANGUAGES.items():
        path = feeds / "osv" / ecosystem / "all.zip"
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                record = json.loads(archive.read(member))
                for affected in record.get("affected", ()):
                    name = affected.get("package", {}).get("name", "")
                    for version in _versions(affected):
                        yield _package(kind, name, version)


def _versions(affected: dict[str, object]) -> Iterator[str]:
    ranges, listed = affected.get("ranges"), affected.get("versions")
    for item in ranges if isinstance(ranges, list) else ():
        if item.get("type") != "GIT":
            for event in item["events"]:
                yield from (v for v in event.values() if v not in {"0", "*"})
    yield from listed if isinstance(listed, list) else ()


def _package(kind: str, name: str, version: str) -> tuple[str, str]:
    """The purl without its version, and the version."""
    if kind == "golang" and version[:1].isdecimal():
        version = f"v{version}"
    path = name.replace(":", "/") if kind == "maven" else name
    return f"pkg:{kind}/{quote(path)}", version


if __name__ == "__main__":
    write_sbom(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
