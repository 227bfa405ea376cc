"""
A report made by a template of the user's own (Jinja2, https://jinja.palletsprojects.com/).

The template is handed ``result``, the JSON result, and nothing else. It runs in Jinja2's sandbox, changes
nothing, and reads only templates beside it. Whoever writes a template is trusted with the pipeline that it
runs in; the bounds on what it reads, repeats and writes keep accidents harmless, no more. What it shows is
hostile all the same: in ``.html``, ``.xml`` and ``.svg`` every value is escaped, and everywhere control
characters are written out and commands to a pipeline are broken up.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from shipworthy.errors import UsageError
from shipworthy.reports.template_sandbox import ENDINGS, MOST_BYTES, Sandbox


# What plain mistakes in a template raise, beside Jinja2's own.
_WRONG = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class TemplateReport:
    """
    The result as a template says.

    Made from the template's file; raises ``UsageError`` with file and line where it, or a template that
    it names, cannot be read or is not one.
    """

    name = "template"

    def __init__(self, file: str) -> None:
        path = Path(file)
        try:
            self._path = path.resolve()
            missing = not self._path.is_file()
        except (OSError, RuntimeError, ValueError):
            missing = True
        if missing:
            raise UsageError(
                f"template {file}: no such file",
                hint="-o template=FILE writes to stdout, -o template:FILE=PATH to a file",
            )
        self.suffix = Path(path.stem if path.suffix in ENDINGS else path.name).suffix
        self._sandbox = Sandbox(self._path.parent)
        try:
            self._load(self._path.name, set())
        except _WRONG as error:
            raise self._wrong(error) from error

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes that the template makes; raises ``UsageError`` with file and line where it cannot."""
        parts: list[bytes] = []
        size = 0
        self._sandbox.begin()
        try:
            template = self._sandbox.get_template(self._path.name)
            for part in template.generate(result=document):
                parts.append(part.encode("utf-8", "backslashreplace"))
                size += len(parts[-1])
                if size > MOST_BYTES:
                    raise ValueError(
                        f"more than the {MOST_BYTES:,} bytes that a template may write"
                    )
        except _WRONG as error:
            raise self._wrong(error) from error
        return b"".join(parts)

    def _load(self, name: str, seen: set[str]) -> None:
        """Read a template, and those that it names by a plain text."""
        seen.add(name)
        self._sandbox.get_template(name)
        source = self._sandbox.source(name)
        for other in find_referenced_templates(self._sandbox.parse(source)):
            if other is not None and other not in seen:
                self._load(other, seen)

    def _wrong(self, error: BaseException) -> UsageError:
        """The error as one line that names the file and the line."""
        if isinstance(error, TemplateSyntaxError):
            where = f"{error.filename or self._path}:{error.lineno}"
            return UsageError(f"template {where}: {error.message}")
        frames = traceback.extract_tb(error.__traceback__)
        at = [frame for frame in frames if frame.filename in self._sandbox.read]
        where = f"{at[-1].filename}:{at[-1].lineno}" if at else f"{self._path}"
        said = str(error) or type(error).__name__
        if isinstance(error, TemplateNotFound):
            said = f"{error.name}: no such template beside {self._path.name}"
        elif isinstance(error, RecursionError):
            said = "it includes or calls itself without end"
        return UsageError(f"template {where}: {said}")
