"""
``shipworthy ci``: scan as the pipeline around it expects.

Every option of ``shipworthy scan`` is one of this command too, and a value of
``SHIPWORTHY_…`` means the same; the platform's conventions stand in where neither speaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click

from shipworthy.cli.notifying import Notifier, Notifying, gathered
from shipworthy.cli.scan import command as scan_command
from shipworthy.cli.several import listed
from shipworthy.cli.wanted import EXTERNAL, Wanted
from shipworthy.cli.wanted import gathered as reports_gathered
from shipworthy.errors import ShipworthyError, UsageError
from shipworthy_ci.earlier import recalled
from shipworthy_ci.job import CANNOT, Job, Scanned
from shipworthy_ci.platform import Inputs, Platform, choose
from shipworthy_ci.reportset import ALWAYS, parse_reports
from shipworthy_ci.scanning import Plan, scan_all
from shipworthy_ci.surroundings import Surroundings, here
from shipworthy_ci.together import write_overview


TARGETS = "SHIPWORTHY_TARGET"
"""The variable that names the targets, one a line, where the command line names none."""
_CHOICE = "SHIPWORTHY_CI"
_NOT_OURS = frozenset({"target"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    platform: Platform
    inputs: Inputs
    around: Surroundings


class CiCommand(click.Command):
    """The command: it knows its platform before it reads its options, so that the platform can tell what is wrong with them."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Choose the platform, and let its conventions be the defaults."""
        around = here()
        platform = choose(_choice(args, around.environment), around.environment)
        with _told_by(platform, around):
            inputs = platform.inputs(around)
            ctx = super().make_context(
                info_name, args, parent, default_map=dict(inputs.options), **extra
            )
        ctx.obj = _Setting(platform=platform, inputs=inputs, around=around)
        return ctx

    def invoke(self, ctx: click.Context) -> Any:
        """Run; what is wrong with the call is told by the platform too."""
        setting = cast("_Setting", ctx.obj)
        with _told_by(setting.platform, setting.around):
            return super().invoke(ctx)


def run(
    ctx: click.Context,
    targets: tuple[str, ...],
    report_dir: Path,
    reports: str,
    baseline_from: Path | None,
    title: str,
    wanted: Wanted,
    notifying: Notifying,
    *,
    comment: bool,
    no_fail: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """
    Scan one image or several as the CI platform around expects.

    TARGET is what `shipworthy scan` takes; without one it is read from SHIPWORTHY_TARGET, one a line, or from
    what the platform calls its image. The reports go to a folder, the verdict and what led to it where people
    look on that platform, and the exit code decides the step. All other options are those of `shipworthy scan`.
    """
    setting = cast("_Setting", ctx.obj)
    platform, around = setting.platform, setting.around
    plan = Plan(
        targets=targets or _named(around) or setting.inputs.targets,
        folder=report_dir,
        formats=parse_reports(reports, (*ALWAYS, *platform.formats)),
        wanted=wanted,
        html_assets=platform.html_assets if platform.html_assets == EXTERNAL else "",
        earlier=baseline_from,
    )
    if not plan.targets:
        raise UsageError(
            "no target: name what to scan",
            hint=f"shipworthy ci TARGET, or {TARGETS}, one a line",
        )

    notifier = notifying.prepare(options["ca_file"])
    if all(setting.inputs.login):
        options["login"] = setting.inputs.login

    def show(one: Scanned) -> None:
        if quiet and one.document is not None:
            return
        with platform.section(f"shipworthy: {one.target}", around) as write:
            write(_told(one))

    with recalled(plan, options, platform, around) as (whole, given):
        scanned = scan_all(whole, given, show, quiet=quiet)
    job = Job(
        scanned=scanned,
        folder=report_dir,
        overview=write_overview(scanned, report_dir, external=plan.external),
        comment=comment,
        no_fail=no_fail,
        title=title,
        dockerfile=str(options["dockerfile"] or ""),
    )
    platform.deliver(job, around)
    lost = [one for one in job.scanned if not _notified(one, notifier)]
    code = platform.finish(job, around)
    return code if code or not lost else CANNOT


def _notified(one: Scanned, notifier: Notifier) -> bool:
    """Tell of one result whom the options name; false where somebody who must know could not be told."""
    if one.document is None:
        return True
    return notifier.notify(one.document, one.exit_code) == one.exit_code


def _told(one: Scanned) -> str:
    """A target's result for the log."""
    if one.document is None:
        error = one.error
        lines = error.lines if error else ("not scanned",)
        hint = (f"hint: {error.hint}",) if error and error.hint else ()
        return "\n".join((*lines, *hint))
    from shipworthy.reports.table import TableReport

    return TableReport().render(one.document).decode("utf-8", "backslashreplace")


def _named(around: Surroundings) -> tuple[str, ...]:
    text = around.variable(TARGETS)
    lines = listed(text)
    if lines is None:
        lines = text.splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _choice(args: list[str], environment: Mapping[str, str]) -> str:
    """The platform that the call names, before its options are read."""
    for at, arg in enumerate(args):
        if arg == "--":
            break
        if arg == "--ci" and at + 1 < len(args):
            return args[at + 1]
        if arg.startswith("--ci="):
            return arg.partition("=")[2]
    return environment.get(_CHOICE, "").strip()


@contextmanager
def _told_by(platform: Platform, around: Surroundings) -> Iterator[None]:
    """Let the platform tell of an error that ends the step; it goes on to the command line's end."""
    try:
        yield
    except ShipworthyError as error:
        platform.refuse(error, around)
        raise
    except click.UsageError as error:
        platform.refuse(UsageError(error.format_message()), around)
        raise


def _scan_options() -> list[click.Parameter]:
    return [one for one in scan_command.params if one.name not in _NOT_OURS]


command = CiCommand(
    name="ci",
    callback=click.pass_context(gathered(reports_gathered(run))),
    help=run.__doc__,
    short_help="Scan as the CI platform around it expects.",
    epilog="Exit codes: 0 passed, 1 the gate closed, 2 wrong usage, 3 could not scan or only in part.",
    params=[
        click.Argument(["targets"], nargs=-1, metavar="[TARGET]..."),
        click.Option(
            ["--ci"],
            default="auto",
            metavar="PLATFORM",
            expose_value=False,
            help=f"The platform to speak to (variable {_CHOICE}).  [default: the one that is around]",
        ),
        click.Option(
            ["--report-dir"],
            type=click.Path(file_okay=False, path_type=Path),
            default=Path("shipworthy-report"),
            show_default=True,
            envvar="SHIPWORTHY_REPORT_DIR",
            help="Where the reports go; of several targets each to a folder of its own in it.",
        ),
        click.Option(
            ["--reports"],
            default="",
            metavar="FORMAT,…",
            envvar="SHIPWORTHY_REPORTS",
            help="Which reports to write; +sarif,junit adds to the usual ones.  [default: what the platform reads]",
        ),
        click.Option(
            ["--baseline-from"],
            type=click.Path(file_okay=False, path_type=Path),
            envvar="SHIPWORTHY_BASELINE_FROM",
            help="The report folder of an earlier build, as of the target branch: tell what is new since."
            " Where it holds no result, everything is new.",
        ),
        click.Option(
            ["--title"],
            default="shipworthy",
            envvar="SHIPWORTHY_TITLE",
            help="Tells this step from others in comments and summaries.",
        ),
        click.Option(
            ["--comment"],
            is_flag=True,
            envvar="SHIPWORTHY_COMMENT",
            help="Tell the merge request, in one comment that is kept up to date.",
        ),
        click.Option(
            ["--no-fail"],
            is_flag=True,
            envvar="SHIPWORTHY_NO_FAIL",
            help="End with 0 where the gate closes, too; not where the scan could not be done.",
        ),
        *_scan_options(),
    ],
)
