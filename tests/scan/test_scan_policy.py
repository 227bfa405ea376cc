"""What a scan is judged by, as users name it: policy files, shorthands, ignore files, VEX, baselines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from attaching import OPENVEX, attach
from jsonschema import Draft202012Validator
from scanning import BASE, EXAMPLE, OURS

from shipworthy import render, scan
from shipworthy.errors import UsageError


SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schema/result.schema.json").read_text()
)
CRITICAL = "CVE-2019-14234"
"""The example's finding in Django 2.2."""
CLOSED = "rules: [{name: ours, when: {severity: critical}}]\n"
REASON = "    reason: only trusted people write queries\n"
SUPPRESSED = f"{CLOSED}suppressions:\n  - id: {CRITICAL}\n{REASON}"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a directory of its own, without anybody's policy or settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in [name for name in os.environ if name.startswith("SHIPWORTHY_")]:
        monkeypatch.delenv(name)
    ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")


def told(
    database: Path, *options: str | Path, **env: str
) -> subprocess.CompletedProcess[str]:
    """One run of the command."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "shipworthy", "scan", "image.tar"),
            *("--db", str(database), "-o", "json=result.json", *map(str, options)),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
    )


def result() -> Any:
    """The result of the run before; it is valid."""
    document = json.loads(Path("result.json").read_bytes())
    Draft202012Validator(SCHEMA).validate(document)
    return document


def rules() -> dict[str, str]:
    """The status of every rule by its name."""
    return {rule["name"]: rule["status"] for rule in result()["verdict"]["rules"]}


def vex(status: str, **more: str) -> str:
    """An OpenVEX document on the example's critical finding."""
    return json.dumps(
        {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": "https://example.test/vex/1",
            "author": "The team",
            "timestamp": "2026-01-01T00:00:00Z",
            "version": 1,
            "statements": [
                {
                    "vulnerability": {"name": CRITICAL},
                    "products": [{"@id": "pkg:pypi/django"}],
                    "status": status,
                    **more,
                }
            ],
        }
    )


def test_the_policy_of_the_directory_judges(database: Path) -> None:
    """shipworthy.yaml is taken where no other is named, and the result says so with its digest."""
    Path("shipworthy.yaml").write_text(CLOSED)

    done = told(database)

    assert done.returncode == 1
    assert "ours: 1 finding of severity critical, none allowed" in done.stderr
    assert rules() == {"ours": "broken", "coverage": "passed"}
    (source,) = result()["policy"]
    assert (source["name"], source["kind"]) == ("shipworthy.yaml", "policy")
    assert told(database, "--policy", "none").returncode == 0


def test_another_policy_can_be_named(database: Path) -> None:
    """By option or environment; the one of the directory is not read then."""
    Path("shipworthy.yaml").write_text("no: policy")
    Path("other.yaml").write_text(SUPPRESSED)

    assert told(database, "--policy", "other.yaml").returncode == 0
    assert told(database, SHIPWORTHY_POLICY="other.yaml").returncode == 0
    (one,) = result()["suppressed"]
    assert (one["finding"]["id"], one["source"]) == (CRITICAL, "other.yaml:3")
    assert told(database).returncode == 2


def test_a_wrong_policy_is_found_before_anything_is_read(database: Path) -> None:
    """Exit code 2 with every error on its line, and no report is written."""
    Path("shipworthy.yaml").write_text(
        "rules:\n  - name: a\n    when: {severty: high}\n    effect: fial\n"
        "suppressions:\n  - id: CVE-1\n"
    )

    done = told(database)

    assert done.returncode == 2
    assert (
        "shipworthy.yaml:3: unknown key 'severty'; did you mean severity?"
        in done.stderr
    )
    assert "shipworthy.yaml:4: effect: found 'fial'" in done.stderr
    assert "shipworthy.yaml:6: " in done.stderr
    assert "reason" in done.stderr
    assert not Path("result.json").exists()


def test_command_line_beats_environment_beats_file(database: Path) -> None:
    """Options under ``scan`` are defaults and nothing more."""
    Path("shipworthy.yaml").write_text(
        "scan: {fail-on: critical, output: [csv=from-file.csv]}"
    )

    assert told(database).returncode == 1
    assert not Path("from-file.csv").exists()  # -o is on the command line
    assert told(database, SHIPWORTHY_MAX="critical=1").returncode == 1
    assert told(database, SHIPWORTHY_FAIL_ON="unknown").returncode == 0
    assert told(database, "--fail-on", "", SHIPWORTHY_FAIL_ON="low").returncode == 0
    done = subprocess.run(
        [*(sys.executable, "-m", "shipworthy", "scan", "image.tar", "--db"), database],
        check=False,
    )
    assert done.returncode == 1
    assert Path("from-file.csv").exists()


def test_a_wrong_option_in_the_file_is_told_with_its_line(database: Path) -> None:
    """As everything else in it is."""
    Path("shipworthy.yaml").write_text("rules: []\nscan: {only-fixed: sometimes}\n")

    done = told(database)

    assert done.returncode == 2
    assert "shipworthy.yaml:2: only-fixed: expected true or false" in done.stderr


def test_shorthands_add_to_the_policy(database: Path) -> None:
    """They take nothing from it, and their words are those of rules."""
    Path("shipworthy.yaml").write_text(SUPPRESSED)

    assert told(database, "--max", "high=9", "--fail-on", "critical").returncode == 0
    assert rules() == {
        "fail-on": "passed",
        "max-high": "passed",
        "ours": "passed",
        "suppressions": "passed",
        "coverage": "passed",
    }


def test_a_shared_policy_can_forbid_to_accept_gaps(database: Path) -> None:
    """An option that would weaken it is wrong usage."""
    Path("base.yaml").write_text("partial: fail\n")
    Path("shipworthy.yaml").write_text("extends: [base.yaml]\n")

    done = told(database, "--allow-partial")

    assert done.returncode == 2
    assert "--allow-partial: base.yaml:1 demands" in done.stderr


def test_what_a_shared_policy_demands_of_entries_binds_ignore_too(
    database: Path,
) -> None:
    """An entry without the owner that is demanded does not get in by another door."""
    Path("base.yaml").write_text("limits: {owner: required}\n")
    Path("shipworthy.yaml").write_text("extends: [base.yaml]\n")

    done = told(database, "--ignore", CRITICAL)

    assert done.returncode == 2
    assert "owner" in done.stderr


def test_ignore_files_are_read_as_they_are(database: Path) -> None:
    """By option and by the policy; the result names file and line, and counts it among the documents."""
    Path(".trivyignore").write_text(f"# no queries\n{CRITICAL}\nCVE-2000-0001\n")

    done = told(database, "--fail-on", "critical", "--ignore-file", ".trivyignore")

    assert done.returncode == 0
    (one,) = result()["suppressed"]
    assert one["source"] == ".trivyignore:2"
    assert [use["state"] for use in result()["suppressions"]] == ["used", "unused"]
    assert [source["kind"] for source in result()["policy"]] == ["ignore-file"]
    Path("shipworthy.yaml").write_text(f"{CLOSED}ignore-files: [.trivyignore]\n")
    assert told(database).returncode == 0


@pytest.mark.parametrize(
    ("status", "more", "code"),
    [
        ("not_affected", {"justification": "component_not_present"}, 0),
        ("fixed", {}, 0),
        ("affected", {"action_statement": "upgrade"}, 1),
        ("under_investigation", {}, 1),
    ],
)
def test_vex_takes_out_what_is_not_affected(
    database: Path, status: str, more: dict[str, str], code: int
) -> None:
    """Other statuses stay, and the finding says so."""
    Path("vex.json").write_text(vex(status, **more))

    done = told(database, "--fail-on", "critical", "--vex", "vex.json")

    assert done.returncode == code
    if code:
        marked = [one for one in result()["findings"] if one["vexStatus"]]
        assert [status] == [one["vexStatus"] for one in marked]
    else:
        (one,) = result()["suppressed"]
        assert (one["rule"], one["vexStatus"]) == ("vex", status)


def test_attached_vex_counts_only_where_it_is_asked_for(
    database: Path, tmp_path: Path
) -> None:
    """Whoever wrote the image could have attached it."""
    image = ib.image(BASE, OURS)
    said = vex("not_affected", justification="component_not_present").encode()
    files = attach(
        image.layout_files(),
        layer=said,
        manifest_more={
            "artifactType": OPENVEX,
            "subject": {"digest": ib.sha256(image.manifest)},
        },
    )
    target = f"oci:{ib.write_directory(files, tmp_path / 'layout')}"

    without = scan(target, db=database, fail_on="critical")
    asked = scan(target, db=database, fail_on="critical", vex=["attached"])

    assert (without.verdict.exit_code, asked.verdict.exit_code) == (1, 0)
    assert [CRITICAL] == [one.finding.id for one in asked.suppressed]


def test_new_findings_alone_can_close_the_gate(database: Path, tmp_path: Path) -> None:
    """Against a saved result, an image, or nothing at all; without any the rule cannot be judged."""
    Path("shipworthy.yaml").write_text(
        "rules: [{name: nothing-new, when: {state: new, severity: critical}}]"
    )
    base = ib.write_archive(ib.image(BASE).classic_files(), tmp_path / "base.tar")

    done = told(database)
    assert done.returncode == 3
    assert "without a baseline" in done.stderr
    before = Path("result.json").rename("before.json")

    assert told(database, "--baseline", before).returncode == 0
    assert {one["state"] for one in result()["findings"]} == {"existing"}
    assert told(database, "--baseline", base).returncode == 1
    assert told(database, "--baseline", "none").returncode == 1
    assert {one["state"] for one in result()["findings"]} == {"new"}
    for unreadable in ("nowhere.json", "shipworthy.yaml"):
        done = told(database, "--baseline", unreadable)
        assert done.returncode == 2
        assert unreadable in done.stderr


def test_the_plan_names_lines_of_the_dockerfile(database: Path) -> None:
    """And one that cannot be read is wrong usage."""
    Path("Dockerfile").write_text("FROM scratch\nRUN step 0\n\nRUN step 1\n")

    assert told(database, "--dockerfile", "Dockerfile").returncode == 0
    lines = {action["layer"]: action["line"] for action in result()["remediation"]}
    assert lines[1] == 4
    assert told(database, "--dockerfile", "no-such").returncode == 2


def test_the_same_policy_gives_the_same_bytes(database: Path) -> None:
    """In every format, with everything that a policy brings."""
    Path("shipworthy.yaml").write_text(SUPPRESSED)
    first, second = (
        scan("image.tar", db=database, policy="shipworthy.yaml", baseline="none")
        for _ in range(2)
    )

    for format_ in ("json", "csv", "html", "table", "openvex"):
        assert render(first, format_) == render(second, format_)


def test_a_document_that_is_not_there_is_found_before_the_scan(database: Path) -> None:
    """Each is named."""
    for option in ("policy", "vex", "ignore_files"):
        given: Any = "no-such" if option == "policy" else ["no-such"]
        with pytest.raises(UsageError, match="no-such"):
            scan("no-image", db=database, **{option: given})
