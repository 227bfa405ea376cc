"""
``.trivyignore.yaml`` (trivy.dev, "Filtering", "By Finding IDs"; aquasecurity/trivy ``pkg/result/ignore.go``).

Sections by what is ignored, each with entries of ``id``, ``paths`` (doublestar globs), ``purls`` (of
vulnerabilities alone), ``expired_at`` and ``statement``.
"""

from __future__ import annotations

from shipworthy.policy.foreign import globs
from shipworthy.policy.foreign.dates import parse_instant
from shipworthy.policy.foreign.fields import (
    list_of,
    mapping_of,
    pass_over,
    text_of,
    words_of,
)
from shipworthy.policy.foreign.interface import ForeignFile, Reading, shown
from shipworthy.policy.foreign.trivy_purls import on_packages
from shipworthy.policy.foreign.yaml import Node
from shipworthy.policy.foreign.yaml import read as read_yaml
from shipworthy.policy.suppressions.entry import About, Suppression


FORMAT = "trivy-yaml"

SECTIONS: dict[str, About] = {
    "vulnerabilities": "vulnerability",
    "misconfigurations": "config",
    "secrets": "secret",
    "licenses": "licence",
}
_FIELDS = frozenset({"expired_at", "id", "paths", "purls", "statement"})


def read(name: str, text: str) -> ForeignFile:
    """The entries of a ``.trivyignore.yaml``; raises :class:`UsageError` naming file and line."""
    reading = Reading(name)
    root = read_yaml(name, text)
    sections = mapping_of(reading, root, "the file")
    pass_over(reading, root, frozenset(SECTIONS), "Trivy's sections")
    for section, about in SECTIONS.items():
        for item in list_of(reading, sections.get(section), section):
            _entry(reading, item, about)
    return reading.done(FORMAT)


def _entry(reading: Reading, node: Node, about: About) -> None:
    fields = mapping_of(reading, node, "an entry")
    pass_over(reading, node, _FIELDS, "an entry's")
    id_ = reading.word(text_of(reading, fields.get("id"), "id"), node.line, "an id")
    reason = text_of(reading, fields.get("statement"), "statement")
    expires = _expires(reading, fields.get("expired_at"))
    paths = _paths(reading, fields.get("paths"), id_)
    purls = words_of(reading, fields.get("purls"), "a package URL")
    if not id_:
        reading.note(
            node.line, "an entry without an id is left out: in Trivy it fits nothing"
        )
        return
    if purls and about != "vulnerability":
        reading.note(
            purls[0][1],
            f"the purls of {id_} are passed over: they limit vulnerabilities alone",
        )
        purls = ()
    if paths is None:
        return
    entry = Suppression(
        ids=(id_,),
        paths=paths,
        reason=reading.reason(reason),
        about=(about,),
        expires=expires,
        source=reading.at(node.line),
    )
    for limited in on_packages(reading, entry, purls) if purls else (entry,):
        reading.add(limited)


def _expires(reading: Reading, node: Node | None) -> str:
    text = text_of(reading, node, "expired_at")
    if node is None or not text:
        return ""
    try:
        return parse_instant(text)
    except ValueError:
        raise reading.wrong(node.line, "a day YYYY-MM-DD", text) from None


def _paths(reading: Reading, node: Node | None, id_: str) -> tuple[str, ...] | None:
    """The globs; ``None`` where they limit the entry and none of them can be said here."""
    given = words_of(reading, node, "a path")
    found: list[str] = []
    for text, line in given:
        try:
            found.extend(globs.translate(text))
        except globs.GlobError as error:
            reading.note(line, f"the path {shown(text)} of {id_} is left out: {error}")
    return tuple(found) if found or not given else None
