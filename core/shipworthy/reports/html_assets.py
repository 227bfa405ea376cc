"""
What the HTML page needs beside its text: style, script and icon, inside it or as files beside it.

Inside, a content security policy (W3C CSP level 3) names style and script by their digests, and nothing else may
act. Beside it they are named by relative links, and the policy allows the page's own place. The page is complete
where a server's header allows less: Jenkins' default is
``sandbox; default-src 'none'; img-src 'self'; style-src 'self';``, which runs no script at all.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from shipworthy.reports.markup import Html
from shipworthy.values import dataclass


PAGE, STYLE, SCRIPT, ICON = "index.html", "style.css", "script.js", "icon.svg"
"""A page in a folder, and the files beside it."""

_TEMPLATES = Path(__file__).parent / "templates"
_REMARK = re.compile(r"^\s*(?:/\*.*?\*/|//[^\n]*)$", re.MULTILINE | re.DOTALL)
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src {}; script-src {}; img-src {}; base-uri 'none'; form-action 'none'\">"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The style and the script of a page."""

    style: str
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """What stands in the page's head and at its foot."""

    head: Html
    foot: Html


def template(name: str) -> str:
    """One of the page's templates."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def sources() -> Sources:
    """Those of the page of one image."""
    folder = _TEMPLATES / "page"
    return Sources(
        style=joined(sorted(folder.glob("*.css"))),
        script=joined(sorted(folder.glob("*.js"))),
    )


def base_style() -> Path:
    """The part of the style that all our pages begin with."""
    return _TEMPLATES / "page" / "10-base.css"


def joined(parts: Iterable[Path]) -> str:
    """Parts of a style or a script in their order, without what only their authors need."""
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    lines = (line.strip() for line in _REMARK.sub("", text).split("\n"))
    return "\n".join(["", *filter(None, lines), ""])


def inline(made: Sources) -> Assets:
    """Everything inside the page."""
    policy = _POLICY.format(_digest(made.style), _digest(made.script), "data:")
    return Assets(
        head=Html(
            f'{policy}\n<link rel="icon" href="data:,">\n<style>{made.style}</style>'
        ),
        foot=Html(f"<script>{made.script}</script>"),
    )


def external() -> Assets:
    """Everything beside the page, in the files of :func:`external_files`."""
    own = "'self'"
    return Assets(
        head=Html(
            f'{_POLICY.format(own, own, own)}\n<link rel="icon" href="{ICON}" type="image/svg+xml">\n'
            f'<link rel="stylesheet" href="{STYLE}">'
        ),
        foot=Html(f'<script src="{SCRIPT}"></script>'),
    )


def external_files(made: Sources) -> dict[str, bytes]:
    """The files beside the page, by their names."""
    return {
        STYLE: made.style.encode(),
        SCRIPT: made.script.encode(),
        ICON: template("icon.svg").encode(),
    }


def _digest(text: str) -> str:
    """A source as a content security policy names it by its digest."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
