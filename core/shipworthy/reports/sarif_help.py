"""
The help of a SARIF rule, in plain text and in Markdown: what decides how urgent a vulnerability is, and where to read on.

Both say the same from one list of facts; in Markdown every character of others is escaped and only addresses that are
wholly valid become links.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.reports.policy_words import VEX_WORDS
from shipworthy.reports.sarif_said import Said
from shipworthy.reports.sarif_words import (
    Json,
    all_marked,
    both,
    marked,
    plain,
    uri,
    uris,
)
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import Document, fix_words, fixed_in


HELP_MOST = 4096
"""Longest help, in characters; facts that do not fit are left away from the end."""

_SHOWN = 10
_VALUE = 300
_SHORT = 200

_Fact = tuple[str, str, str]
"""One line: a name that is ours, text of others, and an address or nothing."""


def help_of(same: Sequence[Said]) -> Json:
    """The help of what is reported under one id."""
    facts = _facts(same)
    told, shown = both([value for _, value, _ in facts], _VALUE)
    text, markdown = [], []
    for (name, _, address), in_text, in_markdown in zip(
        facts, told, shown, strict=True
    ):
        if address:
            text.append(f"{name}: {in_text} {address}")
            markdown.append(f"- **{name}:** [{in_markdown}]({address})")
        else:
            text.append(f"{name}: {in_text}")
            markdown.append(f"- **{name}:** {in_markdown}")
    if finding := same[0].finding:
        references = _references(finding)
        text += references[0]
        markdown += references[1]
    return {"text": _joined(text), "markdown": _joined(markdown)}


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


@common
def _references(finding: Document) -> tuple[list[str], list[str]]:
    """The lines of the addresses to read on at; in an address that is one nothing can act."""
    addresses = uris(finding["references"][:_SHOWN])
    if max(map(len, addresses), default=0) <= _SHORT:
        told, shown = addresses, all_marked(addresses)
    else:
        told = [plain(address, _VALUE) for address in addresses]
        shown = [marked(address, _VALUE) for address in addresses]
    return (
        [f"Reference: {one}" for one in told],
        [
            f"- **Reference:** [{one}]({address})"
            for one, address in zip(shown, addresses, strict=True)
        ],
    )
