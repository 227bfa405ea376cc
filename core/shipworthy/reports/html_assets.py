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
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from shipworthy.reports.markup import Html


STYLE, SCRIPT, ICON = "style.css", "script.js", "icon.svg"
"""The files beside a page."""

_TEMPLATES = Path(__file__).parent / "templates"
_REMARK = re.compile(r"^\s*(?:/\*.*?\*/|//[^\n]*)$", re.MULTILINE | re.DOTALL)
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src {}; script-src {}; img-src {}; base-uri 'none'; form-action 'none'\">"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """What stands in the page's head and at its foot."""

    head: Html
    foot: Html


def template(name: str) -> str:
    """One of the page's templates."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def inline() -> Assets:
    """Everything inside the page."""
    style, script = _style(), _script()
    policy = _POLICY.format(_digest(style), _digest(script), "data:")
    return Assets(
        head=Html(f'{policy}\n<link rel="icon" href="data:,">\n<style>{style}</style>'),
        foot=Html(f"<script>{script}</script>"),
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


def external_files() -> dict[str, bytes]:
    """The files beside the page, by their names."""
    return {
        STYLE: _style().encode(),
        SCRIPT: _script().encode(),
        ICON: template("icon.svg").encode(),
    }


def _style() -> str:
    return _joined("css")


def _script() -> str:
    return _joined("js")


def _joined(kind: str) -> str:
    """The page's style or script, of its parts in the order of their names, without what only their authors need."""
    parts = sorted((_TEMPLATES / "page").glob(f"*.{kind}"))
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    lines = (line.strip() for line in _REMARK.sub("", text).split("\n"))
    return "\n".join(["", *filter(None, lines), ""])


def _digest(text: str) -> str:
    """A source as a content security policy names it by its digest."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
