"""
Statements filed by what they are about, so that a finding is held against few of them.

Filed by vulnerability and by the key of the package that it is in; which products are the scanned image is told once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field

from shipworthy.model.finding import Finding
from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro, Package
from shipworthy.policy.vex.limits import within
from shipworthy.policy.vex.parents import Parents
from shipworthy.policy.vex.statement import (
    CAREFUL,
    VexComponent,
    VexProduct,
    VexStatement,
)
from shipworthy.policy.vex.subject import subject_of
from shipworthy.policy.vex.things import Key, Pattern, Thing, pattern_of, thing_of
from shipworthy.policy.vex.ways import Rank
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True)
class Meant:
    """What a component of a statement can be in this image."""

    image: bool
    """It is the image itself."""
    patterns: tuple[Pattern, ...]
    versions: tuple[str, ...]

    def covers(self, thing: Thing) -> bool:
        """Whether it is that package."""
        if not any(p.key in thing.keys and p.covers(thing) for p in self.patterns):
            return False
        if not self.versions:
            return True
        return thing.package is not None and within(self.versions, thing.package)


@dataclass(frozen=True, slots=True)
class Filed:
    """One way in which a statement can cover a package."""

    statement: int
    part: Meant
    """What the package has to be, or the product where the statement is on all that is in it."""
    holders: tuple[Meant, ...] = ()
    """What has to contain it, the outermost first; nothing but the image where there are none."""


class Naming:
    """What names in statements mean in one scan."""

    def __init__(
        self,
        image: ImageInfo,
        distro: Distro | None,
        packages: Sequence[Package],
        refs: Mapping[str, str],
    ) -> None:
        self._subject = subject_of(image, distro)
        self._distro = distro
        self._refs = refs
        self._packages = packages
        self._meant: dict[VexComponent, Meant] = {}
        self._things: dict[str, Thing | None] = {}
        self._by_purl = {package.purl: package for package in packages}
        self._by_key: dict[Key, list[Thing]] | None = None

    def meant(self, component: VexComponent) -> Meant:
        """What the component can be."""
        if component not in self._meant:
            self._meant[component] = self._look_up(component)
        return self._meant[component]

    def thing(self, package: Package) -> Thing | None:
        """The package of a finding."""
        if package.purl not in self._things:
            self._things[package.purl] = thing_of(package.purl, package, self._distro)
        return self._things[package.purl]

    def thing_under(self, purl: str) -> Thing | None:
        """The package that goes by a purl, as far as it is known."""
        if purl not in self._things:
            package = self._by_purl.get(purl)
            self._things[purl] = thing_of(purl, package, self._distro)
        return self._things[purl]

    def is_there(self, component: VexComponent) -> bool:
        """Whether it is the image or installed anywhere in it."""
        meant = self.meant(component)
        if meant.image:
            return True
        if self._by_key is None:
            self._by_key = {}
            for package in self._packages:
                if (thing := self.thing(package)) is not None:
                    for key in thing.keys:
                        self._by_key.setdefault(key, []).append(thing)
        return any(
            meant.covers(thing)
            for pattern in meant.patterns
            for thing in self._by_key.get(pattern.key, ())
        )

    def _look_up(self, component: VexComponent) -> Meant:
        names = component.names
        subject = self._subject
        if component.bom:
            serial = component.bom.removeprefix("urn:uuid:")
            version = subject.serial_version or component.bom_version
            if serial != subject.serial or version != component.bom_version:
                return _NOTHING
            if not component.ref:
                return Meant(True, (), ())
            names = (self._refs.get(component.ref, component.ref),)
        image = any(subject.is_called(name) for name in names) or any(
            subject.has(digest) for digest in component.hashes
        )
        found = (pattern_of(name) for name in names)
        return Meant(
            image, tuple(p for p in found if p is not None), component.versions
        )


_NOTHING = Meant(False, (), ())


@dataclass(slots=True)
class Index:
    """The statements on one vulnerability."""

    anything: list[int] = field(default_factory=list)
    """Those on the image as a whole; the one that counts most of them, or none."""
    parts: dict[Key, list[Filed]] = field(default_factory=dict)
    """Those on a package inside a product, by the package."""
    products: dict[Key, list[Filed]] = field(default_factory=dict)
    """Those on a product as a whole, by the product."""


def indexed(
    statements: Sequence[VexStatement],
    findings: Sequence[Finding],
    naming: Naming,
) -> dict[str, Index]:
    """
    The statements by the name of the vulnerability, in small letters.

    Those on others are left out, and so are those of a document that is there in a later version.
    """
    wanted = {name for finding in findings for name in names_of(finding)}
    latest: dict[tuple[int, str], int] = {}
    for statement in statements:
        document = (statement.precedence, statement.document)
        if statement.document and statement.version > latest.get(document, 0):
            latest[document] = statement.version
    found: dict[str, Index] = {}
    for at, statement in enumerate(statements):
        names = {name.casefold() for name in statement.vulnerabilities} & wanted
        document = (statement.precedence, statement.document)
        if not names or statement.version < latest.get(document, 0):
            continue
        for product in statement.products:
            if all(naming.is_there(one) for one in product.beside):
                for name in names:
                    _file(found.setdefault(name, Index()), at, product, naming)
    for index in found.values():
        # There may be thousands, and they are the same for every finding.
        index.anything = sorted(index.anything, key=lambda at: rank(statements, at))[
            -1:
        ]
    return found


def rank(statements: Sequence[VexStatement], at: int) -> Rank:
    """How much a statement counts beside others."""
    one = statements[at]
    return Rank(one.precedence, one.time, CAREFUL[one.status], at)


def names_of(finding: Finding) -> Collection[str]:
    """What the finding's vulnerability goes by, in small letters."""
    return {name.casefold() for name in (finding.id, *finding.aliases)}


def _file(index: Index, at: int, product: VexProduct, naming: Naming) -> None:
    whole = naming.meant(product.component)
    outer = tuple(
        meant for one in product.within if not (meant := naming.meant(one)).image
    )
    parts = [naming.meant(one) for one in product.subcomponents]
    if whole.image:
        if not parts:
            index.anything.append(at)
        for part in parts:
            _file_part(index, Filed(at, part, outer), part)
    if not whole.patterns:
        return
    for part in parts:
        _file_part(index, Filed(at, part, (*outer, whole)), part)
    if not parts:
        for key in dict.fromkeys(pattern.key for pattern in whole.patterns):
            index.products.setdefault(key, []).append(Filed(at, whole, outer))


def _file_part(index: Index, filed: Filed, part: Meant) -> None:
    for key in dict.fromkeys(pattern.key for pattern in part.patterns):
        index.parts.setdefault(key, []).append(filed)


def ancestors(parents: Parents, purl: str, most: int) -> Iterator[str]:
    """Everything that contains the package, without the image and without repetition."""
    seen = {purl}
    waiting = [purl]
    while waiting and len(seen) <= most:
        for parent in parents.of(waiting.pop()):
            if parent and parent not in seen:
                seen.add(parent)
                waiting.append(parent)
                yield parent
