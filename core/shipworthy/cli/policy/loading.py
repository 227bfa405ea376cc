"""Reading a policy file for a command: where documents come from, and which options ``scan`` may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from collections.abc import Sequence

    from shipworthy.policy.document.extend import Loaded
    from shipworthy.policy.document.settings import ScanOption


DEFAULT = "shipworthy.yaml"
"""The file where none is named."""
_NOT_IN_A_FILE = frozenset({"help", "policy"})


def load(name: str) -> Loaded:
    """The policy called ``name``; raises :class:`UsageError` with everything that is wrong with it."""
    from shipworthy.policy.document.extend import load_policy
    from shipworthy.policy.document.fetch import file_fetch

    loaded = load_policy(name, file_fetch, options=scan_options())
    scan_defaults(loaded.options)
    return loaded


def scan_options() -> dict[str, click.Option]:
    """The options of ``shipworthy scan`` that a file may set, by their names without dashes."""
    from shipworthy.cli.scan import command

    return {
        name: parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name
        for option in parameter.opts
        if option.startswith("--") and (name := option[2:]) not in _NOT_IN_A_FILE
    }


def scan_defaults(options: Sequence[ScanOption]) -> dict[str, object]:
    """
    What the file says of the options, by the names of the command's parameters: a ``default_map``.

    Raises :class:`UsageError` for a flag that is not true or false, and for several values of
    an option that takes one.
    """
    from shipworthy.errors import UsageError

    known = scan_options()
    defaults: dict[str, object] = {}
    told: list[str] = []
    for option in options:
        parameter, value = known[option.name], option.value
        expected = ""
        if parameter.is_flag:
            expected = "" if isinstance(value, bool) else "true or false"
        elif isinstance(value, bool):
            expected = "text"
        elif isinstance(value, tuple) and not parameter.multiple:
            expected = "one text"
        if expected:
            told.append(f"{option.source}: {option.name}: expected {expected}")
        elif parameter.multiple and not isinstance(value, tuple):
            value = (str(value),)
        defaults[str(parameter.name)] = value
    if told:
        raise UsageError(told[0], more=told[1:])
    return defaults
