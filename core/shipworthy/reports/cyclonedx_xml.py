"""
CycloneDX 1.6 in XML (https://cyclonedx.org/docs/1.6/xml/): the same document as in JSON, element by element.

Lists become an element around elements in the singular, some keys become attributes; the order is the mapping's own.
No text can end its element or hold a character that XML forbids: they are written out before, as in every report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shipworthy.reports.cyclonedx import SPEC_VERSION, bill
from shipworthy.reports.sharing import once


NAMESPACE = f"http://cyclonedx.org/schema/bom/{SPEC_VERSION}"

_SINGULAR = {
    "advisories": "advisory",
    "affects": "target",
    "assemblies": "assembly",
    "components": "component",
    "compositions": "composition",
    "cwes": "cwe",
    "dependencies": "dependency",
    "hashes": "hash",
    "occurrences": "occurrence",
    "ratings": "rating",
    "references": "reference",
    "versions": "version",
    "vulnerabilities": "vulnerability",
}
_ATTRIBUTES = {
    "component": ("type", "bom-ref"),
    "vulnerability": ("bom-ref",),
    "dependency": ("ref",),
    "hash": ("alg",),
}
# Elements that are references and nothing else.
_POINTERS = frozenset({"assembly", "dependency"})
_MEMBERS = ("metadata", "components", "dependencies", "compositions", "vulnerabilities")
# Thousands of findings have these in common, and then they are one value.
_COMMON = frozenset(
    {"advisories", "affects", "cwes", "ratings", "references", "source"}
)
# So have they what these lists hold.
_MEMBERS_COMMON = frozenset({"advisories", "ratings", "references"})
_TELLING = re.compile("[&<>\"'#:]")


class CycloneDxXmlReport:
    """The bill of materials with vulnerabilities and VEX, in XML."""

    name = "cyclonedx-xml"
    suffix = ".cdx.xml"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the document."""
        made = once(bill, document)
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<bom xmlns="{NAMESPACE}" serialNumber="{made["serialNumber"]}"'
            f' version="{made["version"]}">\n'
        )
        writer = _Writer()
        for key in _MEMBERS:
            if key in made:
                writer.element(key, made[key], "  ")
        return "".join((head, *writer.parts, "</bom>\n")).encode()


class _Writer:
    """Writes elements one after the other."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._common: dict[int, str] = {}
        self._properties: dict[int, str] = {}
        self._texts: dict[str, str] = {}

    def element(self, name: str, value: object, indent: str) -> None:
        """An element and all in it."""
        if isinstance(value, str):
            text = self._text(value)
            self.parts.append(
                f'{indent}<{name} ref="{text}"/>\n'
                if name in _POINTERS
                else f"{indent}<{name}>{text}</{name}>\n"
            )
        elif isinstance(value, dict):
            self._mapping(name, value, indent)
        elif isinstance(value, list):
            self._list(name, value, indent)
        else:
            self.parts.append(f"{indent}<{name}>{value}</{name}>\n")

    def _text(self, text: str) -> str:
        """Names, references and descriptions come again and again in one document."""
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = escaped(text)
        return known

    def _list(self, name: str, values: list[Any], indent: str) -> None:
        if name == "dependsOn":
            for value in values:
                self.element("dependency", value, indent)
            return
        inner = f"{indent}  "
        self.parts.append(f"{indent}<{name}>\n")
        if name == "properties":
            self.parts += [f"{inner}{self._property(one)}" for one in values]
        elif name == "licenses":
            for key, terms in (pair for one in values for pair in one.items()):
                self.element(key, terms, inner)
        else:
            write = self._shared if name in _MEMBERS_COMMON else self.element
            for value in values:
                write(_SINGULAR[name], value, inner)
        self.parts.append(f"{indent}</{name}>\n")

    def _property(self, one: dict[str, str]) -> str:
        """Most properties stand in thousands of places and are one value."""
        known = self._properties.get(id(one))
        if known is None:
            text = self._text(one["value"])
            known = f'<property name="{one["name"]}">{text}</property>\n'
            self._properties[id(one)] = known
        return known

    def _shared(self, name: str, value: object, indent: str) -> None:
        """An element that is written once for all that have the same value; it stands at one depth alone."""
        known = self._common.get(id(value))
        if known is None:
            start = len(self.parts)
            self.element(name, value, indent)
            known = self._common[id(value)] = "".join(self.parts[start:])
        else:
            self.parts.append(known)

    def _mapping(self, name: str, value: dict[str, Any], indent: str) -> None:
        attributes = _ATTRIBUTES.get(name, ())
        tag = f"{indent}<{name}"
        for key in attributes:
            if key in value:
                tag += f' {key}="{self._text(value[key])}"'
        if name == "hash":
            self.parts.append(f"{tag}>{escaped(value['content'])}</{name}>\n")
            return
        self.parts.append(f"{tag}>\n")
        inner = f"{indent}  "
        for key, one in value.items():
            if key in attributes:
                continue
            if type(one) is str:
                self.parts.append(f"{inner}<{key}>{self._text(one)}</{key}>\n")
            elif key in _COMMON and name == "vulnerability":
                self._shared(key, one, inner)
            else:
                self.element(key, one, inner)
        self.parts.append(f"{indent}</{name}>\n")


def escaped(text: str) -> str:
    """Text for an element or an attribute, in which no pipeline sees a command of its own."""
    if not _TELLING.search(text):
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace('"', "&quot;").replace("'", "&#39;")
    return text.replace("##", "#&#35;").replace("::", ":&#58;")
