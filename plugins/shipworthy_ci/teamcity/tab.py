"""
``report.zip``: what a report tab of TeamCity shows, whose start page must have one name in every build.

Of one image ``index.html`` is its page; of several it is a list of them that leads to their pages. The same reports give
the same bytes.
"""

from __future__ import annotations

import os
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from shipworthy.reports.markup import Html, esc
from shipworthy.reports.summary import headline, in_words, tally_of
from shipworthy_ci.facts import counts_of, facts_of
from shipworthy_ci.job import Job, Scanned


NAME = "report.zip"
START = "index.html"

_PAGE = "report.html"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLE = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#1a1a1a;background:#fff}td,th{text-align:left;padding:.3rem 1rem .3rem 0;vertical-align:top}"


def page_files(page: Path) -> dict[str, Path]:
    """The files of a page by their names: of one in a folder of its own, ``index.html``, all that stands beside it."""
    if page.name != START:
        return {page.name: page}
    beside = sorted(path for path in page.parent.iterdir() if path.is_file())
    return {path.name: path for path in beside}


def write_tab(job: Job) -> Path | None:
    """
    The archive in the report folder; nothing where no image has a page.

    Raises ``OSError`` where it cannot be read or written.
    """
    path = job.folder / NAME
    path.unlink(missing_ok=True)
    pages = dict(_pages(job))
    if not pages:
        return None
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(pages.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    temporary = path.with_name(f".{NAME}-{os.urandom(4).hex()}")
    temporary.write_bytes(buffer.getvalue())
    temporary.replace(path)
    return path


def _pages(job: Job) -> Iterator[tuple[str, bytes]]:
    shown = [one for one in job.scanned if "html" in one.reports]
    alone = len(job.scanned) == 1
    for one in shown:
        page = one.reports["html"]
        start = START if alone else _PAGE
        for name, path in page_files(page).items():
            inside = start if path == page else name
            yield inside if alone else f"{one.name}/{inside}", path.read_bytes()
    if shown and not alone:
        yield START, _list(job).encode("utf-8", "backslashreplace")


def _list(job: Job) -> str:
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    rows = "".join(_row(one) for one in job.scanned)
    title = esc(f"{job.title}: {facts_of(job).headline}")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        "<table><thead><tr><th>Image</th><th>Verdict</th><th>Findings</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></main></body></html>\n"
    )


def _row(one: Scanned) -> Html:
    name = esc(one.target)
    if one.document is None:
        return Html(f"<tr><td>{name}</td><td>Not scanned</td><td></td></tr>")
    verdict = esc(headline(one.document["verdict"]).words)
    found = esc(in_words(tally_of(counts_of(one.document).severities)))
    if "html" in one.reports:
        name = Html(f'<a href="{esc(one.name)}/{_PAGE}">{name}</a>')
    return Html(f"<tr><td>{name}</td><td>{verdict}</td><td>{found}</td></tr>")
