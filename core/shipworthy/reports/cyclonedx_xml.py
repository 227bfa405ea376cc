"""
CycloneDX 1.6 in XML (https://cyclonedx.org/docs/1.6/xml/): the same document as in JSON, element by element.

What many vulnerabilities have in common is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shipworthy.reports.cyclonedx import SPEC_VERSION, VERSION, bill
from shipworthy.reports.cyclonedx_components import Json
from shipworthy.reports.cyclonedx_facts import Facts
from shipworthy.reports.cyclonedx_vulnerabilities import Fix, Vulnerability
from shipworthy.reports.cyclonedx_xml_elements import Elements, escaped
from shipworthy.reports.sharing import once


NAMESPACE = f"http://cyclonedx.org/schema/bom/{SPEC_VERSION}"

_MEMBERS = ("metadata", "components", "dependencies", "compositions")
_READING = frozenset({"advisories", "published", "updated"})
"""The facts that stand behind the recommendation."""
_FIELD = " " * 6
"""How far the fields of a vulnerability are indented."""
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
            f'<bom xmlns="{NAMESPACE}" serialNumber="{made.serial_number}"',
            f' version="{VERSION}">\n',
        ]
        for key in _MEMBERS:
            if key in head:
                parts += _member(key, head[key])
        if "vulnerabilities" in head:
            parts.append("  <vulnerabilities>\n")
            parts += _Vulnerabilities().written(made.vulnerabilities)
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


class _Vulnerabilities:
    """Writes vulnerabilities, what they share once; they are alive as long as this is."""

    def __init__(self) -> None:
        self._facts: dict[int, _Written] = {}
        self._pieces: dict[int, str] = {}

    def written(self, listed: Iterable[Vulnerability]) -> list[str]:
        """The elements one after the other, in parts."""
        parts: list[str] = []
        pieces, known = self._pieces, self._facts
        for one in listed:
            facts, fix = one.facts, one.fix
            told = known.get(id(facts)) or self._told(facts)
            affects = pieces.get(id(one.affects)) or self._shared(
                "affects", one.affects
            )
            rated = pieces.get(id(one.rated)) or self._properties(one.rated)
            fixed = pieces.get(id(fix.properties)) or self._properties(fix.properties)
            advice = pieces.get(id(fix)) or self._advice(fix)
            analysis = (
                _element("analysis", one.analysis, _FIELD) if one.analysis else ""
            )
            parts += (
                f'    <vulnerability bom-ref="{escaped(one.ref)}">\n',
                told.named,
                advice,
                told.to_read,
                f"{analysis}{affects}      <properties>\n{rated}{told.likelihood}{fixed}",
                f"{_properties(one.own)}      </properties>\n    </vulnerability>\n",
            )
        return parts

    def _told(self, facts: Facts) -> _Written:
        named, reading = Elements(), Elements()
        for key, value in facts.fields.items():
            made = reading if key in _READING else named
            if key == "advisories":
                _advisories(made, value)
            elif key == "ratings":
                made.add(self._pieces.get(id(value)) or self._shared(key, value))
            else:
                made.element(key, value, _FIELD)
        likelihood = _properties(facts.likelihood)
        told = _Written(named.written(), reading.written(), likelihood)
        self._facts[id(facts)] = told
        return told

    def _shared(self, name: str, value: list[Json]) -> str:
        made = self._pieces[id(value)] = _element(name, value, _FIELD)
        return made

    def _properties(self, listed: list[Json]) -> str:
        made = self._pieces[id(listed)] = _properties(listed)
        return made

    def _advice(self, fix: Fix) -> str:
        words = escaped(fix.recommendation)
        made = f"      <recommendation>{words}</recommendation>\n" if words else ""
        self._pieces[id(fix)] = made
        return made


def _advisories(made: Elements, listed: Iterable[Json]) -> None:
    made.add("      <advisories>\n")
    for one in listed:
        if "title" in one:
            made.add(f"{_ADVISORY}<title>", one["title"], "</title>\n          ")
            made.add("<url>", one["url"], _ENDED)
        else:
            made.add(f"{_ADVISORY}<url>", one["url"], _ENDED)
    made.add("      </advisories>\n")


def _properties(listed: list[Json]) -> str:
    return "".join(
        [
            f'        <property name="{one["name"]}">{escaped(one["value"])}</property>\n'
            for one in listed
        ]
    )


def _element(name: str, value: object, indent: str) -> str:
    made = Elements()
    made.element(name, value, indent)
    return made.written()
