"""
Where reports go: stdout or files, checked before the scan and written whole or not at all.

An output is ``FORMAT[=PATH]``. A template of the user's own is the format ``template:FILE``, so that
``template:FILE=PATH`` writes a file; ``template=FILE`` is the same as ``template:FILE``, on stdout. An
equals sign in the name of a template's file can stand in the last form alone. A report of several files
goes to a folder: :mod:`shipworthy.cli.folder`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shipworthy.errors import ScanError, UsageError
from shipworthy.reports.interface import (
    TEMPLATE,
    FolderReport,
    Report,
    open_report,
)
from shipworthy.values import dataclass


_STDOUT = frozenset({"-", "/dev/stdout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One report and where it goes; no path is stdout, and the path of a ``FolderReport`` is its folder."""

    report: Report
    path: Path | None = None


def parse_outputs(
    texts: Sequence[str], open_one: Callable[[str], Report] = open_report
) -> tuple[Output, ...]:
    """
    The outputs that ``FORMAT[=PATH]`` texts name; the table on stdout when there are none.

    ``open_one`` gives the report of a name.

    Raises ``UsageError`` for an unknown format, a template that is none, two reports on stdout or to one file,
    a folder on stdout or with another report in it, and a path that cannot be written.
    """
    outputs: list[Output] = []
    for text in texts or ("table",):
        name, path = _parts(text)
        where = Path(path) if path and path not in _STDOUT else None
        outputs.append(Output(report=open_one(name), path=where))
    places = [str(o.path.resolve()) if o.path else "stdout" for o in outputs]
    for place in places:
        if places.count(place) > 1:
            raise UsageError(
                f"two reports go to {place}",
                hint="give each a file of its own: -o json=result.json",
            )
    for output in outputs:
        if isinstance(output.report, FolderReport):
            _check_folder(output, outputs)
        elif output.path is not None:
            _check(output.path)
    return tuple(outputs)


def write(output: Output, document: Mapping[str, Any]) -> None:
    """
    Render one report and put it where it goes; a file or folder appears whole or not at all.

    Raises ``ScanError`` where it cannot be written, and ``BrokenPipeError`` where the reader has gone.
    """
    try:
        _write(output, document)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = output.path or "standard output"
        raise ScanError(
            f"{where}: the report cannot be written ({error.strerror or error})",
            hint=f"make room there, or name another place: -o {output.report.name}=PATH",
        ) from error


def _write(output: Output, document: Mapping[str, Any]) -> None:
    if output.path is None:
        _to_stdout(output.report, document)
        return
    if isinstance(output.report, FolderReport):
        from shipworthy.cli.folder import write_folder

        made = output.report.render_files(document)
        write_folder(output.path, made, output.report.files)
        return
    data = output.report.render(document)
    if output.path.exists() and not output.path.is_file():
        output.path.write_bytes(data)  # a pipe or a device
        return
    temporary = output.path.parent / f".shipworthy-{os.urandom(8).hex()}"
    try:
        with temporary.open("xb") as file:
            file.write(data)
        temporary.replace(output.path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def colour_wanted(stream: object) -> bool:
    """Whether to colour: on a terminal, unless ``NO_COLOR``; always with ``FORCE_COLOR``."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE"):
        return True
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty()) and os.environ.get("TERM") != "dumb"


def _parts(text: str) -> tuple[str, str]:
    """The name of the format, and the path where there is one."""
    name, equals, path = text.partition("=")
    name = name.strip()
    if name in {TEMPLATE, TEMPLATE[:-1]}:
        if not path:
            raise UsageError(
                f"-o {text}: the file of the template must follow",
                hint="-o template=FILE writes to stdout, -o template:FILE=PATH to a file",
            )
        return f"{TEMPLATE}{path}", ""
    if equals and not path:
        raise UsageError(f"-o {text}: a path must follow the equals sign")
    return name, path


def _to_stdout(report: Report, document: Mapping[str, Any]) -> None:
    terminal = sys.stdout.isatty()
    if report.name == "table" and (terminal or colour_wanted(sys.stdout)):
        from shutil import get_terminal_size

        from shipworthy.reports.table import render_terminal

        sys.stdout.write(
            render_terminal(
                document,
                color=colour_wanted(sys.stdout),
                width=get_terminal_size((100, 24)).columns,
            )
        )
    else:
        sys.stdout.buffer.write(report.render(document))
    sys.stdout.flush()


def _is_special(path: Path) -> bool:
    """Whether it is a pipe or a device, which is written to and not replaced."""
    return path.exists() and not path.is_file()


def _check_folder(output: Output, outputs: Sequence[Output]) -> None:
    """Raise ``UsageError`` now for a folder that could not be written later."""
    from shipworthy.cli.folder import check_folder

    assert isinstance(output.report, FolderReport)
    name = output.report.name
    if output.path is None:
        raise UsageError(
            f"-o {name}: this report is several files, and stdout takes one",
            hint=f"name a folder: -o {name}=FOLDER"
            + ("; or --html-assets inline" if name == "html" else ""),
        )
    check_folder(output.path, output.report.files)
    folder = output.path.resolve()
    for other in outputs:
        if other.path is not None and folder in other.path.resolve().parents:
            raise UsageError(
                f"{other.path}: lies in the folder that -o {name} makes",
                hint="give each report a place of its own",
            )


def _check(path: Path) -> None:
    """Raise ``UsageError`` now for what could not be written later."""
    if path.is_dir():
        raise UsageError(f"{path}: is a directory, expected a file to write")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no directory {path.parent}")
    places = [path] if path.exists() else []
    if not _is_special(path):
        parent = path.resolve().parent
        if not parent.is_dir():
            raise UsageError(f"{path}: there is no directory {parent}")
        places.append(parent)
    if not all(os.access(place, os.W_OK) for place in places):
        raise UsageError(f"{path}: may not be written")
