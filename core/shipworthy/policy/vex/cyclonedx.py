"""
CycloneDX VEX, 1.4 and later in JSON (https://cyclonedx.org/docs/1.6/json/#vulnerabilities).

A statement is a vulnerability with an ``analysis.state``; one without is only a finding of somebody.
What it affects is a component of the document itself, by its bom-ref, or one of another SBOM
by BOM-Link, ``urn:cdx:SERIAL/VERSION#BOM-REF`` (https://cyclonedx.org/capabilities/bomlink/), which holds for
that SBOM alone. Where the document is about an image, its statements hold in that image alone; one that
names nothing affected is about the subject of the document.
``not_affected`` should have a justification and need not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from shipworthy.policy.vex.openvex import hashes_of
from shipworthy.policy.vex.statement import VexComponent, VexProduct, VexStatement
from shipworthy.policy.vex.statement import VexStatus as Said
from shipworthy.policy.vex.values import (
    Broken,
    Tally,
    listed,
    mapping,
    moment,
    number,
    objects,
    shown,
    text,
    texts,
)
from shipworthy.values import dataclass


_STATES: dict[str, Said] = {
    "not_affected": "not_affected",
    "false_positive": "not_affected",
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
}
_LINK = re.compile(
    r"urn:cdx:([^/#\s]{1,64})/([1-9][0-9]{0,8})(?:#(.+))?", re.ASCII | re.DOTALL
)
_DEPTH = 64
_IMAGES = ("pkg:oci/", "pkg:docker/")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What all statements of the document have in common."""

    components: Mapping[str, VexComponent]
    subject: VexComponent | None
    """What the document is about, where it can be known by something."""
    image: VexComponent | None
    """The same, where it is an image."""
    time: int
    author: str
    id: str
    version: int


def is_cyclonedx(document: Mapping[str, Any]) -> bool:
    """Whether the document says that it is CycloneDX."""
    return document.get("bomFormat") == "CycloneDX"


def read_cyclonedx(document: Mapping[str, Any], tally: Tally) -> Iterator[VexStatement]:
    """The statements of ``document``; those that do not count are noted in ``tally``."""
    metadata = mapping(document.get("metadata"))
    subject = mapping(metadata.get("component"))
    try:
        components = dict(_components([subject, *listed(document.get("components"))]))
    except Broken as error:
        tally.note("components", str(error))
        return
    frame = _Frame(
        components=components,
        subject=_named(subject),
        image=_image(subject),
        time=moment(metadata.get("timestamp")),
        author=_author(metadata),
        id=text(document.get("serialNumber")),
        version=number(document.get("version")),
    )
    for at, item in enumerate(objects(document.get("vulnerabilities")), 1):
        if "analysis" not in item:
            continue
        try:
            yield _statement(item, at, frame, tally)
        except Broken as error:
            tally.note(text(item.get("id")) or f"vulnerability {at}", str(error))


def _statement(
    item: Mapping[str, Any], at: int, frame: _Frame, tally: Tally
) -> VexStatement:
    analysis = mapping(item.get("analysis"))
    state = text(analysis.get("state"))
    equal = (text(one.get("id")) for one in objects(item.get("references")))
    names = tuple(dict.fromkeys(n for n in (text(item.get("id")), *equal) if n))
    if not names:
        raise Broken(f"the vulnerability {at} has no id")
    status = _STATES.get(state)
    if status is None:
        raise Broken(
            f"has the state {shown(state)!r}, expected one of {', '.join(_STATES)}"
        )
    products = tuple(_products(item, status, frame, tally))
    if not products:
        raise Broken("affects nothing that a package could be known by")
    own = max(moment(analysis.get(key)) for key in ("firstIssued", "lastUpdated"))
    return VexStatement(
        vulnerabilities=names,
        products=products,
        status=status,
        justification=text(analysis.get("justification"))
        if status == "not_affected"
        else "",
        impact=text(analysis.get("detail")),
        action=", ".join(texts(analysis.get("response"))),
        time=own if own >= 0 else frame.time,
        author=frame.author,
        source=tally.name,
        document=frame.id,
        version=frame.version,
    )


def _products(
    item: Mapping[str, Any], status: Said, frame: _Frame, tally: Tally
) -> Iterator[VexProduct]:
    if not item.get("affects") and frame.subject is not None:
        yield VexProduct(component=frame.subject)
    for affected in objects(item.get("affects")):
        tally.take()
        ref = text(affected.get("ref"))
        versions = _versions(affected, status)
        if versions is None:
            continue
        component = _component(ref, versions, frame)
        if component is None:
            tally.note(ref, "no component of that bom-ref has a purl, CPE or hash")
        elif component.bom or frame.image is None or component == frame.image:
            yield VexProduct(component=component)
        else:
            yield VexProduct(component=frame.image, subcomponents=(component,))


def _component(
    ref: str, versions: tuple[str, ...], frame: _Frame
) -> VexComponent | None:
    link = _LINK.fullmatch(ref)
    if link is not None:
        return VexComponent(
            bom=link[1].lower(),
            bom_version=int(link[2]),
            ref=unquote(link[3] or ""),
            versions=versions,
        )
    known = frame.components.get(ref)
    if known is None and ref.startswith("pkg:"):
        known = VexComponent(names=(ref,))
    if known is None or not versions:
        return known
    return VexComponent(names=known.names, hashes=known.hashes, versions=versions)


def _versions(affected: Mapping[str, Any], status: Said) -> tuple[str, ...] | None:
    """
    The versions and ranges that the statement is limited to; ``None`` where none is left.

    A version marked unaffected is no case of one that is exploitable.
    """
    value = affected.get("versions")
    if not value:
        return ()
    found = [
        text(one.get("version")) or text(one.get("range"))
        for one in objects(value)
        if status != "affected" or text(one.get("status")) != "unaffected"
    ]
    return tuple(dict.fromkeys(one for one in found if one)) or None


def _components(roots: list[object]) -> Iterator[tuple[str, VexComponent]]:
    """(bom-ref, component) of all components that can be known by something."""
    waiting = [(one, 1) for one in reversed(roots)]
    while waiting:
        value, depth = waiting.pop()
        item = mapping(value)
        component = _named(item)
        if (ref := text(item.get("bom-ref"))) and component is not None:
            yield ref, component
        inner = listed(item.get("components"))
        if inner and depth >= _DEPTH:
            raise Broken(f"components deeper than {_DEPTH}, nothing of it counts")
        waiting.extend((one, depth + 1) for one in reversed(inner))


def _named(item: Mapping[str, Any]) -> VexComponent | None:
    purl, cpe = text(item.get("purl")), text(item.get("cpe"))
    names = tuple(name for name in (purl, cpe) if name)
    hashes = {
        text(one.get("alg")): one.get("content") for one in objects(item.get("hashes"))
    }
    digests = tuple(sorted(hashes_of(hashes)))
    if item.get("type") == "container":
        names += tuple(_references(item))
    return VexComponent(names=names, hashes=digests) if names or digests else None


def _references(item: Mapping[str, Any]) -> Iterator[str]:
    """What a container is called: its name with its tag or digest."""
    name, version = text(item.get("name")), text(item.get("version"))
    if name and version:
        yield f"{name}{'@' if version.startswith('sha256:') else ':'}{version}"
    elif name:
        yield name


def _image(subject: Mapping[str, Any]) -> VexComponent | None:
    purl = text(subject.get("purl"))
    if subject.get("type") == "container" or purl.startswith(_IMAGES):
        return _named(subject)
    return None


def _author(metadata: Mapping[str, Any]) -> str:
    for key in ("manufacturer", "manufacture", "supplier"):
        if name := text(mapping(metadata.get(key)).get("name")):
            return name
    names = (text(one.get("name")) for one in objects(metadata.get("authors")))
    return next((name for name in names if name), "")
