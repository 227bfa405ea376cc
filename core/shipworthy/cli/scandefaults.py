"""What ``scan`` of a policy file says, as defaults for the options of the command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

from shipworthy.errors import UsageError


if TYPE_CHECKING:
    from shipworthy.policy.document.settings import ScanOption


def defaults_of(
    options: Iterable[ScanOption], known: Mapping[str, click.Option]
) -> dict[str, object]:
    """
    A ``default_map`` of click: values by the names of the command's parameters.

    One text becomes a list of one where the option may be repeated.

    Args:
        options: As the file has them.
        known: The command's options by their names without dashes; every name of ``options`` is among them.

    Raises:
        UsageError: A flag is not true or false, or an option has a value of another kind; a line for each.
    """
    defaults: dict[str, object] = {}
    told: list[str] = []
    for option in options:
        parameter, value = known[option.name], option.value
        expected = _expected(value, parameter)
        if expected:
            told.append(f"{option.source}: {option.name}: expected {expected}")
        elif parameter.multiple and not isinstance(value, tuple):
            value = (str(value),)
        defaults[str(parameter.name)] = value
    if told:
        raise UsageError(told[0], more=told[1:])
    return defaults


def _expected(value: object, parameter: click.Option) -> str:
    """What should stand there; nothing where the value is right."""
    if parameter.is_flag:
        return "" if isinstance(value, bool) else "true or false"
    if isinstance(value, bool):
        return "text"
    if isinstance(value, tuple) and not parameter.multiple:
        return "one text"
    return ""
