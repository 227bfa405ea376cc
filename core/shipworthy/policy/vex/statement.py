"""
A VEX statement in one form, whatever format it was written in.

The four statuses are those of the Vulnerability Exploitability eXchange's minimum requirements
(CISA, April 2023): ``not_affected``, ``affected``, ``fixed``, ``under_investigation``.
"""

from __future__ import annotations

from typing import Literal

from shipworthy.model.package import Status
from shipworthy.model.verdict import PolicySource
from shipworthy.values import dataclass


VexStatus = Literal["not_affected", "fixed", "under_investigation", "affected"]

CAREFUL: dict[VexStatus, int] = {
    "not_affected": 0,
    "fixed": 1,
    "under_investigation": 2,
    "affected": 3,
}
"""How careful a status is: of two that are equally new the more careful one counts."""

SUPPRESSING: frozenset[VexStatus] = frozenset({"not_affected", "fixed"})

JUSTIFICATIONS = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)
"""The labels of OpenVEX and CSAF; CycloneDX has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VexComponent:
    """Software as a statement names it; any one of its names is enough to be it."""

    names: tuple[str, ...] = ()
    """purls, CPEs, image references, digests, as written."""
    hashes: tuple[str, ...] = ()
    """Digests, ``sha256:<hex>``."""
    versions: tuple[str, ...] = ()
    """Versions and ``vers:`` ranges that it is limited to; without any, all."""
    bom: str = ""
    """Serial number of the SBOM that ``ref`` is of; such a component is none in any other."""
    bom_version: int = 0
    ref: str = ""
    """The component's bom-ref in that SBOM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VexProduct:
    """A product and, where the statement says so, the parts of it that the vulnerability is in."""

    component: VexComponent
    within: tuple[VexComponent, ...] = ()
    """What contains the product itself, where that is named too."""
    beside: tuple[VexComponent, ...] = ()
    """What must be installed in the same image."""
    subcomponents: tuple[VexComponent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VexStatement:
    """One assertion: these products × this vulnerability = this status."""

    vulnerabilities: tuple[str, ...]
    """The vulnerability's names: id and aliases."""
    products: tuple[VexProduct, ...]
    status: VexStatus
    justification: str = ""
    """The format's own word for why it is not affected."""
    impact: str = ""
    """Why it is not affected, in free words."""
    action: str = ""
    """What to do where it is affected."""
    time: int = -1
    """When it was said, in nanoseconds since 1970 (UTC); -1 where it is not told, which is older than anything."""
    author: str = ""
    source: str = ""
    """The file, or what else the document was read from."""
    document: str = ""
    """The document's own id."""
    version: int = 0
    """The document's version: a later one of the same id takes the earlier one's place."""
    precedence: int = 0
    """Of a statement with a greater one the others are not asked: repositories in an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VexDocuments:
    """What was read."""

    statements: tuple[VexStatement, ...] = ()
    sources: tuple[PolicySource, ...] = ()
    notes: tuple[Status, ...] = ()
    """What does not count and why; nothing that is passed over is passed over in silence."""
