"""Every target of a step scanned, one after the other, its reports written; one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shipworthy.cli.wanted import EXTERNAL, Wanted
from shipworthy.errors import ShipworthyError, UsageError
from shipworthy_ci.job import Scanned
from shipworthy_ci.reportset import RESULT, file_of, names_for, page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to scan, and what to write where."""

    targets: tuple[str, ...]
    folder: Path
    """Where the reports go: there for one target, in a folder each for several."""
    formats: tuple[str, ...]
    wanted: Wanted
    """Further reports that the user placed, ``FORMAT=PATH``, of one target alone; and how reports are made."""
    html_assets: str = ""
    """Where the page's style is, if the platform must have it one way."""
    earlier: Path | None = None
    """The report folder of an earlier build, to compare each target with its result there."""

    @property
    def external(self) -> bool:
        """Whether pages have their style and script beside them."""
        return (self.html_assets or self.wanted.html_assets) == EXTERNAL

    def places(self) -> tuple[tuple[str, str, Path], ...]:
        """Target, name and folder of each."""
        names = names_for(self.targets)
        return tuple(
            (
                target,
                name,
                self.folder if len(self.targets) == 1 else self.folder / name,
            )
            for target, name in zip(self.targets, names, strict=True)
        )

    def baseline(self, folder: Path) -> str:
        """The earlier result of what is now written to ``folder``; ``none`` where there is no such."""
        assert self.earlier is not None
        path = self.earlier / folder.relative_to(self.folder) / RESULT
        return str(path) if path.is_file() else "none"


def scan_all(
    plan: Plan,
    options: Mapping[str, Any],
    show: Callable[[Scanned], None],
    *,
    quiet: bool = False,
) -> tuple[Scanned, ...]:
    """
    Scan every target of ``plan`` as the options of ``shipworthy scan`` say, and write its reports.

    Args:
        plan: What, and where to.
        options: Values of the parameters of ``shipworthy scan``.
        show: Told of each target as soon as it is done.
        quiet: Whether to tell nothing while scanning.

    Raises:
        UsageError: The call is wrong for every target alike; nothing more is scanned.
    """
    _check(plan)
    done: list[Scanned] = []
    for target, name, folder in plan.places():
        own = dict(options)
        if plan.earlier is not None and not own["baseline"]:
            own["baseline"] = plan.baseline(folder)
        _make(folder)
        one = _scan(target, name, folder, plan, own, quiet=quiet)
        show(one)
        done.append(one)
    return tuple(done)


def _scan(
    target: str,
    name: str,
    folder: Path,
    plan: Plan,
    options: Mapping[str, Any],
    *,
    quiet: bool,
) -> Scanned:
    from shipworthy.cli.rendering import write_all
    from shipworthy.cli.scan import scanned
    from shipworthy.cli.watching import watched
    from shipworthy.reports.document import to_document

    places = {key: file_of(folder, key, external=plan.external) for key in plan.formats}
    outputs = plan.wanted.outputs(
        (*(f"{key}={path}" for key, path in places.items()), *plan.wanted.texts),
        html_assets=plan.html_assets,
    )
    for place in places.values():
        _remove(place)  # an earlier run's must not pass for this one's
    try:
        with watched(quiet=quiet) as progress:
            result = scanned(target, options, progress, quiet=quiet)
        document = to_document(result)
    except UsageError:
        raise
    except ShipworthyError as error:
        return Scanned(target=target, name=name, folder=folder, reports={}, error=error)
    write_all(outputs, document)
    return Scanned(
        target=target,
        name=name,
        folder=folder,
        reports={key: page_of(place) for key, place in places.items()},
        document=document,
    )


def _check(plan: Plan) -> None:
    """Refuse what cannot be, before anything is scanned."""
    if plan.wanted.texts and len(plan.targets) > 1:
        raise UsageError(
            "-o: several targets cannot go to one file",
            hint="--reports writes a file for each, in a folder of its own",
        )
    for text in plan.wanted.texts:
        if text.partition("=")[2] in {"", "-"} or text.startswith("template="):
            raise UsageError(
                f"-o {text}: expected FORMAT=PATH, the log has what goes to stdout",
                hint="a template goes to a file with template:FILE=PATH",
            )


def _remove(place: Path) -> None:
    """Take a report away, or the page of one that is a folder."""
    page = page_of(place)
    if page.is_file():
        page.unlink()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--report-dir: {folder} cannot be made: {error.strerror}",
            hint="name a directory that may be written to",
        ) from error
