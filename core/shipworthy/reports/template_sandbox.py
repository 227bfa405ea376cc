"""
Where templates run: Jinja2's immutable sandbox, with its doors closed that lead to other files or to chance.

Beside Jinja2's filters there are ``csv``, ``json``, ``line``, ``md`` and ``shell``, each of which makes a
value harmless for one place.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from shipworthy.reports.csv import cell
from shipworthy.reports.markdown_text import words
from shipworthy.reports.text import line, quiet


MOST_BYTES = 64 * 1024 * 1024
"""What a template may write."""
MOST_STEPS = 5_000_000
"""How often all loops of a template may go round together."""
MOST_SOURCE = 1024 * 1024
"""The size of a template's file."""

ENDINGS = (".j2", ".jinja", ".jinja2", ".tmpl")
"""What a template's name may end in behind the ending of what it makes."""

_ESCAPED = (".html", ".htm", ".xhtml", ".xml", ".svg")
_LONG = 1 << 24
_LIMIT = 4096
_BITS = 4096
_ROUND = "_round"  # the filter that counts how often loops go round
_BREAKS = re.compile(r"([\t\n]+)")
_ACTING = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'\x7f"}


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of templates in one directory."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, directory: Path) -> None:
        self._beside = _Beside(directory)
        super().__init__(
            loader=self._beside,
            autoescape=_is_escaped,
            undefined=StrictUndefined,
            finalize=_shown,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._steps = 0
        self.globals.pop("lipsum")
        self.filters.pop("random")
        self.filters |= {
            "csv": _csv,
            "json": _json,
            "line": _line,
            "md": _md,
            "shell": _shell,
            _ROUND: self._counted,
        }

    def begin(self) -> None:
        """Count from the beginning again."""
        self._steps = 0

    def source(self, name: str) -> str:
        """The text of a template beside the first."""
        return self._beside.get_source(self, name)[0]

    @property
    def read(self) -> frozenset[str]:
        """The paths of the templates read so far, by which a traceback is told from others."""
        return frozenset(self._beside.read)

    def _parse(self, source: str, name: str | None, filename: str | None) -> Any:
        """A template in which every loop is counted; ``parse`` and ``compile`` both come by here."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(
                loop.iter, _ROUND, [], [], None, None, lineno=loop.lineno
            )
        return tree

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """A product or a power, of bounded size."""
        if operator == "*":
            for many, count in ((left, right), (right, left)):
                if isinstance(many, (str, list, tuple)) and isinstance(count, int):
                    _bounded(len(many) * count, _LONG)
        elif isinstance(left, int) and isinstance(right, int):
            _bounded(left.bit_length() * right, _BITS)
        return super().call_binop(context, operator, left, right)

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise ValueError(
                    f"its loops go round more than the {MOST_STEPS:,} times that they may"
                )
            yield item


class _Beside(BaseLoader):
    """Templates in one directory, wherever a link in it leads to within it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.read: set[str] = set()
        """The paths of the templates read so far."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, None]:
        """The text of a template, and its path for messages."""
        del environment
        path = self._place(template)
        if path is None:
            raise TemplateNotFound(template)
        try:
            with path.open("rb") as file:
                data = file.read(MOST_SOURCE + 1)
        except OSError as error:
            raise ValueError(f"{template}: cannot be read: {error.strerror}") from None
        if len(data) > MOST_SOURCE:
            raise ValueError(f"{template}: larger than {MOST_SOURCE:,} bytes")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(f"{template}: not UTF-8: {error}") from None
        self.read.add(str(path))
        return text, str(path), None

    def _place(self, template: str) -> Path | None:
        """Where a template is; nothing where that is outside of the directory or no file."""
        try:
            path = (self._directory / template).resolve()
            inside = path.is_relative_to(self._directory) and path.is_file()
        except (OSError, RuntimeError, ValueError):
            return None
        return path if inside else None


def _is_escaped(name: str | None) -> bool:
    name = (name or "").lower()
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name.endswith(_ESCAPED)


def _shown(value: object) -> object:
    """What a template writes of a value: as it is but for what acts; tabs and line ends stay."""
    if not isinstance(value, str):
        return value
    told = str(value)
    if not told.isprintable():
        parts = _BREAKS.split(told)
        told = "".join(
            part if _BREAKS.fullmatch(part) else line(part, _LONG) for part in parts
        )
    told = quiet(told)
    return Markup(told) if isinstance(value, Markup) else told  # noqa: S704  # it was markup before


def _text(value: object) -> str:
    """The value as text; a missing one raises here as it does everywhere."""
    return "" if value is None else str(value)


def _csv(value: object) -> str:
    return cell(_text(value))


def _line(value: object, limit: int = _LIMIT) -> str:
    return quiet(line(_text(value), limit))


def _md(value: object, limit: int = _LIMIT) -> str:
    return words(_text(value), limit)


def _shell(value: object) -> str:
    return shlex.quote(line(_text(value), _LONG))


def _json(value: object) -> Markup:
    """JSON that can also stand in a script element or a quoted attribute."""
    if isinstance(value, StrictUndefined):
        str(value)
    told = json.dumps(value, sort_keys=True).translate(_ACTING)
    return Markup(told.replace("##", "#\\u0023"))  # noqa: S704  # nothing of markup is left in it


def _bounded(size: int, most: int) -> None:
    if size > most:
        raise ValueError(f"a product of size {size:,}, larger than {most:,}")
