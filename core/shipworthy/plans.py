"""
The plan of what to do that was made of findings before, remembered beside the answer that they are of.

A plan depends on the answer (:mod:`shipworthy.answers`), on which of its findings a policy left, on what is known of the image
besides its layers and on the Dockerfile; so it is kept under all of these. Findings that are not the answer's own, as those
that a baseline has marked, are planned for anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shipworthy.layers.memory import Memory
from shipworthy.model.columns import Shape, dump, load
from shipworthy.model.finding import Finding
from shipworthy.model.image import ImageInfo
from shipworthy.model.remediation import Action, Upgrade
from shipworthy.values import dataclass


PLAN_VERSION = 1
"""Raised whenever the same findings would give another plan."""

_ACTION = Shape(of=Action, some={"upgrades": Shape(of=Upgrade)})


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPlans:
    """The plans for findings of one answer: a :class:`shipworthy.model.remediation.Plans`."""

    memory: Memory
    answer: str
    """What the answer is kept under, see :class:`shipworthy.answers.Question`."""
    findings: tuple[Finding, ...]
    """All findings of the answer, with what no plan looks at as it was: the plan's are found among them by identity."""

    def recall(
        self, findings: Sequence[Finding], image: ImageInfo, dockerfile: str
    ) -> tuple[Action, ...] | None:
        """The plan that was made of these before, or nothing."""
        name = self._name(findings, image, dockerfile)
        raw = self.memory.recall(name) if name else b""
        if not raw:
            return None
        import orjson

        try:
            return tuple(load(_ACTION, orjson.loads(raw)))
        except (ValueError, TypeError, KeyError, IndexError):
            return None

    def keep(
        self,
        findings: Sequence[Finding],
        image: ImageInfo,
        dockerfile: str,
        plan: Sequence[Action],
    ) -> None:
        """Keep what was planned, where the findings are the answer's own."""
        name = self._name(findings, image, dockerfile)
        if not name:
            return
        import orjson

        self.memory.keep(name, orjson.dumps(dump(_ACTION, plan)))

    def _name(
        self, findings: Sequence[Finding], image: ImageInfo, dockerfile: str
    ) -> str:
        """All that a plan depends on; empty where a finding is not the answer's."""
        places = {id(one): at for at, one in enumerate(self.findings)}
        left = [places.get(id(one), -1) for one in findings]
        if -1 in left:
            return ""
        digest = hashlib.sha256(
            repr((left, image, dockerfile)).encode(errors="replace")
        )
        return f"plan {PLAN_VERSION} {digest.hexdigest()} of {self.answer}"
