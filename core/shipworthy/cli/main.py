"""
The group of commands, and what every command shares: errors, exit codes, lazy loading.

Exit codes: 0 passed; 1 the gate closed; 2 wrong usage or configuration; 3 could not scan, or only in
part. Results go to stdout or files, everything else to stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

from shipworthy import __version__
from shipworthy.errors import ShipworthyError


_COMMANDS = {
    "cache": ("shipworthy.cli.cache", "Look after the layer cache."),
    "dashboard": ("shipworthy.cli.dashboard", "One page over many saved results."),
    "db": ("shipworthy.cli.db", "Build and look at the advisory database."),
    "diff": ("shipworthy.cli.diff", "Tell what changed between two results or images."),
    "explain": (
        "shipworthy.cli.explain",
        "Explain a finding, or why a package has no other.",
    ),
    "policy": ("shipworthy.cli.policy", "Check, explain, convert and share policies."),
    "report": ("shipworthy.cli.report", "Render a saved result in other formats."),
    "sbom": ("shipworthy.cli.sbom", "List the software of an image, as an SBOM."),
    "scan": ("shipworthy.cli.scan", "Scan one image and judge it."),
}

CANNOT = 3
INTERRUPTED = 130
DEBUG = "SHIPWORTHY_DEBUG"
"""The variable that adds the trace to what is told of a defect."""
_MESSAGE = 2000


class LazyGroup(click.Group):
    """
    A group that imports a command's module only when that command runs.

    Other distributions and the plug-ins beside this package add theirs through the
    entry-point group ``shipworthy.commands``; a name of ours cannot be taken.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, sorted."""
        del ctx
        return sorted({*_COMMANDS, *_others()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        del ctx
        if cmd_name not in _COMMANDS:
            return _others().get(cmd_name)
        command = getattr(import_module(_COMMANDS[cmd_name][0]), "command")  # noqa: B009  # typed below
        assert isinstance(command, click.Command)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """The commands with their one-line help, without importing any."""
        del ctx
        told = {
            name: command.get_short_help_str(80) for name, command in _others().items()
        }
        told |= {name: words for name, (_, words) in _COMMANDS.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(told.items()))


def _others() -> dict[str, click.Command]:
    """The commands that plug-ins bring, by name; one that cannot be loaded is told on stderr."""
    from shipworthy.extensions import load

    commands, statuses = load("commands", _command)
    for status in statuses:
        tell(f"shipworthy: {status.source}: {status.message}")
    return {str(one.name): one for one in commands}


def _command(loaded: object) -> click.Command:
    if not isinstance(loaded, click.Command):
        raise TypeError("expected a command of click")
    return loaded


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    __version__, prog_name="shipworthy", message="%(prog)s %(version)s"
)
def group() -> None:
    """
    Is this image fit to ship?

    Exit codes: 0 passed, 1 the gate closed, 2 wrong usage, 3 could not scan or only in part.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit code, with every error told in plain words on stderr."""
    try:
        code = group.main(
            list(arguments), prog_name="shipworthy", standalone_mode=False
        )
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except ShipworthyError as error:
        tell_error(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone; what is left must not raise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANNOT
    except OSError as error:
        tell(
            f"shipworthy: error: {error.filename or 'the system'}: {error.strerror or error}"
        )
        return CANNOT
    except MemoryError:
        tell("shipworthy: error: out of memory")
        return CANNOT
    except Exception as error:  # noqa: BLE001  # Python would end with 1, which is a closed gate
        return _defect(error)
    return code if isinstance(code, int) else 0


def _defect(error: Exception) -> int:
    """Tell of a fault of our own, with where it is for whoever reports it."""
    import traceback
    from pathlib import Path

    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    tell(
        f"shipworthy: error: a defect of shipworthy {__version__}: {type(error).__name__} at {where}: {error}"
    )
    if os.environ.get(DEBUG):
        for part in traceback.format_exception(error):
            for line in part.splitlines():
                tell(line)
    else:
        tell(f"hint: please report it, with what {DEBUG}=1 adds to this")
    return CANNOT


def tell(text: str) -> None:
    """One message on stderr, harmless to a terminal and to a pipeline whatever is in it; lost where stderr is full."""
    from shipworthy.reports.text import line, quiet

    with suppress(OSError):
        click.echo(quiet(line(text, _MESSAGE)), err=True)


def tell_error(error: ShipworthyError) -> None:
    """Everything that is wrong on stderr, a line each, and what can be done about it."""
    for told in error.lines:
        tell(f"shipworthy: error: {told}")
    if error.hint:
        tell(f"hint: {error.hint}")
