"""
One entry made ready to be held against many findings.

Everything that the entry says is read once; what cannot be read fits nothing. Whether the entry
still holds is not asked here, only whom it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from shipworthy.errors import ShipworthyError
from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.model.image import Layer
from shipworthy.model.package import Distro
from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.patterns import matcher as expression
from shipworthy.policy.suppressions.entry import About, Suppression
from shipworthy.policy.suppressions.further import asks_further, further
from shipworthy.policy.suppressions.packages import (
    Subject,
    named,
    scheme_of_type,
)
from shipworthy.policy.suppressions.places import layers_met, on_paths
from shipworthy.versions.constraint import satisfies


LOOKED_FOR: dict[About, str] = {
    "vulnerability": "vulnerabilities",
    "config": "config",
    "secret": "secrets",
    "licence": "licences",
}
"""What a scan must have looked for to have anything that such an entry is about."""


_OF_A_VULNERABILITY = re.compile(
    r"CVE-|GHSA-|[A-Z]+(?:-[A-Z]+)*-(?:19|20)[0-9]{2}[-:]", re.IGNORECASE
)


class Compiled:
    """
    An entry and whom it is about.

    Args:
        entry: The entry, from whatever file.
        layers: The image's layers, for those that the entry names.
        distro: The image's distribution.
    """

    __slots__ = (
        "_further",
        "_layers",
        "_on_paths",
        "_origins",
        "_tests",
        "entry",
        "ids",
        "names",
        "on_name",
        "types",
    )

    def __init__(
        self,
        entry: Suppression,
        layers: Sequence[Layer],
        distro: Distro | None = None,
    ) -> None:
        self.entry = entry
        self._further = further(entry, distro)
        self.ids = frozenset(id_.casefold() for id_ in entry.ids if id_)
        self.names = names = tuple(named(text) for text in entry.packages)
        self._tests: list[Callable[[Subject], bool]] = []
        self.types = types = frozenset(type_.lower() for type_ in entry.types)
        if types:
            self._tests.append(lambda subject: subject.package.type in types)
        if names:
            fits = [name.fits for name in names]
            self._tests.append(lambda subject: any(fit(subject) for fit in fits))
        self.on_name = on_name = _on_names(entry.pattern) if entry.pattern else None
        if on_name is not None:
            self._tests.append(lambda subject: on_name(subject.package.name))
        self._on_paths = on_paths(entry.paths) if entry.paths else None
        self._layers = layers_met(entry.layers, layers) if entry.layers else None
        by_origin = layers if entry.origin else ()
        self._origins = {layer.index: layer.origin for layer in by_origin}

    @property
    def says_whom(self) -> bool:
        """Whether it asks anything of what it takes; one that does not is a mistake and takes nothing."""
        entry = self.entry
        return bool(
            entry.ids
            or entry.paths
            or entry.layers
            or entry.images
            or entry.origin
            or self._is_about_packages
        )

    def could_fit_more(self, looked_for: Collection[str]) -> bool:
        """Whether a scan that looks for more than ``looked_for`` could have found something for it."""
        ids = self.entry.ids
        if ids and all(map(_OF_A_VULNERABILITY.match, ids)):
            return "vulnerabilities" not in looked_for
        return any(LOOKED_FOR[kind] not in looked_for for kind in self.entry.about)

    def fits_package(self, subject: Subject) -> bool:
        """Whether the package is one that the entry is about, in all of its places."""
        for test in self._tests:
            if not test(subject):
                return False
        places = subject.package.locations
        if self._on_paths is not None and not self._on_paths([p.path for p in places]):
            return False
        if self._layers is not None and not (
            places and all(place.layer in self._layers for place in places)
        ):
            return False
        versions = self.entry.versions
        return not versions or _is_in(subject, versions)

    def fits_rest(self, finding: Finding) -> bool:
        """Whether the finding is one by what is not said by its ids and its package."""
        entry = self.entry
        if "vulnerability" not in entry.about:
            return False
        if entry.origin and (
            entry.origin == "unknown" or finding.origin != entry.origin
        ):
            return False
        if entry.fix_states and finding.fix_state not in entry.fix_states:
            return False
        return self._further is None or self._further(finding)

    def fits_check(self, check: Check) -> bool:
        """Whether what a check found is what the entry is about; one about packages is not."""
        entry = self.entry
        if check.kind not in entry.about or self._is_about_packages:
            return False
        if entry.ids and check.id.casefold() not in self.ids:
            return False
        if self._on_paths is not None and not (
            check.path and self._on_paths([check.path.removeprefix("/")])
        ):
            return False
        if self._layers is not None and check.layer not in self._layers:
            return False
        origin = self._origins.get(check.layer, "unknown")
        return not entry.origin or origin == entry.origin != "unknown"

    @property
    def _is_about_packages(self) -> bool:
        entry = self.entry
        return bool(
            entry.packages
            or entry.pattern
            or entry.types
            or entry.versions
            or entry.fix_states
            or asks_further(entry)
        )


def _on_names(pattern: str) -> Callable[[str], bool]:
    """Whether a name as a whole is met by a regular expression; a broken one meets none."""
    try:
        meets = expression(pattern)
    except Expected:
        return lambda name: False  # noqa: ARG005  # whatever it is
    known: dict[str, bool] = {}

    def test(name: str) -> bool:
        found = known.get(name)
        if found is None:
            found = known[name] = meets(name)
        return found

    return test


def _is_in(subject: Subject, versions: str) -> bool:
    """Whether the package's version is in a range of its own scheme; what cannot be compared is not."""
    scheme = scheme_of_type(subject.package.type)
    if not scheme or not versions.strip():
        return False
    try:
        return satisfies(scheme, subject.package.version, versions)
    except ShipworthyError:
        return False
