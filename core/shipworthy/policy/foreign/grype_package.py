"""The ``package`` of one of Grype's rules: name, version, language, type, location and upstream name."""

from __future__ import annotations

import re
from dataclasses import replace

from shipworthy.policy.foreign import globs, regex
from shipworthy.policy.foreign.fields import mapping_of, text_of
from shipworthy.policy.foreign.interface import Reading, shown
from shipworthy.policy.foreign.words import LANGUAGES, SYFT_TYPES
from shipworthy.policy.foreign.yaml import Node
from shipworthy.policy.suppressions.entry import Suppression


FIELDS = ("language", "location", "name", "type", "upstream-name", "version")

ANY_GROUP = "(?:[^:]*:)?"
"""Stands before the expression for an artifact: Maven's group, if any."""

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+~:_^-]*")
_EXPRESSION = re.compile(r"[\^$*+?\[\](){}|\\]")
"""What makes Grype take a name for an expression; a dot alone does not."""


class RuleError(Exception):
    """
    A rule that cannot be taken over; says why.

    Args:
        words: Why.
        line: Where, if not where the rule begins.
    """

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(words)
        self.line = line


def package_fields(
    reading: Reading, node: Node | None, entry: Suppression
) -> Suppression:
    """
    ``entry`` limited to the packages that ``node`` asks for.

    Raises:
        RuleError: Something in it cannot be honoured.
        UsageError: It is not what the format allows.
    """
    if node is None or node.kind == "null":
        return entry
    fields = {
        key.lower(): value
        for key, value in mapping_of(reading, node, "package").items()
    }
    for key, value in fields.items():
        if key not in FIELDS:
            reading.note(
                value.line,
                f"the key {shown(key)} is none of a package's, and is passed over",
            )
    texts = {
        key: reading.word(text_of(reading, fields.get(key), key), node.line, key)
        for key in FIELDS
    }
    entry = replace(entry, types=_types(texts["type"], texts["language"]))
    if name := texts["name"]:
        entry = _named(name, entry)
    if upstream := texts["upstream-name"]:
        entry = replace(entry, source_pattern=expression(upstream))
    if version := texts["version"]:
        entry = replace(entry, versions=exactly(version))
    if location := texts["location"]:
        entry = replace(entry, paths=_located(location))
    return entry


def expression(text: str) -> str:
    """``text``, a name or an expression of Go's, as a pattern for the whole name."""
    if not _EXPRESSION.search(text):
        return re.escape(text)
    try:
        return regex.translate(text)
    except regex.InvalidRegexError as error:
        raise RuleError(
            f"{shown(text)} is no regular expression ({error}), and in Grype it fits nothing"
        ) from None
    except regex.UnsupportedRegexError as error:
        raise RuleError(
            f"the expression {shown(text)} cannot be matched here: {error}"
        ) from None


def exactly(version: str) -> str:
    """The range that holds ``version`` alone."""
    if not _VERSION.fullmatch(version):
        raise RuleError(f"{shown(version)} is no version of a package")
    return f"={version}"


def _named(name: str, entry: Suppression) -> Suppression:
    """A Maven package is called by its artifact alone in Grype, by group and artifact here."""
    maven = not entry.types or "maven" in entry.types
    if not _EXPRESSION.search(name):
        return replace(entry, packages=(name, f"*:{name}") if maven else (name,))
    pattern = expression(name)
    if maven:
        flag = "(?i)" if pattern.startswith("(?i)") else ""
        bare = pattern.removeprefix(flag).removeprefix("^")
        if bare.endswith("$") and not bare.endswith("\\$"):
            bare = bare[:-1]
        pattern = f"{flag}{ANY_GROUP}(?:{bare})"
    return replace(entry, pattern=pattern)


def _located(glob: str) -> tuple[str, ...]:
    try:
        found = globs.translate(glob)
    except globs.GlobError as error:
        raise RuleError(
            f"the location {shown(glob)} cannot be said here: {error}"
        ) from None
    kept = tuple(
        path.removeprefix("/") for path in found if path.startswith(("/", "**"))
    )
    if not kept:
        raise RuleError(
            f"the location {shown(glob)} fits nothing in Grype: its paths begin with /"
        )
    return kept


def _types(type_: str, language: str) -> tuple[str, ...]:
    if type_ and type_ not in SYFT_TYPES:
        raise RuleError(f"packages of type {shown(type_)} are not told apart here")
    if language and language not in LANGUAGES:
        raise RuleError(
            f"packages of language {shown(language)} are not told apart here"
        )
    if not language:
        return (SYFT_TYPES[type_],) if type_ else ()
    types = LANGUAGES[language]
    if type_:
        types = tuple(kind for kind in types if kind == SYFT_TYPES[type_])
        if not types:
            raise RuleError("its type and its language exclude each other")
    return types
