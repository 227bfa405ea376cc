"""
Results of a SARIF 2.1.0 log (section 3.27): one for each finding in each package, each check, and each finding that is gone.

What the policy took out stays in the log with its suppression (section 3.35), and a comparison's state is the
``baselineState``. Every result is located in the image as a whole: a container has no source line, and a path that
changes with a build would make a new alert of an old one. Packages and paths are logical locations.
"""

from __future__ import annotations

from orjson import Fragment, dumps

from shipworthy.reports.sarif_findings import of_finding
from shipworthy.reports.sarif_said import GONE, Said, artifact_uri
from shipworthy.reports.sarif_words import TEXT_MOST, Json, filled, listed, plain
from shipworthy.reports.sarif_written import (
    ENDS,
    LOCATION,
    PROPERTIES,
    RESULT,
    SAID,
    TITLE,
    ended,
    members,
    module,
    places,
    resources,
    sentence,
    written,
)
from shipworthy.reports.summary import Document


_ABSENT = members({"baselineState": "absent"}, RESULT)


def place(name: str) -> bytes:
    """The physical location of all that is in the image called ``name``, as the last member of a location."""
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    physical = {"artifactLocation": {"uri": artifact_uri(name)}, "region": region}
    return ended(members({"physicalLocation": physical}, LOCATION))


def ruled(rule: str, index: int) -> bytes:
    """The last members of all results of a rule; ``index`` is its place."""
    return b'\n          "ruleId": %b,\n          "ruleIndex": %d' % (
        dumps(rule),
        index,
    )


def result(said: Said, rule: bytes, physical: bytes) -> Fragment:
    """One result; ``rule`` is what :func:`ruled` says of its rule, ``physical`` the image's location."""
    if said.entry:
        rule += _suppressions(said.entry)
    if said.finding:
        return of_finding(said, said.finding, rule, physical)
    return (_of_gone if said.group == GONE else _of_check)(said, rule, physical)


def _of_check(said: Said, rule: bytes, physical: bytes) -> Fragment:
    check = said.subject
    texts = filter(None, (plain(check[key], TITLE) for key in ("title", "message")))
    head = ": ".join((f"{said.rule} ({said.severity})", *texts)).rstrip(ENDS)
    found = f"Found in {plain(check['path'])}" if check["path"] else ""
    return written(
        said.mark,
        said.severity,
        b"",
        places(resources([check["path"]])) + physical,
        f"{head}.{sentence(found)}",
        ended(members({"severity": said.severity}, PROPERTIES)),
        rule,
    )


def _of_gone(said: Said, rule: bytes, physical: bytes) -> Fragment:
    gone = said.subject
    name = gone["package"]
    what = plain(f"{name} {gone['version']}".strip(), SAID)
    head = f"{said.rule} ({said.severity}) in {what}: {plain(gone['reason'], TITLE)}"
    properties = filled(
        severity=said.severity,
        package=plain(name),
        version=plain(gone["version"]),
        type=plain(gone["type"]),
        fingerprint=plain(gone["fingerprint"]),
        aliases=listed(gone["aliases"]),
    )
    return written(
        said.mark,
        said.severity,
        _ABSENT,
        places(module(name, f"{name}@{gone['version']}")) + physical,
        f"{head.rstrip(ENDS)}.",
        ended(members(properties, PROPERTIES)),
        rule,
    )


def _suppressions(entry: Document) -> bytes:
    """The last member of what was taken out."""
    return b"," + ended(members({"suppressions": [_suppression(entry)]}, RESULT))


def _suppression(entry: Document) -> Json:
    about = filled(
        rule=plain(entry["rule"]),
        entry=plain(entry["entry"]),
        source=plain(entry["source"]),
        owner=plain(entry["owner"]),
        expires=plain(entry["expires"]),
        vexStatus=plain(entry.get("vexStatus", "")),
        vexJustification=plain(entry.get("justification", "")),
    )
    reason = plain(entry["reason"], TEXT_MOST)
    return {
        "kind": "external",
        "status": "accepted",
        **filled(justification=reason, properties=about),
    }
