"""Title, description, references and dates of a vulnerability, from several publishers."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.assessment.publishers import by_text
from shipworthy.model.advisory import Record
from shipworthy.values import dataclass


_TITLE = 200
_DESCRIPTION = 16_000
_REFERENCES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a person reads about a vulnerability."""

    title: str = ""
    description: str = ""
    references: tuple[str, ...] = ()
    cwes: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""


def texts(records: Sequence[Record], nvd: Record | None) -> Texts:
    """
    Choose each text from the first publisher that has it, in one fixed order.

    GitHub first, then the ecosystem's or distribution's own database, then NVD. Where
    nobody gives a title it is the start of the description. References and CWEs are
    those of all, references in that order and at most 50.
    """
    ordered = [*by_text(records), *([nvd] if nvd is not None else [])]
    description = _first([record.details for record in ordered])
    title = _first([record.summary for record in ordered]) or description
    links = dict.fromkeys(
        link
        for record in ordered
        for link in record.references
        if link.startswith(("https://", "http://"))
    )
    cwes = {cwe for record in ordered for cwe in record.cwes}
    return Texts(
        title=_one_line(title),
        description=_cut(description.strip(), _DESCRIPTION),
        references=tuple(links)[:_REFERENCES],
        cwes=tuple(sorted(cwes, key=_by_number)),
        published=_first([record.published for record in ordered]),
        modified=_first([record.modified for record in ordered]),
    )


def _first(values: Sequence[str]) -> str:
    return next((value for value in values if value.strip()), "")


def _one_line(text: str) -> str:
    """The first line that says something, without Markdown's heading marks."""
    lines = (line.strip(" #*\t") for line in text.splitlines())
    words = [line for line in lines if line and line.lower() not in _HEADINGS]
    return _cut(" ".join(words[0].split()), _TITLE) if words else ""


_HEADINGS = frozenset(["impact", "summary", "description", "overview", "details"])


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _by_number(cwe: str) -> tuple[int, str]:
    number = cwe.rpartition("-")[2]
    valid = number.isascii() and number.isdigit() and len(number) < 8
    return (int(number) if valid else 0), cwe
