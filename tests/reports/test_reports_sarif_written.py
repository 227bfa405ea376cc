"""What is put together of written parts is what orjson would write of the whole, whatever the texts in it are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports_endings import ended
from reports_sample import DJANGO_SQL, LOG4SHELL, MORE_SUPPRESSED, bare, sample, warned

from shipworthy.model.package import Location
from shipworthy.model.result import ScanResult
from shipworthy.reports.json import JsonReport
from shipworthy.reports.render import render
from shipworthy.reports.warnings_ng import LINKS, links_of


TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet='"\\\n\u202e\u00e9{}](#:. %b', max_size=12),
    st.sampled_from(("x" * 1_100, "##[error]", "::set-env name=a", "%b%d", "")),
)
ADDRESSES = st.lists(
    st.one_of(
        st.sampled_from(
            (
                "https://example.org/a",
                "https://example.org/a?b=1&c='2'",
                "https://example.org/##[x]",
                "https://example.org/" + "long/" * 20,
                "https://example.org/" + "x" * 2_100,
                "javascript:alert(1)",
                "",
            )
        ),
        st.text(max_size=10).map(lambda end: f"https://example.org/{end}"),
    ),
    max_size=14,
)


@pytest.mark.parametrize("name", ["sarif", "sarif-github"])
@pytest.mark.parametrize("make", [bare, sample, ended, warned])
def test_a_log_is_written_as_a_whole_would_be(
    make: Callable[[], ScanResult], name: str
) -> None:
    """Order of names, indentation and signs are those of every JSON report."""
    data = render(make(), name)
    assert JsonReport().render(orjson.loads(data)) == data


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_text_changes_how_a_log_is_written(
    name: str, title: str, mark: str, path: str
) -> None:
    """A text is a value and nothing else, wherever it stands in the log."""
    package = replace(
        LOG4SHELL.package,
        name=name,
        version=title,
        purl=mark,
        locations=(Location(path=path, layer=0),),
    )
    finding = replace(
        LOG4SHELL,
        id=name,
        package=package,
        title=title,
        fingerprint=mark,
        state_reason=path,
        fixed_versions=(path,),
        severity_source=title,
    )
    taken = replace(MORE_SUPPRESSED[0], finding=finding, reason=title, owner=path)
    result = replace(sample(), findings=(finding, DJANGO_SQL), suppressed=(taken,))
    data = render(result, "sarif")
    assert JsonReport().render(orjson.loads(data)) == data


@given(ADDRESSES, ADDRESSES)
def test_links_written_together_are_as_each_alone(
    pages: list[str], references: list[str]
) -> None:
    """The row of links has the advisories first, each address once, and what does not lead into the web not at all."""
    alone = [links_of(LINKED | {"references": [one]}, ()) for one in references]
    first = [links_of(LINKED | {"references": []}, (one,)) for one in pages]
    told = list(dict.fromkeys(one for one in (*first, *alone) if one))[:LINKS]
    row = b", ".join(one.removeprefix(ROW) for one in told)
    together = links_of(LINKED | {"references": references}, tuple(pages))
    assert together == (ROW + row if told else b"")


ROW = b"</li><li>Links: "
LINKED: dict[str, object] = {"id": "CVE-2099-1"}
