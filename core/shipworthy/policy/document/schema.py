"""
The JSON Schema of the policy file (draft 2020-12, https://json-schema.org/draft/2020-12), from the tables that it is read by.

It is published as ``docs/schema/policy.schema.json`` for editors. What the reader refuses and a
schema cannot tell: days that the calendar does not have, names that are there twice, conditions
about unlike things, entries that would take out everything, whatever an extended policy locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shipworthy.model.advisory import SEVERITIES
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.table import ATOMS
from shipworthy.policy.document.fields import MOST
from shipworthy.policy.document.rule import BUILT_IN, EFFECTS
from shipworthy.policy.document.settings import REQUIRED
from shipworthy.policy.document.suppression import (
    ABOUT,
    FIX_STATES,
    ORIGINS,
    SELECTORS,
    UNTIL,
)
from shipworthy.policy.facts import KINDS


Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_TEXTS: Schema = {
    "oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}],
}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": MOST}
_DAY: Schema = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_DAYS: Schema = {
    "oneOf": [
        {"type": "integer", "minimum": 0, "maximum": 36_500},
        {"type": "string", "pattern": r"^\s*[0-9]{1,5}\s*([dDwW]|days?|weeks?)?\s*$"},
    ]
}


def schema(atoms: Mapping[str, Atom] = ATOMS) -> Schema:
    """The schema, with ``atoms`` as the keys of ``when``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shipworthy policy",
        "description": "Rules that an image must meet, and what is left out of them: shipworthy.yaml",
        **_mapping(
            {
                "version": {"const": 1},
                "extends": _list(_TEXT, "Policies that this one is laid over"),
                "rules": _list({"$ref": "#/$defs/rule"}, "What the image must meet"),
                "disable": _list(_TEXT, "Names of rules of extended policies to drop"),
                "suppressions": _list(
                    {"$ref": "#/$defs/suppression"}, "What is left out, and why"
                ),
                "ignore-files": _list(_TEXT, "Ignore files of other tools"),
                "vex": _list(_TEXT, "VEX documents, or directories of them"),
                "baseline": _told(_TEXT, "A result or an image to compare with"),
                "undecided": _told(
                    _one_of(EFFECTS),
                    "What a rule does that cannot be told to be broken or not",
                ),
                "partial": _told(
                    _one_of(EFFECTS),
                    "What a scan does that could not look at everything",
                ),
                "expiring-within": _told(
                    _DAYS, "A suppression that ends within so many days is told of"
                ),
                "limits": _limits(),
                "scan": _scan(),
            }
        ),
        "$defs": {
            "condition": _condition(atoms),
            "rule": _rule(),
            "suppression": _suppression(),
        },
    }


def _mapping(properties: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }


def _list(items: Schema, words: str) -> Schema:
    return {"description": words, "type": "array", "items": items}


def _told(inner: Schema, words: str) -> Schema:
    return {"description": words, **inner}


def _one_of(words: Iterable[str]) -> Schema:
    return {"enum": list(words)}


def _some_of(words: Iterable[str]) -> Schema:
    one = _one_of(words)
    return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _condition(atoms: Mapping[str, Atom]) -> Schema:
    inner = {"$ref": "#/$defs/condition"}
    several = {"type": "array", "items": inner, "minItems": 1}
    return {
        **_mapping(
            {
                **{
                    key: _told(dict(atoms[key].schema), atoms[key].words)
                    for key in sorted(atoms)
                },
                "all": _told(several, "every one of these holds"),
                "any": _told(several, "at least one of these holds"),
                "not": {"description": "this does not hold", "allOf": [inner]},
            }
        ),
        "minProperties": 1,
    }


def _rule() -> Schema:
    limits = dict.fromkeys((*SEVERITIES, "other"), _COUNT)
    return {
        **_mapping(
            {
                "name": {
                    **_TEXT,
                    "not": {"pattern": rf"^\s*(max-.*|{'|'.join(BUILT_IN)})\s*$"},
                },
                "description": _TEXT,
                "when": {"$ref": "#/$defs/condition"},
                "effect": _one_of(EFFECTS),
                "max": {"oneOf": [_COUNT, {**_mapping(limits), "minProperties": 1}]},
                "undecided": _one_of(EFFECTS),
                "locked": {"type": "boolean"},
                "suppressible": {"type": "boolean"},
                "of": _one_of(KINDS),
            }
        ),
        "required": ["name"],
    }


def _suppression() -> Schema:
    index = {"type": "integer", "minimum": 0}
    layer = {"oneOf": [_TEXT, index]}
    return {
        **_mapping(
            {
                "id": _TEXTS,
                "package": _TEXTS,
                "version": _TEXT,
                "path": _TEXTS,
                "layer": {
                    "oneOf": [
                        _TEXT,
                        index,
                        {"type": "array", "items": layer, "minItems": 1},
                    ]
                },
                "image": _TEXTS,
                "type": _TEXTS,
                "origin": _one_of(ORIGINS),
                "fix-state": _some_of(FIX_STATES),
                "about": _some_of(ABOUT),
                "reason": _told(_TEXT, "why this may be left out"),
                "owner": _TEXT,
                "expires": _told(_DAY, "the last day it holds"),
                "until": _one_of(UNTIL),
            }
        ),
        "required": ["reason"],
        "anyOf": [{"required": [key]} for key in SELECTORS],
    }


def _limits() -> Schema:
    return {
        "description": "What is demanded of every suppression of those that extend this policy",
        **_mapping(
            {
                "owner": _one_of(REQUIRED),
                "expires": _one_of(REQUIRED),
                "longest": _DAYS,
            }
        ),
        "minProperties": 1,
    }


def _scan() -> Schema:
    value = {
        "oneOf": [
            {"type": ["string", "number", "boolean"]},
            {"type": "array", "items": {"type": "string"}},
        ]
    }
    return {
        "description": "Defaults for options of shipworthy scan, without the dashes",
        "type": "object",
        "additionalProperties": value,
    }
