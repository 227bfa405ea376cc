"""Where in the image it is and who put it there: ``path``, ``layer`` and ``origin``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.model.image import Layer, Origin
from shipworthy.model.package import Package
from shipworthy.policy.conditions.asking import (
    SOFTWARE,
    TEXTS,
    Question,
    among,
    one_or_many,
    texts,
)
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.globs import any_of, loose, matcher
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


_PLACED: frozenset[Kind] = frozenset({"finding", "package", "check"})
_INDEX = re.compile(r"[0-9]{1,4}", re.ASCII)
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{6,64})", re.ASCII)
_INSIDE = "!"
"""Ends the path of an archive before the path in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathIs(Question):
    """A place of it, or an archive that it is in, is meant by one of these globs."""

    kinds: ClassVar[frozenset[Kind]] = _PLACED
    paths: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where a place is meant; where no place is known, it cannot be told."""
        meant = any_of(map(matcher, self.paths))
        if view.kind == "check":
            return view.where(_path, lambda places: _anywhere(places, meant))
        return view.where_package(_paths, lambda places: _anywhere(places, meant))

    def doubt(self) -> str:
        """``without a known place``."""
        return "without a known place"

    def words(self) -> str:
        """``in usr/lib/**``."""
        return f"in {one_or_many(self.paths)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerIs(Question):
    """One of the layers that it is in is meant: by index, digest or instruction."""

    kinds: ClassVar[frozenset[Kind]] = _PLACED
    layers: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where such a layer brought it; where the layer is not known, it cannot be told."""
        layers = view.facts.scanned.image.layers
        meant = [layer_meant(text) for text in self.layers]
        known = {
            layer.index: _told([means(layer) for means in meant]) for layer in layers
        }

        def in_one(found: tuple[int, ...]) -> bool | None:
            return _told([known.get(index) for index in found])

        if view.kind == "check":
            return view.where(_layer_of, in_one)
        return view.where_package(_layers, in_one)

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The layers, of a target that shows none."""
        if facts.scanned.image.layers:
            return ()
        return ("the layers of the image, which this target does not show",)

    def doubt(self) -> str:
        """``of an unknown layer``."""
        return "of an unknown layer"

    def words(self) -> str:
        """``in layer 3``."""
        return f"in layer {one_or_many(self.layers)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginIs(Question):
    """It came with the base image, or was added on top; where that is not known, it cannot be told."""

    kinds: ClassVar[frozenset[Kind]] = SOFTWARE
    origin: Origin

    def select(self, view: View) -> Selection:
        """Where it came so."""
        return view.where(
            _origin,
            lambda origin: None if origin == "unknown" else origin == self.origin,
        )

    def doubt(self) -> str:
        """``of unknown origin``."""
        return "of unknown origin"

    def words(self) -> str:
        """``from the base image``."""
        return "from the base image" if self.origin == "base" else "from our own layers"


def layer_meant(text: str) -> Callable[[Layer], bool | None]:
    """
    Whether ``text`` means a layer: its index, a digest or the beginning of one, or a glob on its instruction.

    ``None`` where it is a glob and the layer's instruction is not known.
    """
    if _INDEX.fullmatch(text):
        return lambda layer: layer.index == int(text)
    digest = _DIGEST.fullmatch(text.lower())
    if digest:
        start = f"sha256:{digest[1]}"
        return lambda layer: (
            layer.digest.startswith(start) or layer.diff_id.startswith(start)
        )
    meant = loose(text)
    return lambda layer: meant(layer.instruction) if layer.instruction else None


def _told(answers: Sequence[bool | None]) -> bool | None:
    """Yes where one is; no where all are; else it is not known."""
    if True in answers:
        return True
    return None if None in answers or not answers else False


def _anywhere(
    places: Iterable[str] | None, meant: Callable[[str], bool]
) -> bool | None:
    if places is None:
        return None
    return any(meant(outer) for place in places for outer in _and_archives(place))


def _and_archives(path: str) -> Iterable[str]:
    """``a.war!/b.jar`` and the archives that hold it: ``a.war``."""
    yield path
    while _INSIDE in path:
        path = path.rpartition(_INSIDE)[0]
        yield path


def _paths(package: Package) -> tuple[str, ...] | None:
    """The places; ``None`` where the package tells none."""
    return tuple(place.path for place in package.locations) or None


def _path(check: Check) -> tuple[str, ...]:
    """Where it is; a setting of the image is nowhere."""
    return (check.path,) if check.path else ()


def _layers(package: Package) -> tuple[int, ...]:
    return tuple(sorted({place.layer for place in package.locations}))


def _layer_of(check: Check) -> tuple[int, ...]:
    return (check.layer,)


def _origin(subject: Finding | Package) -> Origin:
    return subject.origin


def _globs(value: object) -> PathIs:
    return PathIs(paths=texts(value, "a path or a glob on it, such as usr/lib/**"))


def _layer(value: object) -> LayerIs:
    given = value if isinstance(value, list) else [value]
    plain = [
        str(one) if isinstance(one, int) and not isinstance(one, bool) else one
        for one in given
    ]
    what = "the index or digest of a layer or a glob on its instruction"
    found = texts(plain, what)
    if any(text.startswith("-") for text in found):
        raise Expected(f"{what}; the lowest layer is 0")
    return LayerIs(layers=found)


def _came(value: object) -> OriginIs:
    words = among(value, ("base", "own"), "where it came from")
    if len(words) != 1:
        raise Expected("base or own")
    return OriginIs(origin="base" if words[0] == "base" else "own")


ATOMS = (
    Atom(
        key="path",
        parse=_globs,
        schema=TEXTS,
        words="a place of it is meant by one of these globs",
    ),
    Atom(
        key="layer",
        parse=_layer,
        schema={
            "oneOf": [
                {"type": ["integer", "string"]},
                {"type": "array", "items": {"type": ["integer", "string"]}},
            ]
        },
        words="a layer that it is in: index, digest or diff ID (or its beginning), or a glob on its instruction",
    ),
    Atom(
        key="origin",
        parse=_came,
        schema={"enum": ["base", "own"]},
        words="it came with the base image, or was added on top",
    ),
)
