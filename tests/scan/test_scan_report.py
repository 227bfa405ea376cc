"""``shipworthy report``: a saved result in other forms, and templates on the command line."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from reports_sample import bare, sample

from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report


def shipworthy(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """One run of the command, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )


def saved(path: Path, **changes: Any) -> Path:
    """The sample saved as JSON with some keys changed; a change to ``None`` takes a key out."""
    document = {**to_document(sample()), **changes}
    kept = {key: value for key, value in document.items() if value is not None}
    path.write_bytes(open_report("json").render(kept))
    return path


def test_every_format_is_that_of_the_scan(tmp_path: Path) -> None:
    """Several outputs in one run say, to the byte, what the scan's own said."""
    result = saved(tmp_path / "result.json")
    names = ("csv", "html", "json", "markdown", "openvex", "table")
    out = {name: tmp_path / f"again.{name}" for name in names}

    done = shipworthy("report", result, *(f"-o{n}={p}" for n, p in out.items()))

    assert (0, b"") == (done.returncode, done.stdout)
    assert b"shipworthy: The gate closed" in done.stderr
    document = to_document(sample())
    for name, path in out.items():
        assert path.read_bytes() == open_report(name).render(document), name


def test_without_an_output_the_table_is_printed(tmp_path: Path) -> None:
    """As a scan does; a result compressed with gzip is read as well."""
    path = tmp_path / "result.json.gz"
    path.write_bytes(gzip.compress(saved(tmp_path / "result.json").read_bytes()))

    done = shipworthy("report", path)

    assert done.stdout == open_report("table").render(to_document(sample()))
    assert done.stderr == b""


@pytest.mark.parametrize(("told", "code"), [(1, 1), (3, 3), (0, 0), (256, 3), (-1, 3)])
def test_the_results_own_exit_code_on_demand(
    tmp_path: Path, told: int, code: int
) -> None:
    """With the option a closed gate stays closed; a code that no scan ends with is not believed."""
    document: dict[str, Any] = to_document(sample())
    verdict = {**document["verdict"], "exitCode": told}
    result = saved(tmp_path / "result.json", verdict=verdict)

    assert shipworthy("report", result, "-q").returncode == 0
    assert shipworthy("report", result, "-q", "--exit-code").returncode == code


def test_a_newer_result_is_refused_by_name(tmp_path: Path) -> None:
    """Exit code 2, the version named, and no report written."""
    result = saved(tmp_path / "result.json", schemaVersion="9.1")
    out = tmp_path / "out.md"

    done = shipworthy("report", result, "-o", f"markdown={out}")

    assert done.returncode == 2
    assert b"schema version 9.1" in done.stderr
    assert not out.exists()


def test_an_older_result_is_rendered_with_what_it_has(tmp_path: Path) -> None:
    """A result of the first schema has no comparison, actions or entries, and every format does without."""
    result = saved(
        tmp_path / "result.json",
        schemaVersion="1.0",
        comparison=None,
        remediation=None,
        suppressions=None,
        policy=None,
        checks=None,
        suppressedChecks=None,
        lookedFor=None,
    )
    for name in ("csv", "html", "json", "markdown", "openvex", "table"):
        done = shipworthy("report", result, "-o", name)
        assert (done.returncode, bool(done.stdout)) == (0, True), name
    assert b"CVE-2021-44228" in shipworthy("report", result, "-o", "markdown").stdout


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schemaVersion": "1.3"', "\x1f\x8bx"]
)
def test_what_is_no_result_is_told(tmp_path: Path, text: str) -> None:
    """One line that names the file, and exit code 2."""
    path = tmp_path / "result.json"
    path.write_text(text)
    done = shipworthy("report", path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"shipworthy: error: {path}".encode())


def test_a_path_that_cannot_be_written_is_found_first(tmp_path: Path) -> None:
    """Before the result is read: it need not even be there."""
    for output in ("markdown=nowhere/x.md", "nonsense=x", "template=nowhere.j2"):
        done = shipworthy("report", tmp_path / "none.json", "-o", output)
        assert done.returncode == 2
        assert b"none.json" not in done.stderr


def test_templates_go_to_stdout_or_to_a_file(tmp_path: Path) -> None:
    """By either spelling; a file may be named with an equals sign where the template is the last thing said."""
    result = saved(tmp_path / "result.json")
    template = tmp_path / "a=b.txt"
    template.write_text("{{ result.target.name }}: {{ result.findings | length }}\n")
    plain = template.rename(tmp_path / "plain.txt")
    template.write_bytes(plain.read_bytes())
    out = tmp_path / "out.txt"
    said = b"docker-archive:shop.tar: 6\n"

    assert shipworthy("report", result, "-o", f"template={plain}").stdout == said
    assert shipworthy("report", result, "-o", f"template={template}").stdout == said
    assert shipworthy("report", result, "-o", f"template:{plain}").stdout == said
    done = shipworthy("report", result, "-o", f"template:{plain}={out}", "-q")
    assert (done.stdout, out.read_bytes()) == (b"", said)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("template", "-o template: the file of the template must follow"),
        ("template=", "-o template=: the file of the template must follow"),
        ("template:", "-o template:: the file of the template must follow"),
        ("template=none.j2", "template none.j2: no such file"),
        ("template=wrong.j2", "wrong.j2:2: "),
        ("template:wrong.j2=out.txt", "wrong.j2:2: "),
    ],
)
def test_a_template_is_read_before_the_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, told: str
) -> None:
    """What is wrong with it ends the run before the image is opened: there is none here."""
    monkeypatch.chdir(tmp_path)
    Path("wrong.j2").write_text("fine\n{% for %}\n")
    done = shipworthy("scan", "no-image.tar", "-o", output)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    assert not Path("out.txt").exists()


def test_json_again_is_the_same_result(tmp_path: Path) -> None:
    """Read and written, a result stays as it was to the byte, with and without findings."""
    for result in (sample(), bare()):
        path = tmp_path / "result.json"
        path.write_bytes(open_report("json").render(to_document(result)))
        done = shipworthy("report", path, "-o", "json")
        assert done.stdout == path.read_bytes()
        assert json.loads(done.stdout)["schemaVersion"] == "1.3"
