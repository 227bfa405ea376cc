"""
Finding the entries that a finding fits without asking every entry about every finding.

Entries with ids are looked up by id; the others by the last part of the package's name, by what must
be in its name or its place, by its type, or asked about every package once. Packages, and their
URLs, are looked at once each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro
from shipworthy.policy.naming import Named, Subject
from shipworthy.policy.suppressions.compiled import Compiled
from shipworthy.policy.suppressions.places import literal_of


_Test = tuple[str, Callable[[str], bool], int]
"""What must be in a text, what tells the rest, and the entry that asks for it."""


class Index:
    """
    The entries of one policy.

    Args:
        entries: Those that may fit here, with their places among all.
        distro: The image's, for the names of its release.
    """

    def __init__(
        self, entries: Iterable[tuple[int, Compiled]], distro: Distro | None
    ) -> None:
        self._distro = distro
        self._entries = dict(entries)
        self._by_id: dict[str, list[int]] = {}
        self._hits: dict[str, tuple[int, ...]] = {}
        self._by_key: dict[str, list[int]] = {}
        self._by_type: dict[str, list[int]] = {}
        self._on_name: list[_Test] = []
        self._on_url: list[_Test] = []
        self._on_path: list[_Test] = []
        self._others: list[int] = []
        self._subjects: dict[int, tuple[Subject, tuple[int, ...]]] = {}
        for at, entry in self._entries.items():
            self._file(at, entry)
        self._without_ids = [
            at for at, entry in self._entries.items() if not entry.entry.ids
        ]

    def fitting(self, finding: Finding) -> Sequence[int]:
        """The entries that ``finding`` fits, in their order."""
        if not self._entries:
            return ()
        subject, found = self._subject(finding)
        hits = self._named(finding) if self._by_id else ()
        if not hits and not found:
            return ()
        entries = self._entries
        by_name = [at for at in hits if entries[at].fits_package(subject)]
        return sorted(at for at in (*by_name, *found) if entries[at].fits_rest(finding))

    def fitting_check(self, check: Check) -> Sequence[int]:
        """The entries that what a check found fits, in their order."""
        asked = (*self._by_id.get(check.id.casefold(), ()), *self._without_ids)
        return sorted(at for at in asked if self._entries[at].fits_check(check))

    def _named(self, finding: Finding) -> Collection[int]:
        """The entries that name the finding by its id, an alias or an advisory."""
        hits: set[int] = set()
        for name in (finding.id, *finding.aliases):
            if met := self._entries_on(name):
                hits.update(met)
        for advisory in finding.advisories:
            if met := self._entries_on(advisory.id):
                hits.update(met)
        return hits

    def _entries_on(self, name: str) -> tuple[int, ...]:
        """The entries of one name, remembered as it is spelled."""
        found = self._hits.get(name)
        if found is None:
            found = self._hits[name] = tuple(self._by_id.get(name.casefold(), ()))
        return found

    def _file(self, at: int, entry: Compiled) -> None:
        """Put an entry where it is found by the narrowest thing that it asks for."""
        says = entry.entry
        if says.ids:
            _put(self._by_id, entry.ids, at)
        elif entry.names:
            for name in entry.names:
                self._file_name(at, name)
        elif entry.on_name is not None:
            self._on_name.append(("", entry.on_name, at))
        elif says.paths:
            self._on_path += [(literal_of(p), _always, at) for p in says.paths]
        elif says.types:
            _put(self._by_type, entry.types, at)
        else:
            self._others.append(at)

    def _file_name(self, at: int, name: Named) -> None:
        if name.meets is None:
            _put(self._by_key, (name.key,), at)
        elif name.on_url:
            self._on_url.append((name.literal, name.meets, at))
        else:
            self._on_name.append((name.literal, name.meets, at))

    def _subject(self, finding: Finding) -> tuple[Subject, tuple[int, ...]]:
        """The finding's package, and the entries without ids that it fits."""
        # By identity: a package has tens of thousands of files, and hashing it reads them all.
        package = finding.package
        known = self._subjects.get(id(package))
        if known is None:
            subject = Subject(package, self._distro)
            fits = tuple(
                at
                for at in self._wanted(subject)
                if self._entries[at].fits_package(subject)
            )
            known = self._subjects[id(package)] = subject, fits
        return known

    def _wanted(self, subject: Subject) -> set[int]:
        """The entries without ids that are worth a look."""
        package = subject.package
        wanted = {*self._others, *self._by_type.get(package.type, ())}
        for key in subject.keys:
            wanted.update(self._by_key.get(key, ()))
        for name in subject.names:
            wanted.update(_met(self._on_name, name))
        if self._on_url:
            for url in subject.plain:
                wanted.update(_met(self._on_url, url))
        if package.locations:
            wanted.update(_met(self._on_path, package.locations[0].path))
        return wanted


def _met(tests: Sequence[_Test], text: str) -> list[int]:
    return [at for literal, meets, at in tests if literal in text and meets(text)]


def _put(index: dict[str, list[int]], keys: Iterable[str], at: int) -> None:
    for key in keys:
        index.setdefault(key, []).append(at)


def _always(text: str) -> bool:
    """Every place is looked at when the entry itself is asked."""
    del text
    return True
