"""
The policy file of a command: which one, what it gives the command's options, and reading it whole.

The command line beats the environment, the environment the file, the file the defaults.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from shipworthy.cli.options import with_options
from shipworthy.cli.several import Several


if TYPE_CHECKING:
    from shipworthy.policy.document.extend import Loaded
    from shipworthy.remote.connection import Connection


DEFAULT = "shipworthy.yaml"
"""The file where none is named."""
NO_POLICY = "none"
"""What ``--policy`` takes for none at all, though there is a file of the default name."""
_NOT_IN_A_FILE = frozenset({"help", "policy"})

C = TypeVar("C", bound=Callable[..., object])


def load(name: str, connection: Connection) -> Loaded:
    """The policy called ``name``; raises :class:`UsageError` with everything that is wrong with it."""
    from shipworthy.brief import load as load_shared

    return load_shared(name, connection, scan_options())


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


def policy_options(command: C) -> C:
    """The options that say what a scan is judged by, beside its shorthands."""
    return with_options(command, _OPTIONS)


def _chosen(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """The file's name, with the defaults that it gives the other options; empty for none."""
    del param
    name = value or (DEFAULT if Path(DEFAULT).is_file() else "")
    if name == NO_POLICY:
        return ""
    if name and "://" not in name and not ctx.resilient_parsing:
        ctx.default_map = {**(ctx.default_map or {}), **_defaults(name)}
    return name


def _defaults(name: str) -> dict[str, object]:
    """What the file's ``scan`` says, by the names of parameters."""
    from shipworthy.cli.scandefaults import defaults_of
    from shipworthy.policy.document.fetch import file_fetch
    from shipworthy.policy.document.read import read_document

    fetched = file_fetch(name, relative_to="")
    if b"scan" not in fetched.data:
        return {}
    known = scan_options()
    document = read_document(fetched.name, fetched.data, options=known)
    return defaults_of(document.scan, known)


_OPTIONS = (
    click.option(
        "--policy",
        is_eager=True,
        callback=_chosen,
        metavar="FILE",
        envvar="SHIPWORTHY_POLICY",
        help=f"Rules and suppressions; none for no policy.  [default: {DEFAULT}, where there is one]",
    ),
    click.option(
        "--ignore-file",
        "ignore_files",
        cls=Several,
        metavar="PATH",
        envvar="SHIPWORTHY_IGNORE_FILE",
        help="An ignore file of Trivy, Grype, OSV-Scanner, Snyk or Inspector. Repeat for several.",
    ),
    click.option(
        "--vex",
        cls=Several,
        metavar="PATH",
        envvar="SHIPWORTHY_VEX",
        help="VEX: a document, a directory, or attached for what is attached to the image. Repeat for several.",
    ),
    click.option(
        "--baseline",
        default="",
        metavar="RESULT|TARGET",
        envvar="SHIPWORTHY_BASELINE",
        help="Tell new findings from those that this JSON result or image has; none: everything is new.",
    ),
    click.option(
        "--dockerfile",
        default="",
        metavar="PATH",
        envvar="SHIPWORTHY_DOCKERFILE",
        help="The Dockerfile the image was built from, to name its lines in what to do.",
    ),
)
