"""
OpenVEX, 0.0.1 to 0.2.0 (https://github.com/openvex/spec, OPENVEX-SPEC.md and openvex_json_schema.json).

0.0.1 writes vulnerability and products as text and the subcomponents beside the products; later
ones write objects. A statement's own time stands before the document's. A statement without
products is about what the attestation around the document is about, and about nothing where there
is none. ``not_affected`` needs a justification or an impact statement; without both it does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast, get_args

from shipworthy.policy.vex.statement import (
    JUSTIFICATIONS,
    VexComponent,
    VexProduct,
    VexStatement,
    VexStatus,
)
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


CONTEXT = "https://openvex.dev/ns"

# The schema calls the last two @cpe22 and @cpe23, the specification and everybody else does not.
_IDENTIFIERS = ("purl", "cpe22", "cpe23", "@cpe22", "@cpe23")
_STATUSES = frozenset(get_args(VexStatus))
_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9:.-]+")
_ALGORITHM = re.compile(r"sha-?(?=\d{3}$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """What statements take from their document."""

    time: int
    author: str
    id: str
    version: int
    subjects: tuple[VexProduct, ...]


def is_openvex(document: Mapping[str, Any]) -> bool:
    """Whether the document says that it is OpenVEX."""
    context = document.get("@context")
    contexts = [context] if type(context) is str else listed(context)
    return any(text(one).startswith(CONTEXT) for one in contexts)


def read_openvex(
    document: Mapping[str, Any], tally: Tally, subjects: tuple[VexProduct, ...] = ()
) -> Iterator[VexStatement]:
    """
    The statements of ``document``; those that do not count are noted in ``tally``.

    ``subjects`` is what an attestation around it is about.
    """
    frame = _Document(
        time=moment(document.get("timestamp")),
        author=text(document.get("author")),
        id=text(document.get("@id")),
        version=number(document.get("version")),
        subjects=subjects,
    )
    for at, item in enumerate(listed(document.get("statements")), 1):
        try:
            yield _statement(mapping(item), frame, tally)
        except Broken as error:
            tally.note(f"statement {at}", f"{error}, so it does not count")


def _statement(item: Mapping[str, Any], frame: _Document, tally: Tally) -> VexStatement:
    names = _vulnerability(item.get("vulnerability"))
    if not names:
        raise Broken("names no vulnerability")
    products = tuple(_products(item)) or frame.subjects
    if not products:
        raise Broken(f"on {shown(names[0])} names no product")
    tally.take(len(names) + sum(1 + len(one.subcomponents) for one in products))
    status = text(item.get("status"))
    if status not in _STATUSES:
        raise Broken(
            f"on {shown(names[0])} has the status {shown(status)!r},"
            f" expected one of {', '.join(sorted(_STATUSES))}"
        )
    justification = text(item.get("justification"))
    impact = text(item.get("impact_statement"))
    if status == "not_affected" and justification not in JUSTIFICATIONS and not impact:
        raise Broken(
            f"on {shown(names[0])} says not_affected without"
            f" {'a known' if justification else 'a'} justification or an impact statement"
        )
    own = max(moment(item.get("timestamp")), moment(item.get("last_updated")))
    return VexStatement(
        vulnerabilities=names,
        products=products,
        status=cast("VexStatus", status),
        justification=justification if justification in JUSTIFICATIONS else "",
        impact=impact,
        action=text(item.get("action_statement")),
        time=own if own >= 0 else frame.time,
        author=frame.author,
        source=tally.name,
        document=frame.id,
        version=frame.version,
    )


def _vulnerability(value: object) -> tuple[str, ...]:
    """All names; an ``@id`` that is an address ends with one."""
    if type(value) is str:
        return (text(value),) if text(value) else ()
    members = mapping(value)
    id_ = text(members.get("@id")).rstrip("/")
    if "/" in id_:
        id_ = id_.rpartition("/")[2]
        id_ = id_ if _ID.fullmatch(id_) else ""
    found = (text(members.get("name")), id_, *texts(members.get("aliases")))
    return tuple(dict.fromkeys(name for name in found if name))


def _products(item: Mapping[str, Any]) -> Iterator[VexProduct]:
    beside = _parts(item)
    for product in listed(item.get("products")):
        whole = component_of(product)
        parts = (*_parts(mapping(product)), *beside)
        if whole.names or whole.hashes:
            yield VexProduct(component=whole, subcomponents=parts)


def _parts(members: Mapping[str, Any]) -> tuple[VexComponent, ...]:
    """The subcomponents; what cannot be read must not widen the statement to the whole product."""
    value = members.get("subcomponents")
    if value is not None and type(value) is not list:
        raise Broken("has subcomponents that are no list")
    return tuple(map(component_of, listed(value)))


def component_of(value: object) -> VexComponent:
    """A component by all its names; one without any is none that anything could be."""
    if type(value) is str:
        return VexComponent(names=(text(value),) if text(value) else ())
    members = mapping(value)
    identifiers = mapping(members.get("identifiers"))
    names = [text(members.get("@id"))]
    names += [text(identifiers.get(key)) for key in _IDENTIFIERS]
    hashes = mapping(members.get("hashes"))
    return VexComponent(
        names=tuple(dict.fromkeys(name for name in names if name)),
        hashes=tuple(sorted(hashes_of(hashes))),
    )


def hashes_of(values: Mapping[str, Any]) -> Iterator[str]:
    """Digests as image tools write them, of a mapping from algorithm to hex."""
    for algorithm, value in values.items():
        if digits := text(value).lower():
            yield f"{_ALGORITHM.sub('sha', algorithm.lower())}:{digits}"


def subjects_of(value: object) -> tuple[VexProduct, ...]:
    """The subjects of an in-toto statement as products."""
    found = []
    for subject in objects(value):
        name = text(subject.get("name"))
        hashes = tuple(sorted(hashes_of(mapping(subject.get("digest")))))
        if hashes:
            # The digest says which; the name alone could be anything of that name.
            found.append(VexProduct(component=VexComponent(hashes=hashes)))
        elif name:
            found.append(VexProduct(component=VexComponent(names=(name,))))
    return tuple(found)
