"""What to do about the findings: actions in the order of the risk they remove, not a version per CVE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.model.finding import Finding
    from shipworthy.model.image import ImageInfo


ActionKind = Literal[
    "base", "os-packages", "package", "rebuild", "release", "remove", "none"
]
"""
What is done: take a newer base image; upgrade packages of the distribution; upgrade a language
package; build a program anew with newer modules or toolchain; move to a supported release;
remove a package; ``none``: nothing that the image's owner can do.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """One package brought from one version to another."""

    type: str
    name: str
    current: str
    target: str
    """The version to install; empty where there is none."""
    purl: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do, with all that it closes."""

    kind: ActionKind
    title: str
    """In the imperative, for a person: ``Upgrade openssl to 3.0.17-1~deb12u2``."""
    detail: str = ""
    """Why this and not more, or why nothing can be done."""
    command: str = ""
    """What can be pasted into the Dockerfile; empty where there is no one command."""
    upgrades: tuple[Upgrade, ...] = ()
    layer: int = -1
    """Index of the layer whose instruction to change; -1 where it is none of them."""
    instruction: str = ""
    line: int = 0
    """The instruction's line in the Dockerfile, where the caller gave one; else 0."""
    origin: str = "unknown"
    """Whose it is to do: ``base`` (the base image's maker), ``own``, ``unknown``."""
    closes: tuple[str, ...] = ()
    """Fingerprints of the findings it closes, sorted; no finding is closed by two actions."""
    findings: tuple[str, ...] = ()
    """``ID package@version`` of the same, sorted."""
    worst: str = "none"
    """The worst severity among them."""
    risk: float = 0.0
    """The sum of their risk scores: what the actions are ordered by."""


class Plans(Protocol):
    """**Protocol:** where the plans for one scan's findings are kept."""

    def recall(
        self, findings: Sequence[Finding], image: ImageInfo, dockerfile: str
    ) -> tuple[Action, ...] | None:
        """Give the plan that was made of these before, or nothing."""
        ...

    def keep(
        self,
        findings: Sequence[Finding],
        image: ImageInfo,
        dockerfile: str,
        plan: Sequence[Action],
    ) -> None:
        """Keep what was planned."""
        ...
