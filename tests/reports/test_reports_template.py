"""Templates of users' own: what they are given, what they may not do, and how mistakes are told."""

from __future__ import annotations

import csv
import json
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import gfm
import pytest
from reports_sample import DJANGO_SQL, bare, sample

from shipworthy.errors import UsageError
from shipworthy.model.result import ScanResult
from shipworthy.reports import template_sandbox
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
from shipworthy.reports.render import render


EXAMPLES = Path(__file__).resolve().parents[2] / "examples/templates"
HOSTILE = '</script><b x="1">\x1b[31m\u202e;=cmd() ##[x] a|b $(id) `id` @root\nnext'


def made(
    directory: Path, text: str, result: ScanResult | None = None, name: str = "t.txt"
) -> str:
    """What a template of that text makes of a result."""
    path = directory / name
    path.write_text(text)
    return render(result or sample(), f"template:{path}").decode()


def titled(title: str) -> ScanResult:
    """A result of one finding with that title."""
    return replace(sample(), findings=(replace(DJANGO_SQL, title=title),))


def test_the_template_has_the_result_and_nothing_else(tmp_path: Path) -> None:
    """The document by its keys; no name beside it but Jinja2's own plain helpers."""
    text = "{% for one in result.findings %}{{ one.id }} {{ one.package.name }}\n{% endfor %}"
    assert "CVE-2022-28346 django\n" in made(tmp_path, text)
    for name in ("lipsum()", "document", "self._TemplateReference__context.x"):
        with pytest.raises(UsageError):
            made(tmp_path, f"{{{{ {name} }}}}")


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    """A template has no chance and no clock, and one report can be rendered again."""
    with pytest.raises(UsageError, match="random"):
        made(tmp_path, "{{ result.findings | random }}")
    path = tmp_path / "t.txt"
    path.write_text("{% for one in result.packages %}{{ one.purl }}\n{% endfor %}")
    report, document = open_report(f"template:{path}"), to_document(sample())
    assert report.render(document) == report.render(document)
    assert report.suffix == ".txt"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\n{{ result.nothing }}", ":2: .* has no attribute 'nothing'"),
        ("a\n{% if %}", ":2: "),
        ("a\n\n{{ 1 / 0 }}", ":3: division by zero"),
        ("{{ result.findings + 1 }}", ":1: "),
        ("{{ result.target.name.missing() }}", ":1: "),
        ("a\n{{ nothing | json }}", ":2: 'nothing' is undefined"),
        ("a\n{{ nothing | csv }}", ":2: 'nothing' is undefined"),
        ("a\n{% include 'none.txt' %}", "none.txt: no such template beside t.txt"),
        ("{% include 't.txt' %}", "without end"),
        ("a\n{{ ().__class__.__mro__ }}", ":2: .*unsafe"),
        (
            "a\n{{ result.findings.clear() }}",
            ":2: .*'clear' of 'list' object is unsafe",
        ),
        ("{{ result.update(a=1) }}", ":1: .*'update' of 'dict' object is unsafe"),
        ("a\n{% for a in range(10000000) %}{% endfor %}", ":2: .*[Rr]ange too big"),
        ("a\n{{ 'x' * 99999999 }}", ":2: a product of size 99,999,999"),
        ("a\n{{ 99 ** 99999999 }}", ":2: a product of size"),
    ],
)
def test_mistakes_are_told_with_file_and_line(
    tmp_path: Path, text: str, told: str
) -> None:
    """Wrong usage, however it comes out, and never a traceback."""
    with pytest.raises(UsageError, match=told) as caught:
        made(tmp_path, text)
    assert str(tmp_path / "t.txt") in caught.value.message


def test_loops_and_output_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop in a loop in a loop ends, with output or without."""
    monkeypatch.setattr(template_sandbox, "MOST_STEPS", 5000)
    loops = "{% for a in range(99) %}{% for b in range(99) %}X{% endfor %}{% endfor %}"
    with pytest.raises(UsageError, match="2: its loops go round more than the"):
        made(tmp_path, "\n" + loops.replace("X", ""))
    assert len(made(tmp_path, "{% for a in range(4999) %}x{% endfor %}")) == 4999
    monkeypatch.setattr("shipworthy.reports.template.MOST_BYTES", 1000)
    with pytest.raises(UsageError, match="more than the 1,000 bytes"):
        made(tmp_path, "{% for a in range(4999) %}x{% endfor %}")


def test_loops_know_where_they_are(tmp_path: Path) -> None:
    """Counting them takes nothing from what a loop can tell."""
    text = "{% for a in 'xyz' %}{{ loop.index }}/{{ loop.length }}{{ ', ' if not loop.last }}{% else %}-{% endfor %}"
    assert made(tmp_path, text) == "1/3, 2/3, 3/3"


def test_only_templates_beside_it_are_read(tmp_path: Path) -> None:
    """Not above its directory, not by an absolute path, not through a link that leads out."""
    below = tmp_path / "templates"
    (below / "parts").mkdir(parents=True)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (below / "link.txt").symlink_to(secret)
    (below / "parts/head.txt").write_text("head of {{ result.target.kind }}")
    (below / "inner.txt").symlink_to("parts/head.txt")

    assert made(below, "{% include 'parts/head.txt' %}") == "head of docker-archive"
    assert made(below, "{% include 'inner.txt' %}") == "head of docker-archive"
    for name in ("../secret.txt", str(secret), "link.txt", "parts"):
        with pytest.raises(UsageError, match="no such template beside"):
            made(below, f"{{% include '{name}' %}}")
        with pytest.raises(UsageError, match="no such template beside"):
            made(below, f"{{% set n = '{name}' %}}{{% include n %}}")


def test_files_that_are_no_templates_are_refused(tmp_path: Path) -> None:
    """A directory, a device, a huge one, one that is not UTF-8, a name that cannot be."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "huge").write_bytes(b"a" * 2_000_000)
    (tmp_path / "loop").symlink_to("loop")
    for name in ("bytes", "huge", "loop", ".", "none", "a\0b"):
        with pytest.raises(UsageError, match="template "):
            open_report(f"template:{tmp_path / name}")
    with pytest.raises(UsageError, match="no such file"):
        open_report("template:/dev/zero")


@pytest.mark.parametrize("name", ["t.html", "t.xml", "t.svg.j2", "T.HTML.jinja"])
def test_markup_is_escaped_by_the_name(tmp_path: Path, name: str) -> None:
    """In HTML, XML and SVG no value becomes an element or leaves its attribute."""
    text = '<i a="{{ result.findings[0].title }}">'
    shown = made(tmp_path, text, titled(HOSTILE), name)
    assert "<b" not in shown
    assert shown.count('"') == 2


@pytest.mark.parametrize("name", ["t.txt", "t.html"])
def test_nothing_acts_on_a_terminal_or_a_pipeline(tmp_path: Path, name: str) -> None:
    """Whatever the template is for; tabs and line ends stay, as they may be meant."""
    text = (
        "{{ result.findings[0].title }}{{ '\\t' }}|{{ result.findings[0].title | e }}"
    )
    shown = made(tmp_path, text, titled(HOSTILE + "\n::add-mask::x"), name)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "##[" not in shown
    assert "\n::" not in shown
    assert "\\x1b[31m\\u202e" in shown
    assert "\nnext" in shown
    assert "\t|" in shown


def test_filters_make_a_value_fit_for_its_place(tmp_path: Path) -> None:
    """Each arrives where it is meant for as one harmless value."""
    result = titled(HOSTILE)
    one = "{{ result.findings[0].title | %s }}"
    assert json.loads(made(tmp_path, one % "json", result)) == HOSTILE
    script = made(tmp_path, one % "json", result, "t.html")
    assert json.loads(script) == HOSTILE
    assert not set("<>&'") & set(script)
    (row,) = csv.reader([made(tmp_path, f"{one % 'csv'},x", result)])
    assert (len(row), row[1]) == (2, "x")
    assert "\n" not in made(tmp_path, one % "line", result)
    page = gfm.Page(made(tmp_path, one % "md", result))
    assert page.shapes == {("p", ()), ("code", ())}
    assert page.references == []
    quoted = made(tmp_path, one % "shell", result)
    assert len(shlex.split(quoted)) == 1
    done = subprocess.run(
        ["sh", "-c", f"printf %s {quoted}"], capture_output=True, text=True, check=True
    )
    assert done.stdout == shlex.split(quoted)[0]


def test_the_chat_example_is_one_json_object() -> None:
    """It says the verdict, what closed the gate and what to do first, whatever the texts are."""
    path = f"template:{EXAMPLES / 'chat.json.j2'}"
    told = json.loads(render(sample(), path))["text"].splitlines()
    assert told[0].startswith("registry.example/shop:1.4: The gate closed")
    assert told[1].startswith("• fail-on: 2 findings of severity high")
    assert told[-1].startswith("First: Upgrade org.apache.logging.log4j")
    assert json.loads(render(bare(), path)) == {
        "text": "dir:rootfs: Nothing was found."
    }
    evil = replace(bare(), verdict=replace(bare().verdict, summary=HOSTILE))
    assert "next" in json.loads(render(evil, path))["text"]


def test_the_packages_example_lists_every_package() -> None:
    """One row a package with its findings counted."""
    page = render(sample(), f"template:{EXAMPLES / 'packages.html'}").decode()
    assert page.startswith("<!doctype html>")
    assert page.count("<tr><td>") == len(sample().packages)
    assert "<tr><td>six<td>1.16.0<td>pypi<td><td>0\n" in page
    assert "<tr><td>django<td>3.2.12<td>pypi<td>BSD-3-Clause<td>1\n" in page
