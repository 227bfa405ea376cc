"""
CSAF documents: which component of which product an id means.

Source: OASIS CSAF 2.0 (https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html), sections
3.2.2 and 3.2.3, and Red Hat's use of it
(https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/). The tree's leaves
name products (by CPE) and components (by package URL); a relationship makes a component
one of a product and gives the pair an id of its own, by which everything else in the
document speaks of it. A module stands between the two in older documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shipworthy.advisories.feeds.values import Broken, array, mapping


MAX_DOCUMENT = 256 << 20
"""Bytes of one document; those on a kernel's or a runtime's CVE have tens of MB."""
MAX_PRODUCTS = 4_000_000
"""Products, components and relationships of one document."""

_MAX_PARENTS = 4


class Component(NamedTuple):
    """One component of one product."""

    product: str
    """The product's id: ``AppStream-9.2.0.Z.MAIN.EUS``."""
    cpe: str
    """The product's CPE."""
    id: str
    """The component's own id: ``curl-0:7.76.1-26.el9_3.2.x86_64``."""
    purl: str
    """The component's package URL."""
    module: str = ""
    """The package URL of the module between them."""


class Products:
    """
    The product tree of one document.

    Raises :class:`Broken` where it is not as the standard has it.
    """

    def __init__(self, tree: object) -> None:
        self._cpes: dict[str, str] = {}
        self._purls: dict[str, str] = {}
        self._parents: dict[str, tuple[str, str]] = {}
        held = mapping(tree)
        for product in _leaves(held):
            self._add(product)
        for item in array(held.get("relationships"), MAX_PRODUCTS):
            relation = mapping(item)
            made = mapping(relation.get("full_product_name"))
            self._parents[_text(made.get("product_id"))] = (
                _text(relation.get("product_reference")),
                _text(relation.get("relates_to_product_reference")),
            )

    def find(self, id_: str) -> Component | None:
        """The component and product that an id means; ``None`` where it is not both by CPE and package URL."""
        pair = self._parents.get(id_)
        if pair is None:
            return None
        component, product = pair
        module = ""
        for _ in range(_MAX_PARENTS):
            above = self._parents.get(product)
            if above is None:
                break
            between, product = above
            module = module or self._purls.get(between, "")
        cpe, purl = self._cpes.get(product), self._purls.get(component)
        if cpe is None or purl is None:
            return None
        return Component(product, cpe, component, purl, module)

    def _add(self, product: Mapping[str, object]) -> None:
        helper = mapping(product.get("product_identification_helper"))
        cpe, purl = helper.get("cpe"), helper.get("purl")
        if cpe is not None:
            self._cpes[_text(product.get("product_id"))] = _text(cpe)
        if purl is not None:
            self._purls[_text(product.get("product_id"))] = _text(purl)


def _leaves(tree: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The products of all branches, however deep; no more than there may be."""
    waiting = [array(tree.get("branches"), MAX_PRODUCTS)]
    seen = 0
    while waiting:
        for item in waiting.pop():
            seen += 1
            if seen > MAX_PRODUCTS:
                raise Broken
            branch = mapping(item)
            if "product" in branch:
                yield mapping(branch["product"])
            if below := array(branch.get("branches"), MAX_PRODUCTS):
                waiting.append(below)
    for item in array(tree.get("full_product_names"), MAX_PRODUCTS):
        yield mapping(item)


def ids_of(value: object) -> list[str]:
    """
    The product ids of an array; raises :class:`Broken` where something else is in it.

    They are compared with each other and go nowhere, so any text may be one.
    """
    return [_text(item) for item in array(value, MAX_PRODUCTS)]


def _text(value: object) -> str:
    if type(value) is str:
        return value
    raise Broken
