"""``scan`` of a policy file as defaults of the command."""

from __future__ import annotations

import click
import pytest

from shipworthy.cli.scan import command
from shipworthy.cli.scandefaults import defaults_of
from shipworthy.errors import UsageError
from shipworthy.policy.document.read import read_document


KNOWN = {
    option.removeprefix("--"): parameter
    for parameter in command.params
    if isinstance(parameter, click.Option)
    for option in parameter.opts
}


def defaults(text: str) -> dict[str, object]:
    """The defaults of a file called p.yaml."""
    document = read_document("p.yaml", text.encode(), options=KNOWN)
    return defaults_of(document.scan, KNOWN)


def test_options_become_defaults_of_the_command() -> None:
    """One text stands for a list of one where the option may be repeated."""
    text = (
        "scan: {max: critical=0, output: table, no-cache: true, ignore: [CVE-1, CVE-2]}"
    )

    assert defaults(text) == {
        "max_counts": "critical=0",
        "outputs": ("table",),
        "no_cache": True,
        "ignore": ("CVE-1", "CVE-2"),
    }


def test_an_option_that_cannot_have_its_value_is_told() -> None:
    """A flag is true or false, an option that is given once has one value; each with its line."""
    with pytest.raises(UsageError) as caught:
        defaults("scan:\n  only-fixed: nope\n  fail-on: [high, low]\n  max: true\n")

    assert list(caught.value.lines) == [
        "p.yaml:2: only-fixed: expected true or false",
        "p.yaml:3: fail-on: expected one text",
        "p.yaml:4: max: expected text",
    ]


def test_click_takes_what_comes_out() -> None:
    """The command reads the defaults as if they had been written on its line; the line beats them."""
    context = command.make_context(
        "scan",
        ["x.tar", "--fail-on", "low"],
        default_map=defaults(
            "scan: {fail-on: high, output: json=r.json, only-fixed: true}"
        ),
    )

    assert context.params["fail_on"] == "low"
    assert context.params["outputs"] == ("json=r.json",)
    assert context.params["only_fixed"] is True
