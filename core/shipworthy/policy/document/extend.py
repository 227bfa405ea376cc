"""
From the policy that was asked for, and everything that it extends, to one :class:`~shipworthy.policy.rules.Policy`.

Documents are laid on each other bottom first: what a policy extends comes before it, in the order
in which it is named, and each document once, however many ways lead to it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import PurePath

from shipworthy.errors import UsageError
from shipworthy.model.verdict import PolicySource
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.table import ATOMS
from shipworthy.policy.document.fetch import Fetch, Fetched
from shipworthy.policy.document.problems import raise_all
from shipworthy.policy.document.read import Document, read_document
from shipworthy.policy.document.rulebook import Rulebook
from shipworthy.policy.document.settings import Placed, ScanOption
from shipworthy.policy.document.shared import SharedSettings, closure
from shipworthy.policy.rules import Policy
from shipworthy.policy.suppressions.limits import unmet
from shipworthy.values import dataclass


_DEEPEST = 8
_MOST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a policy file comes to."""

    policy: Policy
    options: tuple[ScanOption, ...] = ()
    """Defaults for the command's options, in the order of the file."""
    empty: bool = False
    """There is nothing in the file that was asked for."""


def load_policy(
    name: str,
    fetch: Fetch,
    *,
    options: Collection[str] | None = None,
    atoms: Mapping[str, Atom] = ATOMS,
) -> Loaded:
    """
    The policy called ``name``, with everything that it extends.

    Args:
        name: A path, or another reference that ``fetch`` knows.
        fetch: Gives documents.
        options: The names that ``scan`` may have; without it, any.
        atoms: The keys of ``when``.

    Raises:
        UsageError: With a line for everything that is wrong: with one document, or with how
            they stand to each other.
    """
    shelf = _Shelf(fetch, options, atoms)
    top = shelf.take(fetch(name, relative_to=""), ())
    rulebook, shared = Rulebook(), SharedSettings()
    for document in shelf.documents.values():
        below = closure(document.name, shelf.extended)
        rulebook.add(document)
        shared.add(document, below, top=document is top)
    shared.finish(rulebook)
    entries = tuple(
        entry
        for document in shelf.documents.values()
        for entry in document.suppressions
    )
    told = unmet(entries, shared.settings.limits, "")
    raise_all([*rulebook.told, *shared.told, *told])
    policy = Policy(
        rules=tuple(rulebook.rules.values()),
        suppressions=entries,
        settings=shared.settings,
        ignore_files=_beside(top.name, top.ignore_files),
        vex=_beside(top.name, top.vex),
        baseline=top.baseline,
        sources=tuple(shelf.sources),
    )
    return Loaded(policy=policy, options=top.scan, empty=top.empty)


class _Shelf:
    """The documents read so far, bottom first."""

    def __init__(
        self,
        fetch: Fetch,
        options: Collection[str] | None,
        atoms: Mapping[str, Atom],
    ) -> None:
        self._fetch = fetch
        self._options = options
        self._atoms = atoms
        self.documents: dict[str, Document] = {}
        self.extended: dict[str, tuple[str, ...]] = {}
        self.sources: list[PolicySource] = []

    def take(self, fetched: Fetched, above: tuple[str, ...]) -> Document:
        """Read one document and put it on top of all that it extends."""
        document = read_document(
            fetched.name, fetched.data, options=self._options, atoms=self._atoms
        )
        way = (*above, fetched.name)
        below: list[str] = []
        for reference in document.extends:
            base = self._base(reference, document, way)
            if base.name not in self.documents:
                self.take(base, way)
            below.append(base.name)
        self.documents[fetched.name] = document
        self.extended[fetched.name] = tuple(below)
        self.sources.append(PolicySource(name=fetched.name, digest=fetched.digest))
        return document

    def _base(
        self, reference: Placed[str], document: Document, way: tuple[str, ...]
    ) -> Fetched:
        """What a document extends; every failure names the line that asked for it."""
        if len(way) > _DEEPEST:
            raise UsageError(
                f"{reference.source}: extends: policies extend each other more than {_DEEPEST} deep"
            )
        many = len(self.documents) + len(way) >= _MOST
        if many or len(document.extends) > _MOST:
            raise UsageError(
                f"{reference.source}: extends: more than {_MOST} policies are put together"
            )
        try:
            base = self._fetch(reference.value, relative_to=document.name)
        except UsageError as error:
            raise UsageError(
                f"{reference.source}: extends: {error.lines[0]}",
                hint=error.hint,
                more=error.lines[1:],
            ) from None
        if base.name in way:
            circle = " → ".join((*way[way.index(base.name) :], base.name))
            raise UsageError(
                f"{reference.source}: extends: policies extend each other in a circle: {circle}"
            )
        return base


def _beside(policy: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Paths as they are from here; in the file they stand relative to its directory."""
    directory = PurePath(policy).parent
    return tuple(os.path.normpath(directory / path) for path in paths)
