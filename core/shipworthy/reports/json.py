"""The JSON result as bytes (RFC 8259): sorted keys, two spaces, UTF-8, one line end at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson


_COMMAND = re.compile(rb"##(?=(?:vso|teamcity)?\[)", re.IGNORECASE)


class JsonReport:
    """
    The whole result for machines; the format that all others can be made from again.

    Texts are what the image and the feeds said, escaped as JSON does. What a pipeline
    would take for a command of its own is written with an escape that means the same.
    """

    name = "json"
    suffix = ".json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the JSON result."""
        data = orjson.dumps(
            document,
            option=orjson.OPT_SORT_KEYS
            | orjson.OPT_INDENT_2
            | orjson.OPT_APPEND_NEWLINE,
        )
        return _COMMAND.sub(rb"#\\u0023", data) if b"##" in data else data
