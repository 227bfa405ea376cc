"""Reading a policy file for a command: where documents come from, and which options ``scan`` may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from shipworthy.policy.document.extend import Loaded


DEFAULT = "shipworthy.yaml"
"""The file where none is named."""
_NOT_IN_A_FILE = frozenset({"help", "policy"})


def load(name: str) -> Loaded:
    """The policy called ``name``; raises :class:`UsageError` with everything that is wrong with it."""
    from shipworthy.policy.document.extend import load_policy
    from shipworthy.policy.document.fetch import file_fetch

    return load_policy(name, file_fetch, options=scan_options())


def scan_options() -> dict[str, str]:
    """The options of ``shipworthy scan`` that a file may set, each with the name of its parameter."""
    from shipworthy.cli.scan import command

    return {
        name: parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name
        for option in parameter.opts
        if option.startswith("--") and (name := option[2:]) not in _NOT_IN_A_FILE
    }
