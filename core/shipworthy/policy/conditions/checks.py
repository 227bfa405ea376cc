"""Findings that are not about packages: ``check`` and ``secret``."""

from __future__ import annotations

from typing import ClassVar

from shipworthy.model.check import Check
from shipworthy.policy.conditions.asking import (
    BOOLEAN,
    NO_CHECKS,
    TEXTS,
    Question,
    flag,
    one_or_many,
    texts,
)
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.globs import any_of, loose
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


_NO_SECRETS = "secrets, which were not looked for"
_NO_CONFIG = "checks of the configuration, which were not made"


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutChecks(Question):
    kinds: ClassVar[frozenset[Kind]] = frozenset({"check"})
    natural: ClassVar[Kind] = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIs(_AboutChecks):
    """The check's name is one of these, case or not."""

    ids: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where the name is one of them."""
        meant = any_of(loose(id_.casefold()) for id_ in self.ids)
        return view.where(_id, meant)

    def unseen(self, facts: Facts, *, denied: bool) -> tuple[str, ...]:
        """Checks, where none was made."""
        del denied
        made = facts.scanned.looked_for & {"config", "secrets"}
        return () if made else (NO_CHECKS,)

    def words(self) -> str:
        """``of the check SW-C001``."""
        return f"of the check {one_or_many(self.ids)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IsSecret(_AboutChecks):
    """It is a secret in a file; or it is not, but a matter of the configuration."""

    wanted: bool = True

    def select(self, view: View) -> Selection:
        """Where it is one."""
        return view.where(_kind, lambda kind: (kind == "secret") is self.wanted)

    def unseen(self, facts: Facts, *, denied: bool) -> tuple[str, ...]:
        """What was not looked for."""
        if self.wanted is not denied:
            return () if "secrets" in facts.scanned.looked_for else (_NO_SECRETS,)
        return () if "config" in facts.scanned.looked_for else (_NO_CONFIG,)

    def words(self) -> str:
        """``of a secret``."""
        return "of a secret" if self.wanted else "of the configuration"

    def denied(self) -> str:
        """``of the configuration``."""
        return "of the configuration" if self.wanted else "of a secret"


def _id(check: Check) -> str:
    return check.id.casefold()


def _kind(check: Check) -> str:
    return check.kind


ATOMS = (
    Atom(
        key="check",
        parse=lambda value: CheckIs(ids=texts(value, "the name of a check")),
        schema=TEXTS,
        words="the check has one of these names; * stands for anything",
    ),
    Atom(
        key="secret",
        parse=lambda value: IsSecret(wanted=flag(value)),
        schema=BOOLEAN,
        words="it is a secret in a file",
    ),
)
