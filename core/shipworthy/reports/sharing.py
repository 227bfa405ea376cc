"""
What several reports of one document have in common, worked out once.

Who renders several formats says by :func:`sharing` that the document stays as it is meanwhile; a report asks
:func:`once` for what others need too. Most of what thousands of findings hold is their vulnerability's or their
package's: a function of nothing else is :func:`common` to all findings that are alike. Without that promise everything is worked out anew, so that a report depends on nothing but the
document that it is handed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from operator import itemgetter
from typing import Any, Concatenate, ParamSpec, TypeVar, cast


Document = Mapping[str, Any]
Value = TypeVar("Value")
More = ParamSpec("More")

OF_VULNERABILITY = (
    "id",
    "aliases",
    "title",
    "description",
    "cvss",
    "epss",
    "kev",
    "exploits",
    "references",
)
"""What a finding says of its vulnerability, wherever that is; findings of one id need not agree on it."""

_VARIANTS = 8  # of one name that are remembered: findings of one id hardly ever differ

_FACTS = ""
_NOTHING = object()
_told = itemgetter(*OF_VULNERABILITY)

_Made = dict[object, Any]
"""What was made of what some findings or packages have in common; the facts themselves stand under :data:`_FACTS`."""


@dataclass(slots=True)
class _Held:
    """A document that nobody changes, and what was worked out of it."""

    document: Document
    known: dict[object, object] = field(default_factory=dict)
    alike: dict[int, _Made] = field(default_factory=dict)
    """By the identity of a finding, and of what a finding says of its package; found when first asked for."""

    def found(self) -> dict[int, _Made]:
        """What is alike, looked for."""
        self.alike = _alike(self.document)
        return self.alike


_HELD: ContextVar[_Held | None] = ContextVar("shipworthy_shared", default=None)


@contextmanager
def sharing(document: Document) -> Iterator[object]:
    """While it is open, what is worked out of ``document`` is remembered in the value, and nobody changes it."""
    held = _Held(document)
    token = _HELD.set(held)
    try:
        yield held
    finally:
        _HELD.reset(token)


def shared() -> Document | None:
    """The document that is shared now, if any is."""
    held = _HELD.get()
    return held.document if held else None


def once(work: Callable[[Document], Value], document: Document) -> Value:
    """``work(document)``, worked out once where the document is shared; nobody may change it."""
    held = _HELD.get()
    if held is None or held.document is not document:
        return work(document)
    known = held.known
    if work not in known:
        known[work] = work(document)
    return cast("Value", known[work])


def common(
    work: Callable[Concatenate[Document, More], Value],
) -> Callable[Concatenate[Document, More], Value]:
    """
    ``work`` as a function that is made once for all that are alike, where the document is shared.

    Its first argument is a finding, of which it is handed :data:`OF_VULNERABILITY` and nothing else, or what a finding
    says of its package. What more it is given, by position, must be hashable. What it returns is everybody's, and nobody may change it.
    """

    @wraps(work)
    def made_once(one: Document, /, *more: Any) -> Value:
        held = _HELD.get()
        made = (held.alike or held.found()).get(id(one)) if held else None
        if made is None:
            return told(one, *more)
        key = (work, more) if more else work
        value: Value = made.get(key, _NOTHING)
        if value is _NOTHING:
            value = made[key] = told(made[_FACTS], *more)
        return value

    told = cast("Callable[..., Value]", work)
    return cast("Callable[Concatenate[Document, More], Value]", made_once)


def _alike(document: Document) -> dict[int, _Made]:
    """What is made of each finding's vulnerability and package, one value for all that say the same of them."""
    vulnerabilities: dict[str, list[tuple[object, _Made]]] = {}
    packages: dict[str, list[tuple[object, _Made]]] = {}
    found: dict[int, _Made] = {}
    findings = [*document["findings"]]
    findings += (item["finding"] for item in document["suppressed"])
    for finding in findings:
        told = _told(finding)
        made = _known(vulnerabilities, finding["id"], told)
        if not made:
            made[_FACTS] = dict(zip(OF_VULNERABILITY, told, strict=True))
        found[id(finding)] = made
        package = finding["package"]
        made = found[id(package)] = _known(packages, package["purl"], package)
        made.setdefault(_FACTS, package)
    return found


def _known(
    known: dict[str, list[tuple[object, _Made]]], name: str, facts: object
) -> _Made:
    """The one of that name with the same facts; empty where it is new."""
    named = known.setdefault(name, [])
    for others, made in named:
        if others == facts:
            return made
    new: _Made = {}
    if len(named) < _VARIANTS:
        named.append((facts, new))
    return new
