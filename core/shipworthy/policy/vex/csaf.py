"""
CSAF 2.0 (OASIS standard, 18 November 2022): profile VEX and any other document with a product status.

``known_not_affected``, ``fixed`` and ``first_fixed``, ``known_affected``, ``first_affected`` and
``last_affected``, ``under_investigation`` are statuses; ``recommended`` is not: it says what to
install, not what is affected (section 6.1.6 leaves it out of contradictions too). Why something is
not affected is told by a flag's label, or by a threat of the category impact; where the threat's
details are themselves a label, that is the justification. In the profile VEX (section 4.5) one of
both is required; without it a statement does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shipworthy.policy.vex.csaf_products import ProductTree, read_products
from shipworthy.policy.vex.statement import (
    JUSTIFICATIONS,
    VexProduct,
    VexStatement,
    VexStatus,
)
from shipworthy.policy.vex.values import (
    Broken,
    Tally,
    mapping,
    moment,
    number,
    objects,
    shown,
    text,
    texts,
)
from shipworthy.values import dataclass


_STATUSES: dict[str, VexStatus] = {
    "known_not_affected": "not_affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "known_affected": "affected",
    "first_affected": "affected",
    "last_affected": "affected",
    "under_investigation": "under_investigation",
}
_VEX = "csaf_vex"

_Told = list[tuple[frozenset[str] | None, str]]
_Why = tuple[VexStatus, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What all statements of the document have in common."""

    tree: ProductTree
    time: int
    author: str
    id: str
    version: int
    strict: bool


def is_csaf(document: Mapping[str, Any]) -> bool:
    """Whether the document says that it is CSAF 2."""
    version = text(mapping(document.get("document")).get("csaf_version"))
    return version.startswith("2.")


def read_csaf(document: Mapping[str, Any], tally: Tally) -> Iterator[VexStatement]:
    """The statements of ``document``; those that do not count are noted in ``tally``."""
    head = mapping(document.get("document"))
    tracking = mapping(head.get("tracking"))
    publisher = mapping(head.get("publisher"))
    frame = _Frame(
        tree=read_products(mapping(document.get("product_tree")), tally),
        time=moment(tracking.get("current_release_date")),
        author=text(publisher.get("name")),
        id=f"{text(publisher.get('namespace'))} {text(tracking.get('id'))}".strip(),
        version=number(tracking.get("version")),
        strict=text(head.get("category")) == _VEX,
    )
    for at, item in enumerate(objects(document.get("vulnerabilities")), 1):
        names = (text(item.get("cve")), *_ids(item))
        names = tuple(dict.fromkeys(name for name in names if name))
        if not names:
            tally.note(f"vulnerability {at}", "has neither cve nor ids")
            continue
        try:
            yield from _statements(item, names, frame, tally)
        except Broken as error:
            tally.note(names[0], str(error))


def _ids(item: Mapping[str, Any]) -> Iterator[str]:
    for one in objects(item.get("ids")):
        yield text(one.get("text"))


def _statements(
    item: Mapping[str, Any], names: tuple[str, ...], frame: _Frame, tally: Tally
) -> Iterator[VexStatement]:
    """One statement for all products that the same is said of."""
    grouped: dict[_Why, dict[VexProduct, None]] = {}
    for why, id_ in _said(item, frame, tally):
        products = frame.tree.products(id_)
        if not products:
            tally.note(names[0], f"{shown(id_)} has no purl, CPE or hash to know it by")
        tally.take(len(products))
        grouped.setdefault(why, {}).update(dict.fromkeys(products))
    for (status, justification, impact, action), found in grouped.items():
        if not found:
            continue
        yield VexStatement(
            vulnerabilities=names,
            products=tuple(found),
            status=status,
            justification=justification,
            impact=impact,
            action=action,
            time=frame.time,
            author=frame.author,
            source=tally.name,
            document=frame.id,
            version=frame.version,
        )


def _said(
    item: Mapping[str, Any], frame: _Frame, tally: Tally
) -> Iterator[tuple[_Why, str]]:
    """What is said of which product id."""
    tree = frame.tree
    flags = _told(item, "flags", "label", tree)
    impacts = _told(item, "threats", "details", tree, category="impact")
    actions = _told(item, "remediations", "details", tree)
    statuses = mapping(item.get("product_status"))
    for key, status in _STATUSES.items():
        for id_ in texts(statuses.get(key)):
            flag, impact = _of(flags, id_), _of(impacts, id_)
            if status != "not_affected":
                action = _of(actions, id_) if status == "affected" else ""
                yield (status, "", "", action), id_
            elif frame.strict and not (flag or impact):
                tally.note(
                    id_,
                    "known_not_affected without a flag or a threat of the category impact,"
                    " so it does not count",
                )
            else:
                label = impact if impact in JUSTIFICATIONS else flag
                yield (status, label, "" if impact == label else impact, ""), id_


def _told(
    item: Mapping[str, Any], key: str, what: str, tree: ProductTree, category: str = ""
) -> _Told:
    """(products, text) of a list of the vulnerability; only of ``category`` where one is named."""
    return [
        (tree.members(one), text(one.get(what)))
        for one in objects(item.get(key))
        if not category or text(one.get("category")) == category
    ]


def _of(told: _Told, id_: str) -> str:
    """What is told of the product: what names it before what names none."""
    for members, words in told:
        if members is not None and id_ in members:
            return words
    return next((words for members, words in told if members is None), "")
