"""Steps of other scanners: how they are found in a file, and what is said of what cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stepping import fails, policy_of, several

from shipworthy.cli.main import run
from shipworthy.errors import UsageError
from shipworthy.policy.pipelines.convert import TOOLS, convert_step


WORKFLOW = """\
on: push
jobs:
  image:
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - name: Scan
        uses: Aquasecurity/trivy-action@0.33.1
        with:
          image-ref: app:${{ github.sha }}
          Exit-Code: '1'
          severity: CRITICAL,HIGH
          skip-dirs: usr/local/lib
          github-pat: ${{ secrets.PAT }}
          bogus: 1
"""


def refused(tool: str, *arguments: str) -> UsageError:
    """Why the step is not converted."""
    with pytest.raises(UsageError) as caught:
        convert_step(tool, arguments)
    assert caught.value.exit_code == 2
    return caught.value


def written(folder: Path, text: str) -> str:
    """A file with this text."""
    path = folder / "ci.yml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_step_is_found_in_a_workflow(tmp_path: Path) -> None:
    """The one step that uses the action counts, names of inputs in any case, and every input is accounted for with its line."""
    name = written(tmp_path, WORKFLOW)
    text = convert_step("trivy-action", [name])

    assert fails(policy_of(text), several("high", 1))
    assert not fails(policy_of(text), several("medium", 1))
    for said in (
        f"# What {name}:7 asks of aquasecurity/trivy-action",
        f"# {name}:10: image-ref: image of the step",
        f"# {name}:13: skip-dirs: everything is looked at",
        f"# {name}:14: github-pat: nothing is sent",
        f"# {name}:15: bogus is no input",
    ):
        assert said in text
    assert "secrets.PAT" not in text


def test_inputs_alone_are_read_as_yaml_and_as_json(tmp_path: Path) -> None:
    """A mapping of inputs, a step with them, a list for one of them, and JSON come to the same."""
    inputs = {
        "isSuppressedCveEnabled": True,
        "suppressedCveList": ["CVE-2021-44228", "CVE-2024-3094"],
    }
    texts = set()
    for document in (
        yaml.safe_dump(inputs, sort_keys=False),
        json.dumps(inputs),
        json.dumps({"with": inputs}),
    ):
        text = convert_step("inspector-jenkins", [written(tmp_path, document)])
        texts.add(
            "\n".join(
                line for line in text.splitlines() if not line.strip().startswith("#")
            )
        )
    assert len(texts) == 1
    assert texts.pop().count("- id: CVE-") == 2


def test_what_is_said_on_the_command_line_goes_first(tmp_path: Path) -> None:
    """NAME=VALUE beats the file, also where the file has an expression that nobody can know."""
    name = written(tmp_path, WORKFLOW.replace("CRITICAL,HIGH", "${{ inputs.worst }}"))
    error = refused("trivy-action", name)

    assert error.message.startswith(f"{name}:12: severity is an expression")
    assert "severity=…" in error.hint
    text = convert_step("trivy-action", [name, "severity=LOW"])
    assert fails(policy_of(text), several("low", 1))
    assert not fails(policy_of(text), several("high", 1))


def test_of_several_steps_none_is_guessed(tmp_path: Path) -> None:
    """Two steps of one tool are refused with their lines."""
    steps = WORKFLOW.partition("      - name: Scan\n")[2]
    name = written(tmp_path, f"{WORKFLOW}      - name: Again\n{steps}")

    message = refused("trivy-action", name).message
    assert "2 steps use aquasecurity/trivy-action, in lines 7, 16" in message


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("trivy", (), "there is no tool 'trivy'"),
        ("trivy-action", ("exit-code=yes",), "exit-code: expected a whole number"),
        ("trivy-action", ("exit-code=1", "severity=SEVERE"), "not 'SEVERE'"),
        ("trivy-action", ("exit-code=1", "severity=,"), "something to look for"),
        ("trivy-action", ("exit-code=1", "ignore-unfixed=perhaps"), "true or false"),
        ("trivy-action", ("no-such-file.yml",), "cannot be read"),
        ("trivy-action", ("a.yml", "b.yml"), "a second file"),
        ("scan-action", ("severity-cutoff=low,high",), "expected one of negligible"),
        ("scan-action", ("severity-cutoff=moderate",), "not 'moderate'"),
        ("inspector-github", ("high_threshold=many",), "expected a whole number"),
        ("inspector-github", ("high_threshold=" + "9" * 5000,), "a whole number"),
        ("inspector-jenkins", ("isEpssEnabled=true",), "and there is none"),
        (
            "inspector-jenkins",
            ("isEpssEnabled=true", "epssThreshold=50"),
            "a number from 0 to 1",
        ),
        ("inspector-jenkins", ("isThresholdEnabled=true", "countHigh=-1"), "0 or more"),
        ("inspector-teamcity", ("isThresholdEnabled=true",), "there is none"),
        ("inspector-github", ("ignore_findings=" + "x" * 1001,), "1000 characters"),
    ],
)
def test_a_wrong_value_is_told(
    tool: str, arguments: tuple[str, ...], said: str
) -> None:
    """What the tool itself would refuse is refused by its name, and nothing is taken for something else."""
    error = refused(tool, *arguments)

    assert said in error.message
    assert len(error.message) < 300


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs: {a: {steps: [{uses: actions/checkout@v4}]}}", "a step that uses"),
        ("- 1", "a step that uses"),
        ("severity: {a: b}", "expected a value for 'severity', not a mapping"),
        (
            "uses: aquasecurity/trivy-action@v1\nwith: [1]",
            "expected inputs, not a list",
        ),
        ("a: [", "is not YAML"),
        ("a: 1\na: 2", "is there twice"),
        ("\n".join(f"i{at}: 1" for at in range(501)), "more than 500 inputs"),
        ("[" * 40, "nested more than"),
        ("a" * 600_000, "larger than"),
    ],
)
def test_a_file_that_has_no_step_is_told(tmp_path: Path, text: str, said: str) -> None:
    """A file of another kind is refused by its name."""
    name = written(tmp_path, text)

    assert said in refused("trivy-action", name).message


def test_lists_of_the_jenkins_form_hold_cves_alone() -> None:
    """Other ids, which the plug-in's form refuses, are left out with a word and take nothing out of the gate."""
    text = convert_step(
        "inspector-jenkins",
        [
            "isSuppressedCveEnabled=1",
            "suppressedCveList=GHSA-jfh8-c2jp-5v3q CVE-2021-*",
        ],
    )

    assert "suppressions:" not in text
    assert "GHSA-jfh8-c2jp-5v3q, CVE-2021-*: no CVE" in text


def test_an_id_with_wildcards_is_no_suppression() -> None:
    """What would take out everything is left out with a word."""
    text = convert_step("inspector-github", ["ignore_findings=*"])

    assert "suppressions:" not in text
    assert "* is left out" in text


def test_a_comment_in_a_list_of_ids_is_none() -> None:
    """What is said of an id, perhaps with another one in it, suppresses nothing."""
    text = convert_step(
        "inspector-github",
        [
            "ignore_findings=CVE-2021-44228 # see CVE-2021-45046\n# CVE-2024-3094\nGHSA-jfh8-c2jp-5v3q"
        ],
    )

    ids = [entry["id"] for entry in yaml.safe_load(text)["suppressions"]]
    assert ids == ["CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"]


_ARGUMENTS = st.lists(
    st.tuples(
        st.sampled_from(
            sorted({one.name for tool in TOOLS.values() for one in tool.inputs})
        ),
        st.text(max_size=20)
        | st.sampled_from(["true", "1", "HIGH", "0.5", "CVE-2021-44228"]),
    ),
    max_size=6,
)


@given(tool=st.sampled_from(sorted(TOOLS)), inputs=_ARGUMENTS)
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_given_a_policy_comes_out_or_an_error(
    tool: str, inputs: list[tuple[str, str]]
) -> None:
    """Nothing else escapes, the same comes out twice, and what is written reads back as a policy."""
    arguments = [f"{name}={value}" for name, value in inputs]
    try:
        text = convert_step(tool, arguments)
    except UsageError:
        return
    assert text == convert_step(tool, arguments)
    policy_of(text)


@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_a_file_holds_nothing_else_escapes(
    tmp_path: Path, data: bytes
) -> None:
    """A file of any bytes becomes a policy or an error."""
    path = tmp_path / "ci.yml"
    path.write_bytes(data)
    try:
        policy_of(convert_step("scan-action", [str(path)]))
    except UsageError:
        return


def test_the_command_writes_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command writes what policy check takes, and refuses a tool that is not there."""
    monkeypatch.chdir(tmp_path)
    name = written(tmp_path, WORKFLOW)

    code = run(
        ["policy", "convert", "--from", "trivy-action", name, "-o", "shipworthy.yaml"]
    )
    assert code == 0
    assert run(["policy", "check"]) == 0
    assert "rules         1" in capsys.readouterr().out
    assert run(["policy", "convert", "--from", "trivy", name]) == 2
    assert "one of inspector-github" in capsys.readouterr().err
