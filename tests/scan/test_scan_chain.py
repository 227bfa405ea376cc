"""The whole chain from a target to a verdict, through the library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import BASE, EXAMPLE, OURS, dist_info, dpkg

from shipworthy import ScanResult, render, scan
from shipworthy.errors import DatabaseError, DigestMismatchError, UsageError


def layout(tmp_path: Path, image: ib.BuiltImage = EXAMPLE, name: str = "layout") -> str:
    """The image as an OCI layout."""
    return f"oci:{ib.write_directory(image.layout_files(), tmp_path / name)}"


def ids(result: ScanResult) -> list[tuple[str, str, str]]:
    """What was found in what, and how bad."""
    return [(f.id, f.package.name, f.severity) for f in result.findings]


EXPECTED = [
    ("CVE-2019-14234", "Django", "critical"),
    ("CVE-2023-4911", "libc6", "high"),
    ("CVE-2019-14232", "Django", "high"),
    ("CVE-2020-28493", "Jinja2", "medium"),
]


@pytest.mark.parametrize("shape", ["oci", "docker", "docker zstd", "dir"])
def test_the_same_findings_from_every_shape(
    shape: str, database: Path, tmp_path: Path
) -> None:
    """Where the image is kept does not change what is in it."""
    if shape == "oci":
        target = layout(tmp_path)
    elif shape == "dir":
        files = {**BASE, **OURS}
        target = f"dir:{ib.write_directory({k: v for k, v in files.items() if isinstance(v, bytes)}, tmp_path / 'root')}"
    else:
        how = shape.partition(" ")[2] or "none"
        target = str(ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar", how))
    result = scan(target, db=database, cache=False)

    assert EXPECTED == ids(result)
    assert ("pass", 0) == (result.verdict.status, result.verdict.exit_code)


def test_a_finding_carries_its_evidence(database: Path, tmp_path: Path) -> None:
    """Where it was seen, what was compared, who scored, who exploits."""
    result = scan(layout(tmp_path), db=database, cache=False)
    finding = next(f for f in result.findings if f.id == "CVE-2023-4911")

    assert (0, "RUN step 0") == (finding.layer, result.image.layers[0].instruction)
    assert ("glibc", "2.36-9+deb12u1", "deb") == (
        finding.evidence[0].matched_name,
        finding.evidence[0].matched_version,
        finding.evidence[0].scheme,
    )
    assert "< 2.36-9+deb12u3" in finding.evidence[0].constraint
    assert ("fixed", ("2.36-9+deb12u3",)) == (finding.fix_state, finding.fixed_versions)
    assert finding.kev is not None
    assert finding.epss is not None
    assert (0.81422, "2023-11-21") == (finding.epss.score, finding.kev.date_added)
    assert (
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=glibc"
        == finding.package.purl
    )


@pytest.mark.parametrize(
    ("rules", "code", "closed"),
    [
        ({}, 0, []),
        ({"fail_on": "critical"}, 1, ["fail-on"]),
        ({"fail_on": "critical", "ignore": ["GHSA-6r97-cj55-9hrq"]}, 0, []),
        ({"max_counts": "high=2"}, 0, []),
        ({"max_counts": "high=1,medium=0"}, 1, ["max-high", "max-medium"]),
    ],
)
def test_the_gate_closes_by_rule(
    rules: dict[str, str], code: int, closed: list[str], database: Path, tmp_path: Path
) -> None:
    """Each rule decides by what it counts, and says so in the verdict."""
    result = scan(layout(tmp_path), db=database, cache=False, **rules)  # type: ignore[arg-type]  # a table of mixed rules

    assert (code, closed) == (
        result.verdict.exit_code,
        [rule.name for rule in result.verdict.rules if not rule.passed],
    )


def test_a_broken_package_file_makes_the_scan_partial(
    database: Path, tmp_path: Path
) -> None:
    """The other findings stay, the status names the file, and the exit code is 3 unless allowed."""
    image = ib.image(BASE, {**OURS, "app/bad.jar": b"PK\x03\x04 but no archive"})
    target = layout(tmp_path, image)
    result = scan(target, db=database, cache=False)

    assert EXPECTED == ids(result)
    assert (3, "partial") == (result.verdict.exit_code, result.verdict.status)
    assert ["app/bad.jar"] == [s.subject for s in result.statuses if s.partial]
    assert (False, 1) == (result.coverage.complete, result.coverage.files_failed)
    assert (
        0
        == scan(target, db=database, cache=False, allow_partial=True).verdict.exit_code
    )
    assert (
        1
        == scan(
            target, db=database, cache=False, allow_partial=True, fail_on="high"
        ).verdict.exit_code
    )


def test_base_and_ours_are_told_apart(database: Path, tmp_path: Path) -> None:
    """With the base image named, each package knows whose it is."""
    base = layout(tmp_path, ib.image(BASE, compression="gzip"), "base")
    result = scan(layout(tmp_path), db=database, cache=False, base=base)

    assert {"libc6": "base", "libssl3": "base", "Django": "own", "Jinja2": "own"} == {
        p.name: p.origin for p in result.packages
    }


def test_a_base_that_is_none_is_told(database: Path, tmp_path: Path) -> None:
    """A wrong base leaves the origin unknown and says why; the scan is still whole."""
    other = layout(tmp_path, ib.image({"x": b""}), "other")
    result = scan(layout(tmp_path), db=database, cache=False, base=other)

    assert {"unknown"} == {p.origin for p in result.packages}
    assert any("not the base" in status.message for status in result.statuses)
    assert 0 == result.verdict.exit_code


def test_the_annotated_base_is_used_where_the_layout_holds_it(
    database: Path, tmp_path: Path
) -> None:
    """OCI's base annotations lead to the base image's layers."""
    base = replace(ib.image(BASE, compression="gzip"), tag="base")
    image = replace(
        EXAMPLE,
        annotations={"org.opencontainers.image.base.digest": ib.sha256(base.manifest)},
    )
    path = ib.write_directory(ib.layout_files([image, base]), tmp_path / "both")
    result = scan(f"oci:{path}:example:1", db=database, cache=False)

    assert {"base", "own"} == {p.origin for p in result.packages}


def test_an_upgrade_closes_the_finding(database: Path, tmp_path: Path) -> None:
    """What an upper layer replaced is not reported; what it brings is its own."""
    upper: ib.Tree = {
        "var/lib/dpkg/status": dpkg(
            "libc6 2.36-9+deb12u3 glibc", "libssl3 3.0.11-1~deb12u2 openssl"
        )
    }
    result = scan(layout(tmp_path, ib.image(BASE, upper)), db=database, cache=False)

    assert [] == ids(result)
    assert {"libc6": 1, "libssl3": 0} == {
        p.name: p.locations[0].layer for p in result.packages
    }


def test_a_removed_package_is_not_there(database: Path, tmp_path: Path) -> None:
    """A whiteout of a distribution's directory takes its findings along."""
    gone: ib.Tree = {"usr/lib/python3/site-packages/.wh.Django-2.2.dist-info": b""}
    result = scan(
        layout(tmp_path, ib.image(BASE, OURS, gone)), db=database, cache=False
    )

    assert {"libc6", "Jinja2"} == {f.package.name for f in result.findings}


def test_the_distribution_decides_on_what_it_installed(
    database: Path, tmp_path: Path
) -> None:
    """A Python package that dpkg owns is marked so, and one that pip wrote later is not."""
    site = "usr/lib/python3/dist-packages"
    owned = dist_info("Jinja2", "2.10", site)
    base: dict[str, ib.Node] = {
        **BASE,
        **owned,
        "var/lib/dpkg/status": dpkg("python3-jinja2 2.10-1 jinja2"),
        "var/lib/dpkg/info/python3-jinja2.list": "\n".join(
            f"/{p}" for p in owned
        ).encode(),
    }
    result = scan(
        layout(tmp_path, ib.image(base, dist_info("Django", "2.2", site))),
        db=database,
        cache=False,
    )

    assert {"Jinja2": True, "Django": False} == {
        p.name: bool(p.owner) for p in result.packages if p.type == "pypi"
    }


def test_cold_and_cached_scans_give_the_same_bytes(
    database: Path, tmp_path: Path
) -> None:
    """Neither the cache nor the order in which layers are read shows in any format."""
    target = layout(tmp_path)
    results = [
        scan(target, db=database, cache_dir=tmp_path / "cache"),
        scan(target, db=database, cache_dir=tmp_path / "cache"),
        scan(target, db=database, cache=False),
    ]
    for name in ("json", "csv", "html", "table"):
        first, *others = (render(result, name) for result in results)
        assert [first, first] == others


def test_a_layer_other_than_its_manifest_says_is_refused(
    database: Path, tmp_path: Path
) -> None:
    """A changed blob of the right size is found out, whatever is in it."""
    files = EXAMPLE.layout_files()
    name = f"blobs/sha256/{ib.sha256(EXAMPLE.blobs[1])[7:]}"
    data = bytearray(files[name])
    data[4] ^= 1  # the time in gzip's header: what comes out is the same
    path = ib.write_directory({**files, name: bytes(data)}, tmp_path / "changed")
    with pytest.raises(DigestMismatchError, match="layer 2 of 2"):
        scan(f"oci:{path}", db=database, cache=False)


def test_a_missing_database_says_how_to_get_one(tmp_path: Path) -> None:
    """The hint names the command."""
    with pytest.raises(DatabaseError) as raised:
        scan(layout(tmp_path), db=tmp_path / "nowhere")

    assert "shipworthy db build" in raised.value.hint


def test_a_database_of_another_schema_is_refused(
    database: Path, tmp_path: Path
) -> None:
    """An index of a newer schema version is named as such."""
    other = tmp_path / "db"
    other.mkdir()
    index = json.loads((database / "index.json").read_text())
    key = next(k for k in index if "schema" in k.lower())
    (other / "index.json").write_text(json.dumps({**index, key: 999}))
    with pytest.raises(DatabaseError, match="999"):
        scan(layout(tmp_path), db=other)


@pytest.mark.parametrize("rules", [{"fail_on": "hihg"}, {"max_counts": "high"}])
def test_a_rule_that_cannot_be_understood_is_wrong_usage(
    rules: dict[str, str], tmp_path: Path
) -> None:
    """The rules are read before anything is opened."""
    with pytest.raises(UsageError):
        scan("nowhere", db=tmp_path, **rules)  # type: ignore[arg-type]  # a table of rules


@pytest.mark.functional
@pytest.mark.skipif(os.geteuid() != 0, reason="an empty network namespace needs root")
def test_a_scan_needs_no_network(database: Path, tmp_path: Path) -> None:
    """In an empty network namespace the scan is the same."""
    command = [
        "unshare",
        "--net",
        sys.executable,
        "-m",
        "shipworthy",
        "scan",
        layout(tmp_path),
        "--no-cache",
    ]
    done = subprocess.run(
        [*command, "--db", str(database), "-ojson"], capture_output=True, check=False
    )

    assert render(scan(layout(tmp_path, name="again"), db=database, cache=False), "csv")
    assert (0, len(EXPECTED)) == (
        done.returncode,
        len(json.loads(done.stdout)["findings"]),
    )
