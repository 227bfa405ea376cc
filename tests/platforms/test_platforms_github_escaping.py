"""Workflow commands are escaped as GitHub's own toolkit escapes them, and say nothing but what they should."""

from __future__ import annotations

import json
import shutil
import subprocess

import npm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipelining import HOSTILE, without
from runnerlog import read_log, read_outputs

from shipworthy_ci.github.escaping import command, output, token
from shipworthy_ci.github.masks import masks


ORACLE = """
import { issueCommand } from '@actions/core/lib/command.js';
for (const [name, properties, message] of JSON.parse(await new Response(process.stdin).text()))
  issueCommand(name, properties, message);
"""
TEXTS = (
    *HOSTILE,
    "",
    "plain",
    "100% of 5,000: done\r\nnext\rline\n",
    "%0A%25%3A%2C",
    "::error::x\n::warning file=a,line=1::y",
    "##[error]x",
    "a=b,c=d::e",
    "ünïcödé – 汉字 \U0001f433",
    "'\"`$(id)${{ github.token }}",
)


def test_commands_are_those_of_the_toolkit() -> None:
    """Byte for byte, for every text as a message and as a property."""
    place = npm.installed("@actions/core@3.0.1")
    node = shutil.which("node")
    if node is None:
        without("node")
    calls = [
        (name, {"file": one, "line": "1", "title": other}, one)
        for name in ("error", "add-mask")
        for one in TEXTS
        for other in TEXTS
    ]
    # The package exports its front alone; a file's path leads to the rest.
    source = ORACLE.replace("@actions/core/", f"{place}/node_modules/@actions/core/")
    done = subprocess.run(
        [str(node), "--input-type=module", "-e", source],
        input=json.dumps(calls).encode(),
        capture_output=True,
        check=True,
    )
    ours = "".join(f"{command(n, message, p)}\n" for n, p, message in calls)

    assert ours.encode() == done.stdout


@pytest.mark.property
@given(st.text(), st.text(), st.text())
def test_a_command_is_one_command_whatever_is_in_it(
    message: str, title: str, file: str
) -> None:
    """The runner reads back what was meant, and nothing else."""
    told = command("error", message, {"file": file, "title": title})
    log = read_log(told)

    assert [] == log.text
    (one,) = log.commands
    assert ("error", message) == (one.name, one.data)
    expected = {"file": file, "title": title}
    assert {k: v for k, v in expected.items() if v} == one.properties


@pytest.mark.property
@given(st.dictionaries(st.from_regex(r"[a-z][a-z-]{0,9}", fullmatch=True), st.text()))
def test_outputs_read_back(values: dict[str, str]) -> None:
    """No value ends early, sets another or loses a line."""
    text = "".join(output(name, value) for name, value in values.items())

    assert values == read_outputs(text)


def test_delimiters_and_tokens_cannot_be_foreseen() -> None:
    """Each is another."""
    assert output("a", "b") != output("a", "b")
    assert token() != token()
    assert token() not in output("a", token())


def test_values_of_secret_variables_are_masked() -> None:
    """A line each, none so short that it would blank out the log, and nothing that is no secret."""
    told = masks(
        {
            "GITHUB_TOKEN": "ghs_1%2",
            "SHIPWORTHY_REGISTRY_PASSWORD": "one\ntwo two\n\nabc",
            "SHIPWORTHY_NOTIFY_TOKEN": "ghs_1%2",
            "SHIPWORTHY_NOTIFY": "slack=https://chat.example/T0/x",
            "SHIPWORTHY_NOTIFY_ON": "always",
            "SHIPWORTHY_FAIL_ON": "critical",
            "SHIPWORTHY_TOKEN_FILE": "/run/secrets/x",
            "AWS_SECRET": "not ours",
        }
    )

    assert [
        "::add-mask::ghs_1%252",
        "::add-mask::slack=https://chat.example/T0/x",
        "::add-mask::two two",
    ] == told
