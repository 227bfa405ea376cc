"""
Elements of CycloneDX 1.6 in XML (https://cyclonedx.org/docs/1.6/xml/), made of what JSON has.

Lists become an element around elements in the singular, some keys become attributes; the order is the mapping's own.
No text can end its element or hold a character that XML forbids: acting characters are written out before, as in every report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
}
_ATTRIBUTES = {
    "component": ("type", "bom-ref"),
    "dependency": ("ref",),
}
# Elements that are references and nothing else.
_POINTERS = frozenset({"assembly", "dependency"})
_WRITTEN = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
    "##": "#&#35;",
    "::": ":&#58;",
}
_BETWEEN = "\0"  # stands in no text: every one was cleaned before


class Elements:
    """Elements one after the other; their texts are escaped all at once."""

    def __init__(self) -> None:
        self._parts: list[str] = []  # markup, text, markup; and so on

    def add(self, before: str, text: str = "", after: str = "") -> None:
        """``text``, which others may have written, between markup."""
        self._parts += (before, text, after)

    def element(self, name: str, value: object, indent: str) -> None:
        """An element and all in it."""
        if isinstance(value, dict):
            self._mapping(name, value, indent)
        elif isinstance(value, list):
            self._list(name, value, indent)
        elif name in _POINTERS:
            self._parts += (f'{indent}<{name} ref="', str(value), '"/>\n')
        else:
            self._parts += (f"{indent}<{name}>", str(value), f"</{name}>\n")

    def members(self, fields: Mapping[str, Any], indent: str) -> None:
        """An element for each of the fields."""
        for key, value in fields.items():
            if type(value) is str:
                self._parts += (f"{indent}<{key}>", value, f"</{key}>\n")
            else:
                self.element(key, value, indent)

    def properties(self, listed: list[dict[str, str]], indent: str) -> None:
        """The properties, without an element around them."""
        for one in listed:
            before = f'{indent}<property name="{one["name"]}">'
            self._parts += (before, one["value"], "</property>\n")

    def written(self) -> str:
        """All that was added."""
        parts = self._parts
        if not parts:
            return ""
        parts[1::3] = escaped(_BETWEEN.join(parts[1::3])).split(_BETWEEN)
        return "".join(parts)

    def _list(self, name: str, values: list[Any], indent: str) -> None:
        if name == "dependsOn":
            for value in values:
                self.element("dependency", value, indent)
            return
        inner = f"{indent}  "
        self.add(f"{indent}<{name}>\n")
        if name == "properties":
            self.properties(values, inner)
        elif name == "licenses":
            for one in values:
                self.members(one, inner)
        else:
            for value in values:
                self.element(_SINGULAR[name], value, inner)
        self.add(f"{indent}</{name}>\n")

    def _mapping(self, name: str, value: dict[str, Any], indent: str) -> None:
        if name == "hash":
            self.add(f'{indent}<hash alg="', value["alg"])
            self.add('">', value["content"], "</hash>\n")
            return
        if name not in _ATTRIBUTES:
            self.add(f"{indent}<{name}>\n")
        else:
            value = dict(value)
            self.add(f"{indent}<{name}")
            for key in _ATTRIBUTES[name]:
                if key in value:
                    self.add(f' {key}="', value.pop(key), '"')
            self.add(">\n")
        self.members(value, f"{indent}  ")
        self.add(f"{indent}</{name}>\n")


def escaped(text: str) -> str:
    """Text for an element or an attribute, in which no pipeline sees a command of its own."""
    for sign, written in _WRITTEN.items():
        if sign in text:
            text = text.replace(sign, written)
    return text
