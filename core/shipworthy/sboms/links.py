"""
What a CycloneDX SBOM says of which component contains which: nesting and ``dependencies``.

The inventory does not need it and is read without it (docs/adr/0016-what-an-sbom-is-read-as.md); VEX
statements on a package inside a product do. The SBOM's subject is the empty name. Where nothing is said to depend on
the subject itself, as syft leaves it out, components that only depend on each other in a circle are the subject's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

import orjson

from shipworthy.sboms.properties import text_of
from shipworthy.sboms.source import read_bytes
from shipworthy.values import dataclass


SUBJECT = ""
MAX_BYTES = 128 * 1024 * 1024
"""An SBOM whose links are read; a larger one has none."""
MAX_PAIRS = 2_000_000

_DEPTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SbomLinks:
    """Components by their purls, or by their bom-refs where they have none."""

    pairs: tuple[tuple[str, str], ...] = ()
    """(container, contained), sorted; ``SUBJECT`` contains what the SBOM's subject depends on."""
    refs: Mapping[str, str] = field(default_factory=dict)
    """From bom-refs to purls."""
    whole: bool = True
    """Whether everything was read; false where the SBOM is too large for it."""


def read_links(path: str) -> SbomLinks:
    """
    The links of the SBOM at ``path``; none where it has none or is no CycloneDX.

    Raises as :func:`shipworthy.sboms.read.read_sbom` does where it cannot be read.
    """
    return links_of(read_bytes(path))


def links_of(data: bytes) -> SbomLinks:
    """The links of the SBOM in ``data``."""
    if len(data) > MAX_BYTES:
        return SbomLinks(whole=False)
    try:
        document = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return SbomLinks()
    if type(document) is not dict:
        return SbomLinks()
    inner = document.get("sbom")
    return _links(inner if type(inner) is dict else document)


def _links(document: Mapping[str, Any]) -> SbomLinks:
    nodes: dict[str, str] = {}
    refs: dict[str, str] = {}
    pairs: set[tuple[str, str]] = set()
    metadata = document.get("metadata")
    subject = metadata.get("component") if type(metadata) is dict else None
    if type(subject) is dict and (ref := text_of(subject, "bom-ref")):
        nodes[ref] = SUBJECT
    for component, parent in _components(document.get("components")):
        ref, purl = text_of(component, "bom-ref"), text_of(component, "purl")
        if ref and purl:
            refs.setdefault(ref, purl)
        node = purl or ref
        if ref:
            nodes.setdefault(ref, node)
        if parent and node:
            pairs.add((parent, node))
    for container, contained in _dependencies(document.get("dependencies")):
        if container in nodes and contained in nodes:
            pairs.add((nodes[container], nodes[contained]))
        if len(pairs) > MAX_PAIRS:
            return SbomLinks(refs=refs, whole=False)
    found = {(a, b) for a, b in pairs if b not in {a, SUBJECT}}
    if found and not any(container == SUBJECT for container, _ in found):
        found |= {(SUBJECT, node) for node in _only_in_circles(found)}
    return SbomLinks(pairs=tuple(sorted(found)), refs=refs)


def _components(value: object) -> Iterator[tuple[dict[str, Any], str]]:
    """Every component with the purl or bom-ref of the one that it is nested in."""
    waiting = [(value, "", 1)]
    while waiting:
        several, parent, depth = waiting.pop()
        if type(several) is not list or depth > _DEPTH:
            continue
        for component in several:
            if type(component) is dict:
                yield component, parent
                own = text_of(component, "purl") or text_of(component, "bom-ref")
                waiting.append((component.get("components"), own or parent, depth + 1))


def _dependencies(value: object) -> Iterator[tuple[str, str]]:
    for item in value if type(value) is list else ():
        inner = item.get("dependsOn") if type(item) is dict else None
        if type(inner) is list:
            ref = text_of(item, "ref")
            yield from ((ref, one) for one in inner if type(one) is str)


def _only_in_circles(pairs: set[tuple[str, str]]) -> set[str]:
    """What no way leads to from a component that nothing contains."""
    children: dict[str, list[str]] = {}
    contained: set[str] = set()
    for container, node in pairs:
        children.setdefault(container, []).append(node)
        contained.add(node)
    waiting = [node for node in children if node not in contained]
    reached = set(waiting)
    while waiting:
        for node in children.get(waiting.pop(), ()):
            if node not in reached:
                reached.add(node)
                waiting.append(node)
    return contained - reached
