"""
``anchore/scan-action``: its action.yml as of version 6.

It fails where Grype finds ``severity-cutoff`` or worse, unless ``fail-build`` is false. Grype orders unknown below
negligible, so that what nobody rated never reaches a cutoff.
"""

from __future__ import annotations

from shipworthy.policy.pipelines.given import Given
from shipworthy.policy.pipelines.interface import (
    ENDS,
    ENDS_NOTE,
    Input,
    Rule,
    Taken,
    Tool,
)


_CUTOFFS = ("negligible", "low", "medium", "high", "critical")

INPUTS = (
    Input(name="image", fate="step", here="image"),
    Input(name="path", fate="step", here="image"),
    Input(name="sbom", fate="step", here="image"),
    Input(name="fail-build", fate="policy", here="rules", default="true"),
    Input(name="output-format", fate="step", here="reports", default="sarif"),
    Input(name="output-file", fate="step", here="output"),
    Input(name="severity-cutoff", fate="policy", here="rules", default="medium"),
    Input(name="only-fixed", fate="policy", here="rules", default="false"),
    Input(
        name="add-cpes-if-none",
        fate="nothing",
        here="what a package is called in CPEs is not guessed",
    ),
    Input(
        name="by-cve",
        fate="nothing",
        here="a finding is called by its CVE where there is one",
    ),
    Input(
        name="grype-version",
        fate="nothing",
        here="the step installs one pinned version",
    ),
    Input(name="vex", fate="policy", here="vex"),
    Input(name="cache-db", fate="step", here="cache"),
)
"""What the action takes, in its order."""


def take(given: Given) -> Taken:
    """The gate of the action."""
    cutoffs = given.among("severity-cutoff", _CUTOFFS)
    if len(cutoffs) != 1:
        given.refuse("severity-cutoff", f"one of {', '.join(_CUTOFFS)}")
    (cutoff,) = cutoffs
    fails = given.flag("fail-build")
    # A score of 0 is Grype's negligible.
    least = "none" if cutoff == "negligible" else cutoff
    when: tuple[tuple[str, str | tuple[str, ...]], ...] = (("severity", (least,)),)
    said = f"severity-cutoff {cutoff}"
    if given.flag("only-fixed"):
        when = (*when, ("fix-state", ("fixed",)))
        said = f"{said}, only-fixed"
    notes = [
        "Grype reads .grype.yaml by itself: where there is one, name it in ignore-files"
    ]
    notes.append(ENDS_NOTE.format("Grype"))
    if not fails:
        notes.append(
            "fail-build is false, so that the action never fails on what it finds: the rule only tells"
        )
    rule = Rule(
        name="severity-cutoff",
        when=(*when, ("not", ENDS)),
        said=f"{said}, fail-build {str(fails).lower()}",
        effect="fail" if fails else "inform",
    )
    return Taken(rules=(rule,), vex=given.words("vex"), notes=tuple(notes))


TOOL = Tool(
    name="scan-action",
    title="anchore/scan-action",
    uses="anchore/scan-action",
    inputs=INPUTS,
    take=take,
)
