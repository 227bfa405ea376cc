"""
Findings of software whose security support has ended or ends soon.

* The **distribution**: ``EOL-debian-10``.
* **Runtimes and frameworks** that a product of endoflife.date names by package URL, unless
  a package of the distribution brought them: then the distribution supports them. One
  finding for each version, on the package with the shortest name; what else of the product
  is there in that version is named in the evidence.
* **Debian's packages** by its lists of ended and limited support: ``EOL-debian-12-webkit2gtk``,
  one finding for each source package.

Days are counted from one day that the caller gives, see :mod:`shipworthy.assessment.clock`;
without a day only ends are told that have no date. The rule of severity is in
:mod:`shipworthy.assessment.support`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.assessment.interface import Lifecycles
from shipworthy.assessment.lifecycle_finding import Ending, finding_of
from shipworthy.assessment.support import (
    cycle_of,
    gets_extended,
    standing,
    supported_on,
)
from shipworthy.assessment.supportlists import limited
from shipworthy.model.bucket import normal_name
from shipworthy.model.finding import EndOfLife, Finding
from shipworthy.model.lifecycle import Product, distro_key, package_key
from shipworthy.model.package import Distro, Inventory, Location, Package


_OS_TYPES = frozenset({"apk", "deb", "rpm"})


def end_of_life(
    inventory: Inventory, lifecycles: Lifecycles, day: str
) -> tuple[Finding, ...]:
    """
    The findings of the kind ``end-of-life`` of an image, seen from ``day``.

    Raises:
        DatabaseError: The database cannot be read.
    """
    found = [
        *_distro(inventory.distro, lifecycles, day),
        *_products(inventory.packages, lifecycles, day),
        *limited(inventory, lifecycles, day),
    ]
    return tuple(map(finding_of, found))


def _distro(
    distro: Distro | None, lifecycles: Lifecycles, day: str
) -> Iterable[Ending]:
    if distro is None:
        return
    # CentOS Linux and CentOS Stream share an id; only the name tells them apart.
    stream = distro.id == "centos" and "stream" in distro.name.lower()
    key = distro_key("centos-stream" if stream else distro.id)
    product = lifecycles.products([key]).get(key)
    version = distro.branch or distro.version
    if product is None or not version:
        return
    package = Package(
        type="os",
        name=distro.id,
        version=distro.version or version,
        locations=(Location(path=distro.path),) if distro.path else (),
    )
    extended = gets_extended(product.name, distro.channels)
    yield from _ending(product, package, version, day, extended=extended)


def _products(
    packages: Sequence[Package], lifecycles: Lifecycles, day: str
) -> Iterable[Ending]:
    keys: dict[str, list[Package]] = {}
    for package in packages:
        if package.type not in _OS_TYPES and package.version and not package.owner:
            name = normal_name(package.type, package.name)
            keys.setdefault(package_key(package.type, name), []).append(package)
    groups: dict[tuple[str, str], tuple[Product, list[Package]]] = {}
    for key, product in lifecycles.products(sorted(keys)).items():
        for package in keys[key]:
            group = (product.name, package.version)
            groups.setdefault(group, (product, []))[1].append(package)
    for (_, version), (product, held) in sorted(groups.items()):
        first, *others = sorted(held, key=lambda one: (len(one.name), one.name))
        also = tuple(one.name for one in others)
        yield from _ending(product, first, version, day, also=also)


def _ending(
    product: Product,
    package: Package,
    version: str,
    day: str,
    *,
    extended: bool = False,
    also: tuple[str, ...] = (),
) -> Iterable[Ending]:
    cycle = cycle_of(product, version)
    if cycle is None:
        return
    stands = standing(cycle, day, gets_extended=extended)
    if stands is None:
        return
    yield Ending(
        package=package,
        version=version,
        stands=stands,
        end=EndOfLife(
            product=product.name,
            label=product.label,
            cycle=cycle.name,
            ends=cycle.ends,
            extended=cycle.extended,
            days_left=stands.days_left,
            latest=cycle.latest,
            supported=supported_on(product, day),
        ),
        url=f"https://endoflife.date/{product.name}",
        constraint=f"= {cycle.name}.*",
        also=also,
    )
