"""
The help of a SARIF rule, in plain text and in Markdown: what decides how urgent a vulnerability is, and where to read on.

Both say the same from one list of facts; in Markdown every character of others is escaped and only addresses that are
wholly valid become links.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shipworthy.reports.policy_words import VEX_WORDS
from shipworthy.reports.sarif_said import Said
from shipworthy.reports.sarif_words import Json, marked, plain, uri
from shipworthy.reports.summary import Document, fix_words, fixed_in


HELP_MOST = 4096
"""Longest help, in characters; facts that do not fit are left away from the end."""

_SHOWN = 10
_VALUE = 300


class _Fact(NamedTuple):
    """One line; ``name`` is ours, the rest is text of others."""

    name: str
    value: str
    address: str = ""


def help_of(same: Sequence[Said]) -> Json:
    """The help of what is reported under one id."""
    text: list[str] = []
    markdown: list[str] = []
    for name, value, address in _facts(same):
        told = plain(value, _VALUE)
        link = f" {address}" if address and address != value else ""
        text.append(f"{name}: {told}{link}")
        shown = marked(value, _VALUE)
        shown = f"[{shown}]({address})" if address else shown
        markdown.append(f"- **{name}:** {shown}")
    return {"text": _joined(text), "markdown": _joined(markdown)}


def _joined(lines: list[str]) -> str:
    whole = "\n".join(lines)
    while len(whole) > HELP_MOST:
        lines.pop()
        whole = "\n".join(lines)
    return whole


def _facts(same: Sequence[Said]) -> Iterator[_Fact]:
    first = same[0]
    finding = first.finding
    source = finding["severitySource"] if finding else ""
    told = f"{first.severity} ({source})" if source else first.severity
    yield _Fact(name="Severity", value=told)
    if finding is None:
        return
    yield from _exploitation(finding)
    for said in same[:_SHOWN]:
        if said.finding:
            yield _fix(said.finding)
    if len(same) > _SHOWN:
        yield _Fact(name="Package", value=f"and {len(same) - _SHOWN:,} more")
    if aliases := finding["aliases"]:
        yield _Fact(name="Also known as", value=", ".join(aliases[:_SHOWN]))
    yield from _advisories(finding)


def _exploitation(finding: Document) -> Iterator[_Fact]:
    for score in finding["cvss"][:_SHOWN]:
        told = f"{score['score']:.1f} ({score['source']}, {score['version']})"
        yield _Fact(name="CVSS", value=f"{told} {score['vector']}")
    if epss := finding["epss"]:
        told = f"{epss['score']:.2%}, percentile {epss['percentile']:.2%}"
        yield _Fact(name="EPSS", value=told)
    if kev := finding["kev"]:
        told = f"known to be exploited since {kev['dateAdded']}"
        told += f", due {kev['dueDate']}" if kev["dueDate"] else ""
        told += ", used by ransomware" if kev["ransomware"] else ""
        yield _Fact(name="KEV", value=told)
        if kev["requiredAction"]:
            yield _Fact(name="Required action", value=kev["requiredAction"])
    for exploit in finding["exploits"][:3]:
        told = f"{exploit['source']}: {exploit['name']}"
        yield _Fact(name="Exploit", value=told, address=uri(exploit["url"]))
    if status := finding["vexStatus"]:
        yield _Fact(name="VEX", value=VEX_WORDS.get(status, status))


def _fix(finding: Document) -> _Fact:
    package = finding["package"]
    best, _ = fixed_in(finding)
    fix = f"fixed in {best}" if best else fix_words(finding)
    return _Fact(name="Package", value=f"{package['name']} {package['version']}, {fix}")


def _advisories(finding: Document) -> Iterator[_Fact]:
    for advisory in finding["advisories"][:_SHOWN]:
        needs = f", needs {advisory['needs']}" if advisory["needs"] else ""
        told = f"{advisory['id']} ({advisory['feed']}{needs})"
        yield _Fact(name="Advisory", value=told, address=uri(advisory["url"]))
    for reference in finding["references"][:_SHOWN]:
        if address := uri(reference):
            yield _Fact(name="Reference", value=address, address=address)
