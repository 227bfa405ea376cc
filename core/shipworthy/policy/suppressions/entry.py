"""One entry that takes findings out of the verdict, whatever file it was written in."""

from __future__ import annotations

from typing import Literal

from shipworthy.model.advisory import FixState
from shipworthy.model.image import Origin
from shipworthy.values import dataclass


About = Literal["vulnerability", "config", "secret", "licence"]
"""What an entry can be about."""

MatchedBy = Literal["name", "source", "cpe"]
"""What a finding was told by: the package's own name, its source package's, or NVD's product configurations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """
    Takes out what meets all of its fields; one that is empty asks nothing.

    Fields with several values are met by any of them. Globs know ``*`` (not ``/``), ``**`` and ``?``.
    """

    reason: str
    ids: tuple[str, ...] = ()
    """Ids of vulnerabilities by any name, of advisories, of checks; case does not matter."""
    packages: tuple[str, ...] = ()
    """purls with or without version and qualifiers, or names; a ``*`` makes it a glob."""
    pattern: str = ""
    """A regular expression that the whole package name matches."""
    types: tuple[str, ...] = ()
    """purl types of packages."""
    versions: str = ""
    """A range in the package's own scheme: ``>=2.0, <2.15``."""
    paths: tuple[str, ...] = ()
    """Globs on the places of the package, without leading slash; every place must be met."""
    layers: tuple[str, ...] = ()
    """Indices, digests or diff IDs (or their beginnings), or globs on the instruction."""
    images: tuple[str, ...] = ()
    """Globs on the target, the tags and the digest of the image; an entry for other images is not unused."""
    origin: Origin | None = None
    fix_states: tuple[FixState, ...] = ()
    about: tuple[About, ...] = ("vulnerability",)
    until_fix: bool = False
    """It ends when there is a fix that this image can get."""
    expires: str = ""
    """The last day it holds, ``YYYY-MM-DD``."""
    owner: str = ""
    source: str = ""
    """Where it is written: ``shipworthy.yaml:14``, ``.trivyignore:3``, ``--ignore``."""
    source_pattern: str = ""
    """A regular expression that the whole name of the source package matches; met by no package that is its own source."""
    advised: str = ""
    """A regular expression that the whole name matches by which OSV calls the package: the source's of deb and apk, PyPI's by PEP 503, else its own."""
    distros: tuple[str, ...] = ()
    """Distributions with or without their release, whose OS packages are meant: ``alpine``, ``debian-12``."""
    groups: tuple[str, ...] = ()
    """Dependency groups of a manifest; known only of packages that carry the note ``group:NAME``."""
    matched_by: tuple[MatchedBy, ...] = ()
    aliases: bool = True
    """Whether an id may be any name of the vulnerability; where false, it is the finding's own or that of an advisory that matched."""
