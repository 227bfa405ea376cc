"""
What several reports of one document have in common, worked out once.

Who renders several formats says by :func:`sharing` that the document stays as it is meanwhile; a report asks
:func:`once` for what others need too. Without that promise everything is worked out anew, so that a report
depends on nothing but the document that it is handed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast


Document = Mapping[str, Any]
Value = TypeVar("Value")

_Held = tuple[Document, dict[Callable[[Document], object], object]]
_HELD: ContextVar[_Held | None] = ContextVar("shipworthy_shared", default=None)


@contextmanager
def sharing(document: Document) -> Iterator[None]:
    """While it is open, :func:`once` remembers what was worked out of ``document``, which nobody changes."""
    token = _HELD.set((document, {}))
    try:
        yield
    finally:
        _HELD.reset(token)


def shared() -> Document | None:
    """The document that is shared now, if any is."""
    held = _HELD.get()
    return held[0] if held else None


def once(work: Callable[[Document], Value], document: Document) -> Value:
    """``work(document)``, worked out once where the document is shared; nobody may change it."""
    held = _HELD.get()
    if held is None or held[0] is not document:
        return work(document)
    known = held[1]
    if work not in known:
        known[work] = work(document)
    return cast("Value", known[work])
