"""Read the lock files that ``tools/lock.py`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One package at one version."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def version(self) -> str:
        """The only version that is let in."""
        (only,) = self.requirement.specifier
        assert only.operator == "=="
        return only.version

    def applies(self, environment: dict[str, str]) -> bool:
        """Whether it is wanted there (the variables of PEP 508)."""
        marker = self.requirement.marker
        return marker is None or marker.evaluate(environment)

    def line(self) -> str:
        """It again, as pip reads it, without the marker."""
        pin = f"{self.requirement.name}=={self.version}"
        return " ".join((pin, *(f"--hash={one}" for one in self.hashes)))


def pins(path: Path) -> list[Pin]:
    """Every pin of a lock file, in its order."""
    text = path.read_text("utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    return [_pin(line) for line in lines if line and not line.startswith("#")]


def _pin(line: str) -> Pin:
    requirement, *hashes = line.split("--hash=")
    return Pin(
        requirement=Requirement(requirement.strip()),
        hashes=tuple(one.strip() for one in hashes),
    )
