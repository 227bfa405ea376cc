"""
``shipworthy diff`` on two builds of an image, as its users meet it.

The second build has other layers, times and tags; one package was updated far enough, one not, one
for one of its two vulnerabilities, one was added, one moved and one removed.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from jsonschema import Draft202012Validator
from scanning import BASE, OS_RELEASE, dist_info, dpkg

from shipworthy import render, scan
from shipworthy.advisories.build import build
from shipworthy.errors import UsageError
from shipworthy.examine import Means, examine
from shipworthy.policy.baseline.compare import compare
from shipworthy.results import baseline_at, result_of, saved_result


ROOT = Path(__file__).resolve().parents[2]
FEEDS = ROOT / "tests/golden/scans/feeds"
SCHEMA = json.loads((ROOT / "docs/schema/result.schema.json").read_text())
SITE = "usr/local/lib/python3.11/site-packages"


def npm(path: str, name: str, version: str) -> dict[str, ib.Node]:
    """A package as npm leaves it."""
    document = json.dumps({"name": name, "version": version})
    return {f"{path}/node_modules/{name}/package.json": document.encode()}


OLD: list[ib.Tree] = [
    BASE,
    {
        **dist_info("Django", "2.2.3", SITE),
        **dist_info("Jinja2", "2.10", SITE),
        **dist_info("urllib3", "1.24.1", SITE),
        **npm("app", "minimist", "0.2.1"),
    },
]

REBUILT: list[ib.Tree] = [
    {"build.log": b"Friday", **BASE},
    {"usr/share/doc/x": b"later"},
    dict(reversed(list(OLD[1].items()))),
]
"""The same software in other layers."""

NEW: list[ib.Tree] = [
    {
        "etc/os-release": OS_RELEASE,
        "var/lib/dpkg/status": dpkg(
            "libc6 2.36-9+deb12u3 glibc", "libssl3 3.0.11-1~deb12u2 openssl"
        ),
    },
    {
        **dist_info("Django", "2.2.3", SITE.replace("3.11", "3.12")),
        **dist_info("Jinja2", "2.10.1", SITE),
        **npm("app", "lodash", "4.17.20"),
        **npm("srv/tool", "minimist", "0.2.1"),
    },
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the golden feeds."""
    path = tmp_path_factory.mktemp("diff") / "db"
    build(FEEDS, path)
    return path


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first build."""
    path = tmp_path_factory.mktemp("builds") / "old.tar"
    return ib.write_archive(ib.image(*OLD, tag="app:1").classic_files(), path)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second build, in another form."""
    built = ib.image(*NEW, compression="gzip", tag="app:2")
    path = tmp_path_factory.mktemp("builds") / "new.oci"
    return ib.write_directory(built.layout_files(), path)


@pytest.fixture(scope="module")
def saved(
    old: Path, new: Path, database: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The results of both."""
    paths = tmp_path_factory.mktemp("saved")
    results = paths / "old.json", paths / "new.json"
    for image, path in zip((old, new), results, strict=True):
        found = scan(str(image), db=database, cache=False)
        path.write_bytes(render(found, "json"))
    return results


def shipworthy(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """One run of the command, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none", **env},
    )


def document_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The JSON that a run printed, held against the published schema."""
    document: dict[str, Any] = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(document)
    return document


def told(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """State and reason of every finding, and the reason of every fixed one."""
    found = {
        f"{f['id']} {f['package']['name']}": (f["state"], f["stateReason"])
        for f in document["findings"]
    }
    for gone in document["comparison"]["fixed"]:
        found[f"{gone['id']} {gone['package']}"] = ("fixed", gone["reason"])
    return found


CHANGED = {
    "CVE-2021-23337 lodash": ("new", "package added"),
    "CVE-2021-44906 minimist": (
        "moved",
        "from app/node_modules/minimist to srv/tool/node_modules/minimist",
    ),
    "CVE-2019-10906 Jinja2": ("fixed", "upgraded to 2.10.1"),
    "CVE-2019-11324 urllib3": ("fixed", "package removed"),
    "CVE-2023-4911 libc6": ("fixed", "upgraded to 2.36-9+deb12u3"),
}
SAME = {
    "CVE-2020-28493 Jinja2": ("existing", ""),
    "CVE-2019-14232 Django": ("existing", ""),
    "CVE-2019-14234 Django": ("existing", ""),
}


@pytest.mark.functional
def test_two_builds_show_what_is_new_existing_and_fixed(
    old: Path, new: Path, database: Path
) -> None:
    """By default what changed, with --all what was there before as well."""
    plain = shipworthy("diff", old, new, "--db", database, "-o", "json", "-q")
    every = shipworthy("diff", old, new, "--db", database, "-o", "json", "--all")

    assert (0, "") == (plain.returncode, plain.stderr)
    assert CHANGED == told(document_of(plain))
    assert CHANGED | SAME == told(document_of(every))


@pytest.mark.functional
def test_a_rebuild_and_a_retag_change_nothing(
    old: Path, database: Path, tmp_path: Path
) -> None:
    """Other layers, other digests, another tag: the same findings with the same fingerprints."""
    built = ib.image(*REBUILT, compression="gzip", tag="app:rebuilt")
    again = ib.write_archive(built.blobs_files(), tmp_path / "again.tar")
    done = shipworthy("diff", old, again, "--db", database, "-o", "json", "--all")
    document = document_of(done)
    first, second = (
        {f.fingerprint for f in compare(examine(str(path), Means(db=database, cache=False)), None).findings}
        for path in (old, again)
    )  # fmt: skip

    assert {("existing", "")} == set(told(document).values())
    assert first == second == {f["fingerprint"] for f in document["findings"]}
    assert 7 == len(first)
    assert "Nothing appeared" in shipworthy("diff", old, again, "--db", database).stdout


@pytest.mark.functional
def test_saved_results_compare_as_their_images_do(
    saved: tuple[Path, Path], old: Path, new: Path, database: Path
) -> None:
    """Without a database, on another day, on another machine: the same bytes but for the names."""
    done = shipworthy("diff", *saved, "-o", "json")
    again = shipworthy("diff", *saved, "-o", "json")
    mixed = shipworthy("diff", saved[0], new, "--db", database, "-o", "json")

    assert CHANGED == told(document_of(done)) == told(document_of(mixed))
    assert done.stdout == again.stdout
    assert str(saved[0]) == document_of(done)["comparison"]["name"]
    assert str(old) == document_of(done)["comparison"]["target"]


@pytest.mark.functional
def test_the_list_of_changes_is_read_at_once(
    old: Path, new: Path, database: Path
) -> None:
    """Marks, reasons, counts, packages; the worst of each kind first."""
    done = shipworthy("diff", old, new, "--db", database)
    lines = done.stdout.splitlines()
    marks = [line[0] for line in lines if line[:3] in {"+  ", "~  ", "-  "}]

    assert list("+~---") == marks
    assert any("lodash" in line and "package added; fixed in 4.17.21" in line for line in lines)  # fmt: skip
    assert "judged by the same database" in done.stdout
    assert "+ 1 new (1 high), ~ 1 moved (1 critical), - 3 fixed (" in done.stdout
    assert "= 3 as before" in done.stdout
    assert "1 added: lodash 4.17.20; 1 removed: urllib3 1.24.1" in done.stdout
    assert "2 upgraded: Jinja2 2.10 → 2.10.1" in " ".join(done.stdout.split())


@pytest.mark.functional
def test_every_format_is_written_in_one_run(
    old: Path, new: Path, database: Path, tmp_path: Path
) -> None:
    """As a scan does; the table is the list of changes."""
    out = {name: tmp_path / f"r.{name}" for name in ("json", "csv", "html", "table")}
    done = shipworthy("diff", old, new, "--db", database, *(f"-o{n}={p}" for n, p in out.items()))  # fmt: skip

    assert (0, "") == (done.returncode, done.stdout)
    assert 3 == len(list(csv.reader(io.StringIO(out["csv"].read_text()))))
    assert "lodash" in out["html"].read_text()
    assert out["table"].read_text() == shipworthy("diff", old, new, "--db", database).stdout  # fmt: skip


@pytest.mark.functional
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--fail-on", "critical"], 0),
        (["--fail-on", "high"], 1),
        (["--fail-on", "critical", "--all"], 0),
    ],
)
def test_only_new_ones_close_the_gate(
    arguments: list[str], code: int, saved: tuple[Path, Path]
) -> None:
    """A critical one moved, a high one is new; critical ones were there before."""
    done = shipworthy("diff", *saved, *arguments)

    assert code == done.returncode
    assert ("The gate closed: 1 finding" in done.stdout) == (code == 1)


@pytest.mark.functional
def test_what_was_suppressed_stays_out(
    old: Path, new: Path, database: Path, tmp_path: Path
) -> None:
    """The newer result's policy took lodash out; the older one's took urllib3 out."""
    before, now = tmp_path / "before.json", tmp_path / "now.json"
    for image, path, id_ in (
        (old, before, "CVE-2019-11324"),
        (new, now, "CVE-2021-23337"),
    ):
        found = scan(str(image), db=database, cache=False, ignore=[id_])
        path.write_bytes(render(found, "json"))
    done = shipworthy("diff", before, now, "-o", "json", "--fail-on", "low")
    document = document_of(done)

    assert 0 == done.returncode
    assert {
        key: value
        for key, value in CHANGED.items()
        if not key.endswith(("lodash", "urllib3"))
    } == told(document)
    assert ["new"] == [s["finding"]["state"] for s in document["suppressed"]]


@pytest.mark.functional
def test_a_partial_result_is_never_a_clean_one(
    saved: tuple[Path, Path], tmp_path: Path
) -> None:
    """A newer one that is partial ends with 3; an older one is told, for new ones may have been there."""
    broken = []
    for path in saved:
        document = json.loads(path.read_text())
        document["coverage"]["complete"] = False
        document["statuses"].append(
            {
                "source": "layers",
                "subject": "layer 1",
                "message": "cannot be read",
                "partial": True,
            }
        )
        broken.append(tmp_path / path.name)
        broken[-1].write_text(json.dumps(document))
    newer = shipworthy("diff", saved[0], broken[1])
    older = shipworthy("diff", broken[0], saved[1])
    accepted = shipworthy("diff", saved[0], broken[1], "--allow-partial")

    assert (3, 0, 0) == (newer.returncode, older.returncode, accepted.returncode)
    assert "layer 1" in newer.stdout
    assert "what is called fixed may still be there" in " ".join(newer.stdout.split())
    assert "what is called new may have been there" in " ".join(older.stdout.split())


@pytest.mark.functional
@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ('{"schemaVersion": "9.0"}', 2, "schema version 9.0"),
        ('{"schemaVersion": []}', 2, "not a shipworthy result"),
        ("{broken", 2, "not JSON"),
        ('{"a": 1}', 3, "old.json"),
        ("nothing", 3, "old.json"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    content: str, code: int, words: str, new: Path, database: Path, tmp_path: Path
) -> None:
    """By name and in one line."""
    path = tmp_path / "old.json"
    path.write_text(content)
    done = shipworthy("diff", path, new, "--db", database)

    assert (code, "") == (done.returncode, done.stdout)
    assert "old.json" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_baseline_is_a_result_an_image_or_nothing(
    saved: tuple[Path, Path], old: Path, database: Path, tmp_path: Path
) -> None:
    """What --baseline takes."""
    means = Means(db=database, cache=False)
    by_image, by_result = (
        baseline_at(str(old), means),
        baseline_at(str(saved[0]), means),
    )

    assert "none" == baseline_at("none", Means()).name
    assert () == baseline_at("none", Means()).findings
    assert set(by_image.findings) == set(by_result.findings)
    assert by_image.packages == by_result.packages
    assert saved_result(str(old)) is None
    with pytest.raises(UsageError, match="no such file"):
        result_of(str(tmp_path / "gone.json"), Means())
