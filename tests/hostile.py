"""What an image or a feed may say to do harm, put in the place of every text of a result."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from typing import TypeVar, cast


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "unquoted": "x onmouseover=alert(1) y",
    "closing": "</td></title></style></script><img src=http://evil.example/x>",
    "comment": "--><!-- ]]>",
    "entity": "&lt;script&gt;&amp;",
    "slot": "{{script}}{{style}}",
    "link": "javascript:alert(1)",
    "link-quote": 'https://x.example/"onclick="alert(1)',
    "formula": '=cmd|"/C calc"!A0',
    "formula-plus": "+1+cmd()",
    "formula-minus": "-2+3",
    "formula-at": "@SUM(1)",
    "formula-hidden": " \"'=cmd()",
    "formula-tab": "\t=cmd()",
    "formula-return": "\r=cmd()",
    "formula-semicolon": "a;=cmd()",
    "formula-wide": "\uff1dcmd()",
    "teamcity": "##teamcity[buildProblem description='x|']",
    "pipe-quote": "|'|n|[",
    "github": "::set-output name=a::b",
    "github-line": "text\n::add-mask::x\r\n::stop-commands::y",
    "github-old": "text ##[set-env name=A]b",
    "azure": "##vso[task.setvariable variable=a]b",
    "escape": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "backspace": "good\x08\x08\x08\x08evil",
    "override": "abc\u202egpj.exe\u2066\u200f",
    "invisible": "a\u200bb\ufeffc\U000e0041\U000e0042",
    "separators": "a\u2028b\u2029c\x85d",
    "lines": "one\r\ntwo\nthree\x0bfour",
    "nul": "a\x00b",
    "surrogate": "a\udce9b\ud800c",
    "empty": "",
    "spaces": "   ",
    "markdown": "[x](javascript:alert(1)) | `a` *b*",
    "markdown-ticks": "`` a ``` b ` c | ` d `` \\| \\` \\",
    "markdown-blocks": "# a\n\n- b\n1. c\n> d\n\n    e\n\n---\n===\n~~~sh\n```\n[1]: javascript:x",
    "markdown-html": "<details open>\n\n</details></summary>\n<!-- x --> --> <?x?> <![CDATA[ a@b.example",
    "mentions": '@root a@root (@root) @a/b #1 a/b#1 GH-1 !1 &1 ~bug ~"b c" %1 $1 $a$ :tada: /close 0123abc',
    "addresses": "www.evil.example (www.evil.example http://evil.example/ a@b.example xmpp:a@b.example ftp://x.y",
}
"""Texts that act where somebody forgets to escape, by what they are after."""
OURS = {"severity", "fix_state", "origin", "status", "state", "effect", "worst"}
"""Fields whose words are ours, one of a few."""

_ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_COMMANDS = re.compile(
    r"^\s*::\s*[A-Za-z]|##(?:vso|teamcity)?\[", re.IGNORECASE | re.MULTILINE
)

Value = TypeVar("Value")


def poisoned(value: Value, text: str) -> Value:
    """``value`` with every free text in it replaced by ``text``."""
    if isinstance(value, str):
        return text  # type: ignore[return-value]  # a str for a str
    if isinstance(value, tuple):
        items = [poisoned(item, text) for item in value]
        make = getattr(type(value), "_make", tuple)  # named ones stay named
        return cast("Value", make(items))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: poisoned(getattr(value, field.name), text)
            for field in dataclasses.fields(value)
            if field.name not in OURS
        }
        return replace(value, **changed)
    return value


def plain(text: str) -> None:
    """Nothing in ``text`` acts on a terminal, reverses it or speaks to a pipeline."""
    assert _ACTING.findall(text) == []
    assert _COMMANDS.findall(text) == []
