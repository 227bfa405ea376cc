"""Where an image's own page lies, as a link that leads nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from shipworthy.errors import UsageError
from shipworthy.fleet.files import SUFFIXES, Source
from shipworthy.reports.text import URL_LIMIT, link


_OTHERS = ("report.html", "report/index.html")
"""Pages that lie beside a result of any name."""


def link_base(text: str) -> str:
    """
    ``text`` as the start of every link: an ``http`` or ``https`` address, or a relative path.

    Raises ``UsageError`` for another scheme and for an absolute path.
    """
    if not text:
        return ""
    if "://" in text:
        if not link(text):
            raise UsageError(f"--link-base {text}: not an address of http or https")
        return text.rstrip("/")
    if text.startswith(("/", "\\")):
        raise UsageError(f"--link-base {text}: expected an address or a relative path")
    return _relative(text.rstrip("/"))


def report_of(source: Source, *, start: Path, base: str = "") -> str:
    """
    The link to the page beside the result: ``app.html`` beside ``app.json``, or the report that a pipeline's step writes.

    Nothing where none lies there. It leads from the directory ``start``, or to the same place below ``base`` (of :func:`link_base`) as the
    page has below the directory that was named.
    """
    name = source.path.name
    ending = next((one for one in reversed(SUFFIXES) if name.endswith(one)), "")
    if not ending:
        return ""
    folder = source.path.parent
    names = (name.removesuffix(ending) + ".html", *_OTHERS)
    try:
        page = next((folder / one for one in names if _is_page(folder / one)), None)
        if page is None:
            return ""
        if base:
            made = f"{base}/{_quoted(os.path.relpath(page, source.root))}"
        else:
            made = _relative(os.path.relpath(page.resolve(), start.resolve()))
    except (OSError, ValueError):
        return ""
    return made if len(made) <= URL_LIMIT else ""


def _is_page(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.parent.is_symlink()


def _relative(path: str) -> str:
    """A relative path that no browser takes for a scheme or a host."""
    made = _quoted(path)
    return made if made.startswith("../") else f"./{made.removeprefix('./')}"


def _quoted(path: str) -> str:
    return quote(os.fsencode(path.replace(os.sep, "/")))
