"""Writing a report of several files: into a new folder or its own, whole or not at all, and over nothing of others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from reports_sample import bare, sample

from shipworthy.cli.folder import check_folder, write_folder
from shipworthy.cli.output import Output, write
from shipworthy.cli.wanted import EXTERNAL, Wanted
from shipworthy.errors import UsageError
from shipworthy.reports.document import to_document
from shipworthy.reports.html_folder import HtmlFolderReport
from shipworthy.reports.interface import open_report


NOBODY = 65534
NAMES = HtmlFolderReport.files
OLD = HtmlFolderReport().render_files(to_document(bare()))
NEW = HtmlFolderReport().render_files(to_document(sample()))


def content(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def wanted(texts: list[str]) -> tuple[Output, ...]:
    """The outputs, the page as a folder."""
    options = Wanted(texts=tuple(texts), html_assets=EXTERNAL, asff="")
    return options.outputs()


def unprivileged(check: Callable[[], None]) -> int:
    """0 where ``check`` passes in a process that may not write everywhere, as root may."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            check()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def shipworthy(
    *arguments: str | Path, cwd: Path, **env: str
) -> subprocess.CompletedProcess[str]:
    """One run of the command, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **env},
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The sample as a saved result."""
    path = tmp_path / "saved.json"
    path.write_bytes(open_report("json").render(to_document(sample())))
    return path


@pytest.mark.parametrize("way", ["option", "variable"])
def test_command_writes_a_folder(saved: Path, tmp_path: Path, way: str) -> None:
    """By option or variable, beside other reports; a second run replaces what the first wrote, stray files of killed runs stay."""
    options = ["--html-assets", "external"] if way == "option" else []
    env = {"SHIPWORTHY_HTML_ASSETS": "external"} if way == "variable" else {}
    places = [*options, "-ohtml=report", "-ojson=beside.json"]

    first = shipworthy("report", saved, *places, cwd=tmp_path, **env)

    assert (first.returncode, first.stdout) == (0, "")
    assert content(tmp_path / "report") == NEW
    assert (tmp_path / "beside.json").read_bytes() == NEW["result.json"]
    (tmp_path / "report" / "index.html").write_bytes(b"old")
    stray = tmp_path / "report" / ".shipworthy-0123456789abcdef"
    stray.write_bytes(b"half")
    assert shipworthy("report", saved, *places, cwd=tmp_path, **env).returncode == 0
    assert content(tmp_path / "report") == {**NEW, stray.name: b"half"}
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"saved.json", "beside.json", "report"}


def test_inline_is_the_default_and_what_the_word_says(
    saved: Path, tmp_path: Path
) -> None:
    """One file, the same without the option; another word is wrong usage."""
    for options in ([], ["--html-assets", "inline"]):
        done = shipworthy("report", saved, *options, "-ohtml=page", cwd=tmp_path)
        assert done.returncode == 0
        page = (tmp_path / "page").read_bytes()
        assert page == open_report("html").render(to_document(sample()))
    done = shipworthy(
        "report", saved, "--html-assets", "beside", "-ohtml=x", cwd=tmp_path
    )
    assert done.returncode == 2
    assert "'inline', 'external'" in done.stderr


def test_policy_file_sets_it_for_scans(tmp_path: Path) -> None:
    """As every option of the command; the path is looked at before the target is."""
    (tmp_path / "shipworthy.yaml").write_text("scan:\n  html-assets: external\n")
    done = shipworthy("scan", "nothing.tar", "-o", "html", cwd=tmp_path)
    assert done.returncode == 2
    assert "-o html: this report is several files, and stdout takes one" in done.stderr
    assert "hint: name a folder: -o html=FOLDER; or --html-assets inline" in done.stderr
    (tmp_path / "shipworthy.yaml").write_text("scan:\n  html-assets: outside\n")
    done = shipworthy("scan", "nothing.tar", "-o", "html=x", cwd=tmp_path)
    assert done.returncode == 2
    assert "'outside' is not one of 'inline', 'external'" in done.stderr


def foreign(place: Path) -> str:
    """A folder with somebody's file in it."""
    place.mkdir()
    (place / "notes.txt").write_text("mine")
    return "has notes.txt in it, which this report does not write"


def inner_folder(place: Path) -> str:
    """A folder where a file of ours should be."""
    (place / "index.html").mkdir(parents=True)
    return "has index.html in it"


def inner_link(place: Path) -> str:
    """A link where a file of ours should be."""
    place.mkdir()
    (place / "style.css").symlink_to(place.parent / "outside")
    return "has style.css in it"


def link(place: Path) -> str:
    """A link to a folder."""
    (place.parent / "outside").mkdir()
    place.symlink_to(place.parent / "outside")
    return "is a symbolic link, expected a folder or nothing"


def dangling(place: Path) -> str:
    """A link to nothing."""
    place.symlink_to(place.parent / "outside")
    return "is a symbolic link, expected a folder or nothing"


def file(place: Path) -> str:
    """A file, such as the page of a run without the option."""
    place.write_text("mine")
    return "is a file, expected a folder or nothing"


def pipe(place: Path) -> str:
    """A pipe."""
    os.mkfifo(place)
    return "is a file, expected a folder or nothing"


def no_parent(place: Path) -> str:
    """Nowhere to make it."""
    place.parent.rmdir()
    return "there is no directory"


@pytest.mark.parametrize(
    "make",
    [foreign, inner_folder, inner_link, link, dangling, file, pipe, no_parent],
)
def test_what_is_not_ours_is_left_alone(
    tmp_path: Path, make: Callable[[Path], str]
) -> None:
    """It is told before the scan, and again when it came up since; nothing is written or taken away."""
    place = tmp_path / "home" / "report"
    place.parent.mkdir()
    expected = make(place)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(UsageError, match=expected):
        wanted([f"html={place}"])
    with pytest.raises(UsageError, match=expected):
        write_folder(place, NEW, NAMES)

    assert sorted(tmp_path.rglob("*")) == before


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    """As a mounted one is, which cannot be renamed; it stays the same folder."""
    place = tmp_path / "mounted"
    place.mkdir()
    number = place.stat().st_ino
    write_folder(place, NEW, NAMES)
    assert content(place) == NEW
    assert place.stat().st_ino == number


def test_files_that_are_no_longer_written_go(tmp_path: Path) -> None:
    """What an earlier run wrote and this one does not is not left for somebody to take for this one's."""
    place = tmp_path / "report"
    write_folder(place, NEW, NAMES)
    fewer = {"index.html": b"page"}
    write_folder(place, fewer, NAMES)
    assert content(place) == fewer


@pytest.mark.parametrize("there", [True, False])
def test_full_disk_leaves_what_was_there(tmp_path: Path, *, there: bool) -> None:
    """Whole or not at all: a file that cannot be written leaves the old folder, or none."""
    place = tmp_path / "report"
    if there:
        write_folder(place, OLD, NAMES)
    done = subprocess.run(
        [
            *("bash", "-c", 'ulimit -f 20; trap "" XFSZ; exec "$@"', "bash"),
            *(sys.executable, "-c", FULL, str(place), *NAMES),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "File too large" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report"] * there
    if there:
        assert content(place) == OLD


FULL = """
import sys
from pathlib import Path
from shipworthy.cli.folder import write_folder
files = {"style.css": b"new", "index.html": b"x" * 1_000_000, "script.js": b"new"}
write_folder(Path(sys.argv[1]), files, sys.argv[2:])
"""


def test_folder_that_may_not_be_written_is_found_first(tmp_path: Path) -> None:
    """Whether it is there or its parent does not let it be made."""

    def refused() -> None:
        for place in (tmp_path / "report", tmp_path):
            with pytest.raises(UsageError, match="may not be written"):
                check_folder(place, NAMES)

    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_mode & 0o1777 == 0o700:
            place.chmod(0o711)
    tmp_path.chmod(0o555)
    try:
        assert unprivileged(refused) == 0
    finally:
        tmp_path.chmod(0o700)


def test_report_writes_nowhere_else(tmp_path: Path) -> None:
    """A report of somebody's that names a file outside, or one that it did not say, writes nothing."""
    place = tmp_path / "report"
    for name in ("../evil", "/evil", "undeclared.html", ".."):
        names = {name} if name != "undeclared.html" else {"index.html"}
        with pytest.raises(UsageError, match="the report may not write"):
            write_folder(place, {name: b"x"}, names)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("outputs", [["html=report", "json=report/result.json"]])
def test_other_reports_stay_out_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outputs: list[str]
) -> None:
    """A report into the folder of another would be overwritten, or make it a stranger's; so would the folder twice."""
    monkeypatch.chdir(tmp_path)
    write_folder(Path("report"), OLD, NAMES)
    with pytest.raises(UsageError, match="lies in the folder that -o html makes"):
        wanted(outputs)
    with pytest.raises(UsageError, match="two reports go to"):
        wanted(["html=report", "json=./report/"])


def test_written_through_the_seam(tmp_path: Path) -> None:
    """An output whose report is several files goes to a folder; all else is as it was."""
    outputs = wanted([f"html={tmp_path / 'report'}", f"csv={tmp_path / 'r.csv'}"])
    for output in outputs:
        write(output, to_document(sample()))
    assert content(tmp_path / "report") == NEW
    assert (tmp_path / "r.csv").read_bytes() == NEW["findings.csv"]
