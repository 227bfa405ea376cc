"""``shipworthy policy check`` and ``explain`` as their users meet them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from shipworthy.cli.main import run
from shipworthy.cli.policyfile import scan_options


BASE = """\
rules:
  - name: no-criticals
    when: {severity: critical}
    locked: true
    suppressible: false
limits: {owner: required, longest: 90d}
partial: fail
"""
OURS = """\
extends: [base.yaml]
rules:
  - name: fixable
    description: agreed with the owners
    when: {severity: high, fix-available: true}
    effect: warn
    max: {high: 5, other: 1}
    undecided: fail
suppressions:
  - id: CVE-2021-44228
    package: pkg:maven/org.apache.logging.log4j/log4j-core
    reason: the lookup class is removed from the jar
    owner: payments
    expires: 2026-12-31
vex: [vex/app.json]
ignore-files: [.trivyignore]
baseline: last.json
scan: {fail-on: high, only-fixed: true, output: [table, json=r.json]}
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE)
    Path("shipworthy.yaml").write_text(OURS)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code, and what a command said on stdout and stderr."""
    code = run(["policy", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_check_says_what_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers, places, options, and every document with its digest."""
    code, out, err = told(capsys, "check")

    digest = hashlib.sha256(OURS.encode()).hexdigest()
    assert (code, err) == (0, "")
    assert out.splitlines()[:-2] == [
        "shipworthy.yaml: can be used",
        "  rules         2, 1 locked",
        "  suppressions  1",
        "  ignore file   .trivyignore",
        "  vex           vex/app.json",
        "  baseline      last.json",
        "  option        --fail-on, shipworthy.yaml:18",
        "  option        --only-fixed, shipworthy.yaml:18",
        "  option        --output, shipworthy.yaml:18",
    ]
    assert out.splitlines()[-1] == f"  source        shipworthy.yaml sha256:{digest}"


def test_check_tells_what_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    """Only by a day that is named; the last day still holds."""
    _, out, _ = told(capsys, "check", "--at", "2026-12-31")
    assert "suppressions  1, 0 ended before 2026-12-31" in out
    _, out, _ = told(capsys, "check", "--at", "2027-01-01")
    assert "suppressions  1, 1 ended before 2027-01-01" in out
    assert "shipworthy.yaml:10: CVE-2021-44228, pkg:maven/" in out


def test_check_holds_ends_to_demands(capsys: pytest.CaptureFixture[str]) -> None:
    """With a day, an end that is too far away is an error."""
    code, _, err = told(capsys, "check", "--at", "2026-09-01")

    assert code == 2
    assert "shipworthy.yaml:10: the suppression ends on 2026-12-31, more than 90" in err


def test_check_tells_every_error_of_every_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each on a line of its own with its file and line; files that are right are told as well."""
    Path("bad.yaml").write_text("rule: []\npartial: of\n")

    code, out, err = told(capsys, "check", "bad.yaml", "shipworthy.yaml", "none.yaml")

    assert code == 2
    assert out.startswith("shipworthy.yaml: can be used\n")
    assert [line.split(": ")[:3] for line in err.splitlines()] == [
        ["shipworthy", "error", "bad.yaml:1"],
        ["shipworthy", "error", "bad.yaml:2"],
        ["shipworthy", "error", "none.yaml"],
    ]


def test_check_can_be_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said of what is right; the exit code says it."""
    assert told(capsys, "check", "--quiet") == (0, "", "")


def test_check_says_that_a_file_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty policy demands nothing, and that is said."""
    Path("empty.yaml").write_text("# nothing yet\n")

    code, out, _ = told(capsys, "check", "empty.yaml")

    assert code == 0
    assert out.startswith("empty.yaml: an empty policy\n")


def test_check_knows_the_options_of_scan(capsys: pytest.CaptureFixture[str]) -> None:
    """Names under ``scan`` are those of the command, without the dashes."""
    Path("p.yaml").write_text("scan: {only-fix: true}\n")

    code, _, err = told(capsys, "check", "p.yaml")

    assert code == 2
    assert "p.yaml:1: unknown key 'only-fix'; did you mean only-fixed?" in err
    assert scan_options()["max"].name == "max_counts"
    assert not {"help", "policy"} & scan_options().keys()


def test_a_day_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """As everywhere else."""
    code, _, err = told(capsys, "check", "--at", "2026-02-30")

    assert code == 2
    assert "--at: '2026-02-30' is not a day" in err


def test_explain_puts_the_policy_into_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every rule, entry and setting is a sentence with the place where it is written."""
    code, out, err = told(capsys, "explain")

    assert (code, err) == (0, "")
    for words in (
        "no-criticals (base.yaml:2)",
        (
            "The gate closes on any finding of severity critical; suppressed findings count as"
            " well; locked, so that it can only be made stricter."
        ),
        "fixable (shipworthy.yaml:3)",
        (
            "It warns on more than 5 high or 1 other findings of severity high or worse and"
            " with a fix; where it cannot be told, the gate closes."
        ),
        "agreed with the owners",
        "  shipworthy.yaml:10",
        (
            "Leaves out CVE-2021-44228 in package pkg:maven/org.apache.logging.log4j/log4j-core,"
            " to 2026-12-31 (owner payments): the lookup class is removed from the jar"
        ),
        (
            "Where not everything could be looked at, the verdict is partial (exit code 3)."
            " Demanded by base.yaml:7."
        ),
        "A suppression that ends within 14 days is told of.",
        (
            "Every suppression must have an owner and an end within 90 days, as base.yaml:6"
            " demands."
        ),
        "Ignore file .trivyignore is read.",
        "VEX is read from vex/app.json.",
        "Compared with last.json.",
        "Option --only-fixed is on (shipworthy.yaml:18).",
        "Option --output is table, json=r.json (shipworthy.yaml:18).",
        "  base.yaml sha256:",
    ):
        assert words in out


def test_explain_says_that_nothing_closes_the_gate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A policy without rules does not look like one that is met."""
    Path("empty.yaml").write_text("")

    code, out, _ = told(capsys, "explain", "empty.yaml")

    assert code == 0
    assert out.startswith("no rules: nothing closes the gate\n")
    assert "no suppressions" in out


def test_what_a_file_says_is_harmless_to_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Escapes and line ends out of a policy are written out, in errors and in words."""
    name = '"a\\e[2J\\nshipworthy: all is well"'
    Path("p.yaml").write_text(f"rules: [{{name: {name}, when: {{severity: low}}}}]\n")
    _, out, _ = told(capsys, "explain", "p.yaml")
    Path("q.yaml").write_text(f"{name}: 1\n")
    _, _, err = told(capsys, "check", "q.yaml")

    assert "\x1b" not in out + err
    assert "\nshipworthy: all is well" not in out + err


def test_the_command_is_there() -> None:
    """It can be called as a program, and names its exit codes."""
    called = subprocess.run(
        [sys.executable, "-m", "shipworthy", "policy", "check", "none.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert called.returncode == 2
    assert called.stderr == (
        "shipworthy: error: none.yaml: there is no such file, expected a policy\n"
    )
