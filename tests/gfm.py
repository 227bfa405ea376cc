"""GitHub's reference renderer of Markdown, and what is in the page that it makes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser

from registries import need


EXTENSIONS = ("table", "strikethrough", "autolink", "tasklist")
# What forges turn into notifications and links after rendering, outside of code: names,
# issues, merge requests, labels, milestones, snippets, epics, emojis, formulas, hashes.
REFERENCES = re.compile(
    r"@\w|#\w|!\w|~[\w\"]|%[\w\"]|\$\w|&\w|:[a-z0-9_+-]+:|\bGH-\d|\b[0-9a-f]{7,64}\b|://|www\.|\[\w",
    re.IGNORECASE,
)


def available() -> bool:
    """Whether the renderer can be run, or must be."""
    return bool(shutil.which("cmark-gfm")) or os.environ.get("CI") == "true"


def to_html(text: str) -> str:
    """The page of ``text``, with its raw HTML, as a forge's sanitiser gets it."""
    need("cmark-gfm")
    return subprocess.run(
        [
            "cmark-gfm",
            "--unsafe",
            *(part for name in EXTENSIONS for part in ("-e", name)),
        ],
        input=text.encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()


class Page(HTMLParser):
    """The elements of a page with their attributes, its links, its tables, and its text in and out of code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shapes: set[tuple[str, tuple[str, ...]]] = set()
        self.links: list[str] = []
        self.comments: list[str] = []
        self.text: list[str] = []
        self.code: list[str] = []
        self.blocks: list[str] = []
        self.headings: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.inside: list[str] = []
        self.feed(to_html(text))
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.shapes.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag in {"br", "hr", "img", "input"}:
            return
        self.inside.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
        elif tag in {"h2", "h3"}:
            self.headings.append("")
        elif tag == "pre":
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        if tag not in {"br", "hr", "img", "input"}:
            assert self.inside.pop() == tag

    def handle_comment(self, data: str) -> None:
        """Note the comment."""
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        """Note where the text stands."""
        kind = self.code if "code" in self.inside else self.text
        kind.append(data)
        if "td" in self.inside or "th" in self.inside:
            self.tables[-1][-1][-1] += data
        if "pre" in self.inside:
            self.blocks[-1] += data
        if {"h2", "h3"} & set(self.inside):
            self.headings[-1] += data

    @property
    def references(self) -> list[str]:
        """What a forge would link or notify."""
        return [found for part in self.text for found in REFERENCES.findall(part)]
