"""What assessment asks of the advisory database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shipworthy.model.advisory import Intel, Record
from shipworthy.model.lifecycle import Product, SupportLimit


class Details(Protocol):
    """**Protocol:** descriptions and intelligence about vulnerabilities that matched."""

    def records(
        self, keys: Sequence[tuple[str, str]], /
    ) -> Mapping[tuple[str, str], Record]:
        """Give the records of these (bucket, id); those that are not held are left out."""
        ...

    def cves(self, ids: Sequence[str], /) -> Mapping[str, Record]:
        """Give what NVD says of these CVEs; those that are not held are left out."""
        ...

    def intel(self, cves: Sequence[str], /) -> Mapping[str, Intel]:
        """Give what is known of the exploitation of these CVEs."""
        ...


class Lifecycles(Protocol):
    """**Protocol:** how long products are supported."""

    def products(self, keys: Sequence[str], /) -> Mapping[str, Product]:
        """Give the products that these keys lead to, see :mod:`shipworthy.model.lifecycle`."""
        ...

    def support(self, bucket: str, /) -> Sequence[SupportLimit]:
        """Give what a distribution says of the support of single packages in a release."""
        ...
