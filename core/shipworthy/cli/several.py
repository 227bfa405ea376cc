"""Options that may be repeated, and how their environment variables hold several values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click


class Several(click.Option):
    """
    An option that may be repeated; its environment variable has a value a line, or several between blanks.

    A value with a blank in it, as of a path, can be given where the variable has a line end:
    pipelines write lists that way. Those that have typed lists hand them on as JSON: ``["a", "b"]``.
    """

    def __init__(
        self, param_decls: Sequence[str] | None = None, **attributes: Any
    ) -> None:
        super().__init__(param_decls, **{**attributes, "multiple": True})

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """The values of the variable, without empty ones; ``None`` where there are none."""
        text = self.resolve_envvar_value(ctx)
        if text is None:
            return None
        parts = listed(text)
        if parts is None:
            parts = text.splitlines() if "\n" in text else text.split()
        values = tuple(part.strip() for part in parts if part.strip())
        return values or None


def listed(text: str) -> list[str] | None:
    """The texts of a JSON list; ``None`` where ``text`` is none, or holds anything else."""
    if not text.lstrip().startswith("["):
        return None
    import json

    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(value, str) for value in values):
        return None
    return list(values)
