"""
CycloneDX 1.6 in XML (https://cyclonedx.org/docs/1.6/xml/): the same document as in JSON, element by element.

What many vulnerabilities have in common is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shipworthy.reports.cyclonedx import SPEC_VERSION, bill
from shipworthy.reports.cyclonedx_components import Json
from shipworthy.reports.cyclonedx_facts import Facts
from shipworthy.reports.cyclonedx_vulnerabilities import Vulnerability
from shipworthy.reports.cyclonedx_xml_elements import Elements, escaped
from shipworthy.reports.sharing import once


NAMESPACE = f"http://cyclonedx.org/schema/bom/{SPEC_VERSION}"

_MEMBERS = ("metadata", "components", "dependencies", "compositions")
_FIELD = " " * 6
"""How far the fields of a component or a vulnerability are indented."""
_LISTED = " " * 8
_ADVISORY = "        <advisory>\n          "
_ENDED = "</url>\n        </advisory>\n"


class CycloneDxXmlReport:
    """The bill of materials with vulnerabilities and VEX, in XML."""

    name = "cyclonedx-xml"
    suffix = ".cdx.xml"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the document."""
        made = once(bill, document)
        head = made.content
        parts = [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<bom xmlns="{NAMESPACE}" serialNumber="{head["serialNumber"]}"',
            f' version="{head["version"]}">\n',
        ]
        for key in _MEMBERS:
            if key in head:
                parts += _member(key, head[key])
        if "vulnerabilities" in head:
            parts.append("  <vulnerabilities>\n")
            parts += _vulnerabilities(made.vulnerabilities)
            parts.append("  </vulnerabilities>\n")
        parts.append("</bom>\n")
        return "".join(parts).encode()


class _Written(NamedTuple):
    """What a vulnerability says of itself, as the fields of others part it."""

    named: str
    to_read: str
    likelihood: str


def _member(name: str, value: Any) -> Iterator[str]:
    """One of the document's own; components one by one, for there may be thousands."""
    if name != "components":
        yield _element(name, value, "  ")
        return
    yield "  <components>\n"
    for one in value:
        yield _element("component", one, "    ")
    yield "  </components>\n"


def _vulnerabilities(listed: Iterable[Vulnerability]) -> Iterator[str]:
    facts: dict[int, _Written] = {}
    pieces: dict[int, str] = {}
    for one in listed:
        told = facts.get(id(one.facts))
        if told is None:
            told = facts[id(one.facts)] = _facts(one.facts)
        affects = pieces.get(id(one.affects))
        if affects is None:
            affects = pieces[id(one.affects)] = _element("affects", one.affects, _FIELD)
        yield f'    <vulnerability bom-ref="{escaped(one.ref)}">\n{told.named}'
        if one.recommendation:
            words = escaped(one.recommendation)
            yield f"      <recommendation>{words}</recommendation>\n"
        yield told.to_read
        if one.analysis:
            yield _element("analysis", one.analysis, _FIELD)
        yield f"{affects}      <properties>\n"
        for held in one.properties:
            if held is one.facts.likelihood:
                yield told.likelihood
            else:
                known = pieces.get(id(held))
                if known is None:
                    known = pieces[id(held)] = _properties(held)
                yield known
        yield "      </properties>\n    </vulnerability>\n"


def _facts(facts: Facts) -> _Written:
    fields = dict(facts.fields)
    reading = Elements()
    if listed := fields.pop("advisories", None):
        reading.add("      <advisories>\n")
        for one in listed:
            if "title" in one:
                reading.add(f"{_ADVISORY}<title>", one["title"], "</title>\n          ")
                reading.add("<url>", one["url"], _ENDED)
            else:
                reading.add(f"{_ADVISORY}<url>", one["url"], _ENDED)
        reading.add("      </advisories>\n")
    for key in ("published", "updated"):
        if key in fields:
            reading.add(f"      <{key}>", fields.pop(key), f"</{key}>\n")
    named = Elements()
    named.members(fields, _FIELD)
    return _Written(named.written(), reading.written(), _properties(facts.likelihood))


def _properties(listed: list[Json]) -> str:
    made = Elements()
    made.properties(listed, _LISTED)
    return made.written()


def _element(name: str, value: object, indent: str) -> str:
    made = Elements()
    made.element(name, value, indent)
    return made.written()
