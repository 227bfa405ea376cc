"""
The products of a CSAF document (CSAF 2.0, section 3.2.2: branches, full product names, relationships, groups).

A relationship makes a product out of two: a component and what it is a part of or installed on. A
product is known by its ``product_identification_helper``; one without cannot be told from any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from shipworthy.policy.vex.openvex import hashes_of
from shipworthy.policy.vex.statement import VexComponent, VexProduct
from shipworthy.policy.vex.values import Tally, listed, mapping, objects, text, texts
from shipworthy.values import dataclass


_DEPTH = 64
_CHAIN = 8
_MOST = 1000

_PART_OF = frozenset(
    {
        "default_component_of",
        "external_component_of",
        "optional_component_of",
        "installed_on",
    }
)
_BESIDE = "installed_with"


@dataclass(frozen=True, slots=True)
class _Relation:
    part: str
    whole: str
    beside: bool


@dataclass(slots=True)
class ProductTree:
    """Products by id."""

    named: dict[str, VexComponent] = field(default_factory=dict)
    relations: dict[str, list[_Relation]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _resolved: dict[str, tuple[VexProduct, ...]] = field(default_factory=dict)

    def products(self, id_: str) -> tuple[VexProduct, ...]:
        """What the product id stands for, in every way in which it can be known."""
        if id_ not in self._resolved:
            self._resolved[id_] = tuple(dict.fromkeys(self._products(id_, ())))
        return self._resolved[id_]

    def members(self, item: Mapping[str, Any]) -> frozenset[str] | None:
        """The products that a flag, threat or remediation is about; ``None`` for all."""
        ids, groups = texts(item.get("product_ids")), texts(item.get("group_ids"))
        if not ids and not groups:
            return None
        inner = (one for group in groups for one in self.groups.get(group, ()))
        return frozenset((*ids, *inner))

    def _products(self, id_: str, chain: tuple[str, ...]) -> Iterator[VexProduct]:
        own = self.named.get(id_)
        if own is not None:
            yield VexProduct(component=own)
        if id_ in chain or len(chain) >= _CHAIN:
            return
        for relation in self.relations.get(id_, ())[:_MOST]:
            part = self.named.get(relation.part)
            if part is None:
                continue
            for whole in self._products(relation.whole, (*chain, id_)):
                yield _joined(part, whole, beside=relation.beside)


def _joined(part: VexComponent, whole: VexProduct, *, beside: bool) -> VexProduct:
    """The part of a product, or the part where the product is installed too."""
    if beside:
        others = (*whole.beside, *whole.within, whole.component, *whole.subcomponents)
        return VexProduct(component=part, beside=others)
    if not whole.subcomponents:
        return VexProduct(
            component=whole.component,
            within=whole.within,
            beside=whole.beside,
            subcomponents=(part,),
        )
    return VexProduct(
        component=whole.subcomponents[0],
        within=(*whole.within, whole.component),
        beside=whole.beside,
        subcomponents=(part,),
    )


def read_products(tree: Mapping[str, Any], tally: Tally) -> ProductTree:
    """The product tree; parts that cannot be understood are left out."""
    found = ProductTree()
    for product in _named(tree, tally):
        _take(found, product, tally)
    for item in objects(tree.get("relationships")):
        product = mapping(item.get("full_product_name"))
        _take(found, product, tally)
        category = text(item.get("category"))
        if category in _PART_OF or category == _BESIDE:
            relation = _Relation(
                text(item.get("product_reference")),
                text(item.get("relates_to_product_reference")),
                category == _BESIDE,
            )
            found.relations.setdefault(text(product.get("product_id")), []).append(
                relation
            )
    for group in objects(tree.get("product_groups")):
        found.groups[text(group.get("group_id"))] = texts(group.get("product_ids"))
    return found


def _named(tree: Mapping[str, Any], tally: Tally) -> Iterator[dict[str, Any]]:
    yield from objects(tree.get("full_product_names"))
    waiting = [(branch, 1) for branch in reversed(listed(tree.get("branches")))]
    while waiting:
        value, depth = waiting.pop()
        branch = mapping(value)
        if "product" in branch:
            yield mapping(branch["product"])
        inner = listed(branch.get("branches"))
        if inner and depth >= _DEPTH:
            tally.note("product_tree", f"branches deeper than {_DEPTH} do not count")
            continue
        waiting.extend((one, depth + 1) for one in reversed(inner))


def _take(found: ProductTree, product: Mapping[str, Any], tally: Tally) -> None:
    """File one full product name; of two with one id the first counts."""
    id_ = text(product.get("product_id"))
    helper = mapping(product.get("product_identification_helper"))
    names = [text(helper.get("purl")), *texts(helper.get("purls"))]
    names.append(text(helper.get("cpe")))
    names += [text(one.get("uri")) for one in objects(helper.get("x_generic_uris"))]
    component = VexComponent(
        names=tuple(dict.fromkeys(name for name in names if name)),
        hashes=tuple(sorted(_hashes(objects(helper.get("hashes"))))),
    )
    if id_ and (component.names or component.hashes):
        tally.take()
        found.named.setdefault(id_, component)


def _hashes(hashes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in hashes:
        for item in objects(one.get("file_hashes")):
            yield from hashes_of({text(item.get("algorithm")): item.get("value")})
