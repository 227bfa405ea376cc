"""
The help of a SARIF rule, in plain text and in Markdown: what decides how urgent a vulnerability is, and where to read on.

Both say the same from one list of facts; in Markdown every character of others is escaped and only addresses that are
wholly valid become links.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipworthy.reports.policy_words import VEX_WORDS
from shipworthy.reports.sarif_said import Said
from shipworthy.reports.sarif_words import (
    Json,
    both,
    uri,
    uris,
)
from shipworthy.reports.summary import Document, fix_words, fixed_in


HELP_MOST = 4096
"""Longest help, in characters; facts that do not fit are left away from the end."""

_SHOWN = 10
_VALUE = 300
_TOGETHER = 16

_Fact = tuple[str, str, str]
"""One line: a name that is ours, text of others, and an address or nothing."""


def helps_of(rules: Sequence[Sequence[Said]]) -> list[Json]:
    """The help of each rule, that is of all that is reported under one id; texts of some rules are looked at together."""
    helps: list[Json] = []
    for start in range(0, len(rules), _TOGETHER):
        helps += _helps(rules[start : start + _TOGETHER])
    return helps


def _helps(rules: Sequence[Sequence[Said]]) -> Iterator[Json]:
    every = [(_facts(same), _references(same[0].finding)) for same in rules]
    values: list[str] = []
    for facts, addresses in every:
        values += [value for _, value, _ in facts]
        values += addresses
    values_told = zip(*both(values, _VALUE), strict=True)
    for facts, addresses in every:
        text, markdown = [], []
        # What is short of values comes first, so that none of the next rule's are taken.
        for (name, _, address), (told, shown) in zip(facts, values_told, strict=False):
            if address:
                text.append(f"{name}: {told} {address}")
                markdown.append(f"- **{name}:** [{shown}]({address})")
            else:
                text.append(f"{name}: {told}")
                markdown.append(f"- **{name}:** {shown}")
        for address, (told, shown) in zip(addresses, values_told, strict=False):
            text.append(f"Reference: {told}")
            markdown.append(f"- **Reference:** [{shown}]({address})")
        yield {"text": _joined(text), "markdown": _joined(markdown)}


def _joined(lines: list[str]) -> str:
    whole = "\n".join(lines)
    if len(whole) <= HELP_MOST:
        return whole
    return whole[: HELP_MOST + 1].rpartition("\n")[0]


def _facts(same: Sequence[Said]) -> list[_Fact]:
    first = same[0]
    finding = first.finding
    if finding is None:
        return [("Severity", first.severity, "")]
    source = finding["severitySource"]
    told = f"{first.severity} ({source})" if source else first.severity
    facts = [("Severity", told, ""), *_exploitation(finding)]
    found = (said.finding for said in same[:_SHOWN])
    facts += [("Package", _fix(one), "") for one in found if one]
    if len(same) > _SHOWN:
        facts.append(("Package", f"and {len(same) - _SHOWN:,} more", ""))
    if aliases := finding["aliases"]:
        facts.append(("Also known as", ", ".join(aliases[:_SHOWN]), ""))
    for advisory in finding["advisories"][:_SHOWN]:
        needs = f", needs {advisory['needs']}" if advisory["needs"] else ""
        told = f"{advisory['id']} ({advisory['feed']}{needs})"
        facts.append(("Advisory", told, uri(advisory["url"])))
    return facts


def _exploitation(finding: Document) -> list[_Fact]:
    facts = []
    for score in finding["cvss"][:_SHOWN]:
        told = f"{score['score']:.1f} ({score['source']}, {score['version']})"
        facts.append(("CVSS", f"{told} {score['vector']}", ""))
    if epss := finding["epss"]:
        told = f"{epss['score']:.2%}, percentile {epss['percentile']:.2%}"
        facts.append(("EPSS", told, ""))
    if kev := finding["kev"]:
        told = f"known to be exploited since {kev['dateAdded']}"
        told += f", due {kev['dueDate']}" if kev["dueDate"] else ""
        told += ", used by ransomware" if kev["ransomware"] else ""
        facts.append(("KEV", told, ""))
        if kev["requiredAction"]:
            facts.append(("Required action", kev["requiredAction"], ""))
    for exploit in finding["exploits"][:3]:
        told = f"{exploit['source']}: {exploit['name']}"
        facts.append(("Exploit", told, uri(exploit["url"])))
    if status := finding["vexStatus"]:
        facts.append(("VEX", VEX_WORDS.get(status, status), ""))
    return facts


def _fix(finding: Document) -> str:
    package = finding["package"]
    best, _ = fixed_in(finding)
    fix = f"fixed in {best}" if best else fix_words(finding)
    return f"{package['name']} {package['version']}, {fix}"


def _references(finding: Document | None) -> list[str]:
    """The addresses to read on at; in an address that is one nothing can act."""
    return uris(finding["references"][:_SHOWN]) if finding else []
