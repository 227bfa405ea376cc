"""
Names of products: CPE 2.2 URIs as Red Hat writes them, and which of them hold for which.

Source: NISTIR 7695 (CPE naming) and 7696 (name matching), and Red Hat's own use of them
(https://redhatproductsecurity.github.io/security-data-guidelines/cpe/). What a publisher
limits a statement to is a pattern: an attribute that it leaves out may be anything. Red Hat
also means by ``openshift:4`` every ``openshift:4.13``, which the standard does not: there the
pattern's text only has to begin the name's.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shipworthy.values import dataclass


_URI = re.compile(r"cpe:/([aoh]?)((?::[^:\s]{0,200}){0,6})", re.ASCII)
_ANY = frozenset({"", "*"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpe:
    """A CPE in its attributes; an empty one is any."""

    part: str
    """``a`` application, ``o`` operating system, ``h`` hardware."""
    vendor: str = ""
    product: str = ""
    version: str = ""
    update: str = ""
    edition: str = ""
    language: str = ""

    @property
    def attributes(self) -> tuple[str, ...]:
        """All attributes in the order of the URI."""
        return (
            self.part,
            self.vendor,
            self.product,
            self.version,
            self.update,
            self.edition,
            self.language,
        )


@lru_cache(maxsize=1 << 14)
def parse_cpe(text: str) -> Cpe | None:
    """The attributes of a CPE URI, in lower case; ``None`` where it is none."""
    found = _URI.fullmatch(text.lower())
    if found is None:
        return None
    rest = found[2].split(":")[1:] if found[2] else []
    vendor, product, version, update, edition, language = (*rest, *[""] * 6)[:6]
    return Cpe(
        part=found[1],
        vendor=vendor,
        product=product,
        version=version,
        update=update,
        edition=edition,
        language=language,
    )


@lru_cache(maxsize=1 << 16)
def holds_for(pattern: str, name: str) -> bool:
    """
    Tell whether a statement on ``pattern`` is on the product ``name``.

    It is where ``pattern`` is a superset of ``name``, or where its text begins the text of
    ``name`` (Red Hat's way). What is no CPE holds for nothing.
    """
    wide, narrow = parse_cpe(pattern), parse_cpe(name)
    if wide is None or narrow is None:
        return False
    pairs = zip(wide.attributes, narrow.attributes, strict=True)
    if all(one in _ANY or one == other for one, other in pairs):
        return True
    return _text(narrow).startswith(_text(wide).rstrip(":*"))


def _text(cpe: Cpe) -> str:
    """The name with every attribute, ``*`` where it may be anything, as CPE 2.3 writes it."""
    return ":".join("*" if text in _ANY else text for text in cpe.attributes)
