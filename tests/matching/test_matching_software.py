"""The table of products, held against what binaries are known to be."""

from __future__ import annotations

import json

import pytest
from judging import Shelf, advisory, inventory, package
from support import SHARED

from shipworthy import versions
from shipworthy.matching.match import match
from shipworthy.model.package import Distro
from shipworthy.model.products import PRODUCTS, cpes_of, is_product, project_of


BINARIES = SHARED / "conformance" / "binaries"
NOBODY = frozenset({"swipl"})
"""Nobody publishes advisories on it; elsewhere it is taken for Erlang."""


@pytest.mark.skipif(not BINARIES.is_dir(), reason="the data is not beside the checkout")
def test_every_known_binary_has_a_project_and_a_version() -> None:
    """What classifiers find can be judged: its name is in the table and its version compares."""
    cases = json.loads((BINARIES / "expected.json").read_bytes())
    found = {
        (one["name"], one["version"])
        for case in cases
        for one in case["packages"]
        if one["purl"].startswith("pkg:generic/")
    }

    assert {name for name, _ in found if not is_product(name)} <= NOBODY
    for _, version in found:
        assert versions.scheme("generic").key(version)


def test_names_of_the_table_are_sound() -> None:
    """Every product's CPE names are vendor and product, and parts lead to a product."""
    for name, product in PRODUCTS.items():
        assert product.cpes
        assert all(cpe.count(":") == 1 and cpe == cpe.lower() for cpe in product.cpes)
        assert is_product(project_of(name))
    assert cpes_of("php-fpm") == ("php:php",)
    assert cpes_of("swipl") == ()


def test_the_distribution_judges_what_it_installed() -> None:
    """An OpenSSL that a Debian package brought is Debian's, whatever OpenSSL says of its number."""
    debian = Distro(id="debian", version="12")
    owner = package("deb", "openssl", "3.0.7-1+deb12u9", source="openssl")
    inside = package("generic", "openssl", "3.0.7", owner=owner.purl)
    held = [
        advisory("CVE-2023-0286", "generic", "openssl", "3.0.8"),
        advisory("CVE-2023-0286", "debian-12", "openssl", "3.0.7-1+deb12u1"),
        advisory("CVE-2023-0216", "cpe", "openssl:openssl", "3.0.8"),
    ]
    (silent,) = match(inventory(owner, inside, distro=debian), Shelf(held)).matches

    assert silent.id == "CVE-2023-0216"
    assert silent.evidence[0].confidence == "medium"
    assert f"owned-by {owner.purl}" in silent.evidence[0].notes
