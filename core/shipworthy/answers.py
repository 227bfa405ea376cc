"""
What a database answered of an image, remembered: the findings before any policy judges them.

They depend on the inventory, on the database, on the day that ends of support are counted to and on whether the image
declares a port, and on nothing else; so they are kept beside the records of the image's layers
(:mod:`shipworthy.layers.memory`) under these. Another database, day or image is asked the whole way.
"""

from __future__ import annotations

from typing import Any

from shipworthy.layers.memory import Memory
from shipworthy.layers.remembered import PACKAGE, STATUS
from shipworthy.model.advisory import Epss, Exploit, Kev
from shipworthy.model.columns import Shape, dump, load
from shipworthy.model.finding import (
    AdvisoryRef,
    CvssScore,
    EndOfLife,
    Evidence,
    Finding,
    FixAvailable,
    Risk,
)
from shipworthy.model.package import Inventory, Status
from shipworthy.values import dataclass


ANSWER_VERSION = 1
"""Raised whenever the same inventory and database would give another answer."""

_FINDING = Shape(
    of=Finding,
    one={
        "epss": Shape(of=Epss),
        "kev": Shape(of=Kev),
        "risk": Shape(of=Risk),
        "fix_available": Shape(of=FixAvailable),
        "end_of_life": Shape(of=EndOfLife),
    },
    some={
        "cvss": Shape(of=CvssScore),
        "advisories": Shape(of=AdvisoryRef),
        "evidence": Shape(of=Evidence),
        "exploits": Shape(of=Exploit),
    },
    # What a baseline and a policy say of it comes later.
    apart=frozenset({"package", "state", "state_reason", "vex_status"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is found in an inventory by one database on one day."""

    findings: tuple[Finding, ...]
    """The worst first, with their fingerprints."""
    statuses: tuple[Status, ...]
    unmatched: tuple[tuple[str, int], ...]
    """(bucket or type, packages) for which the database holds no advisories; sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that an answer depends on besides the layers."""

    inventory: Inventory
    database: str
    """The digest of the database's index, so of everything in it."""
    day: str
    no_port: bool
    """Whether the image declares no port, see :mod:`shipworthy.assessment.exposure`."""

    @property
    def name(self) -> str:
        """What the answer is kept under."""
        return f"answer {ANSWER_VERSION} {self.database} {self.day} {self.no_port}"


def recall(memory: Memory, question: Question) -> Answer | None:
    """The answer that was given to ``question`` before, or nothing."""
    raw = memory.recall(question.name)
    if not raw:
        return None
    import orjson

    try:
        return _answer(orjson.loads(raw), question.inventory)
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def remember(memory: Memory, question: Question, answer: Answer) -> None:
    """Keep what was answered to ``question``."""
    import orjson

    known = {id(one): at for at, one in enumerate(question.inventory.packages)}
    # The distribution itself, where its support ends, is no package of the inventory.
    others = [f.package for f in answer.findings if id(f.package) not in known]
    known |= {id(one): len(known) + at for at, one in enumerate(others)}
    document = {
        "findings": dump(_FINDING, answer.findings),
        "packages": [known[id(finding.package)] for finding in answer.findings],
        "others": dump(PACKAGE, others),
        "statuses": dump(STATUS, answer.statuses),
        "unmatched": answer.unmatched,
    }
    memory.keep(question.name, orjson.dumps(document))


def _answer(document: dict[str, Any], inventory: Inventory) -> Answer:
    packages = [*inventory.packages, *load(PACKAGE, document["others"])]
    held = {"package": [packages[at] for at in document["packages"]]}
    return Answer(
        findings=tuple(load(_FINDING, document["findings"], held)),
        statuses=tuple(load(STATUS, document["statuses"])),
        unmatched=tuple((bucket, count) for bucket, count in document["unmatched"]),
    )
