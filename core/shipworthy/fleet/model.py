"""What is kept of each result, so that some hundred of them can be seen together in little memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from shipworthy.model.advisory import Severity
from shipworthy.reports.summary import Headline


GroupBy = Literal["repository", "image", "target"]
"""What the results of one image have in common: its repository, or its whole name with the tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding, as far as images are compared by it."""

    mark: str
    """The fingerprint, or what stands for one in results of older releases."""
    id: str
    kind: str
    type: str
    package: str
    source: str
    """The source package that it was built from; its own name where none is told."""
    version: str
    severity: Severity
    risk: float
    exploited: bool
    fixable: bool
    layer: int
    """Index of its layer; -1 where none is told."""
    origin: str
    title: str
    support: tuple[str, str] = ("", "")
    """What ends and when, of an end of support."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action of a result's plan."""

    kind: str
    title: str
    command: str
    layer: int
    upgrades: tuple[tuple[str, str, str], ...]
    """Type, name and version to install of each package it upgrades."""
    closes: tuple[str, ...]
    """Marks of the findings that it closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """
    One result.

    ``findings`` and ``steps`` are kept of the two newest results of an image alone; all else is kept of all.
    """

    digest: str
    """Of the result's content, however the file is written or compressed."""
    file: str
    report: str = ""
    """Where the image's own page lies, as a link; empty where there is none."""
    name: str
    """What its results have in common, by :data:`GroupBy`."""
    reference: str
    names: tuple[str, ...]
    """Everything that a list of expected images may call it."""
    platform: str
    created: str
    day: str
    """The day that was judged by; empty where none is told."""
    database: str
    """Date of the database."""
    head: Headline
    summary: str
    reasons: tuple[str, ...]
    """Why it does not ship, or cannot be told to: the rules that are not passed."""
    complete: bool
    unread: tuple[str, ...]
    """What stayed unread, and why."""
    counts: tuple[int, ...]
    """Findings by severity, worst first."""
    fixable: tuple[int, ...]
    exploited: int
    suppressed: int
    """Findings that the policy took out."""
    risk: float
    system: str
    layers: tuple[str, ...]
    """Diff IDs, bottom first."""
    base: str
    """The base image's name, where the image tells one."""
    findings: tuple[Found, ...] = field(default=(), repr=False)
    steps: tuple[Step, ...] = field(default=(), repr=False)

    @property
    def order(self) -> tuple[str, ...]:
        """Sorts the results of an image by time; the same whatever order they were read in."""
        return (self.day, self.database, self.created, self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file or directory that should have been read and could not be."""

    file: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image with all its results."""

    label: str
    """Its name, with the platform where another platform of it is there too."""
    scans: tuple[Scan, ...]
    """Oldest first; at least one."""

    @property
    def newest(self) -> Scan:
        """The result that counts."""
        return self.scans[-1]

    @property
    def previous(self) -> Scan | None:
        """The result before that."""
        return self.scans[-2] if len(self.scans) > 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """All that was read."""

    images: tuple[Image, ...]
    """By label."""
    unreadable: tuple[Unreadable, ...] = ()
    others: tuple[str, ...] = ()
    """Files below a directory that are JSON and no results."""
    copies: int = 0
    """Results that were there more than once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the caller wants to know beyond the results."""

    expected: tuple[str, ...] | None = None
    """Names of images that should have been scanned; ``None`` where nobody says."""
    at: str = ""
    """The day that ages are counted to; empty: the newest result's."""
    max_age: int | None = None
    """Days after which a result is stale."""
