"""VEX against public conformance data (Trivy's and Grype's own test documents)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from policing import scanned
from support import SHARED
from vexing import found, image

from shipworthy.errors import UsageError
from shipworthy.model.image import ImageInfo
from shipworthy.policy.vex.match import VexChoice, apply_vex
from shipworthy.policy.vex.parents import Parents, parents_of_pairs
from shipworthy.policy.vex.read import read_vex


ROOT = SHARED / "conformance" / "ignorefiles"
CASES: list[dict[str, Any]] = (
    json.loads((ROOT / "vex.json").read_text()) if ROOT.is_dir() else []
)


def _parents(case: dict[str, Any]) -> Parents:
    pairs = [pair for path in case.get("paths", ()) for pair in pairwise(path)]
    if cycle := case.get("cycle"):
        pairs += [*pairwise(cycle), (cycle[-1], cycle[0])]
    return parents_of_pairs(pairs)


def _image(case: dict[str, Any]) -> ImageInfo:
    if "sbom" in case:
        return ImageInfo(target="sbom", kind="sbom", serial=case["sbom"])
    if "image" not in case:
        return ImageInfo(target=".", kind="dir")
    digest = case["image"]["purl"].partition("@")[2].partition("?")[0]
    return image(*case["image"].get("tags", ()), digest=digest.replace("%3A", ":"))


@pytest.mark.skipif(not CASES, reason="the conformance data is not beside the checkout")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_every_case_comes_out_as_its_owner_promises(case: dict[str, Any]) -> None:
    """Each finding stays or goes as the data says, with the justification that it says."""
    path = ROOT / case["document"]
    if case.get("error"):
        with pytest.raises(UsageError, match=path.name):
            read_vex(path)
        return
    wanted = case.get("findings") or [
        {"purl": case["package"], "id": id_, "suppressed": id_ in case["suppressed"]}
        for id_ in (*case["left"], *case["suppressed"])
    ]
    findings = [found(one["id"], one["purl"]) for one in wanted]
    choices = [
        VexChoice(
            status=rule["vex_status"], justification=rule.get("vex_justification", "")
        )
        for rule in case.get("rules", ())
    ]
    scan = scanned(findings, image=_image(case))
    vexed = apply_vex(
        findings,
        read_vex(path, order=case.get("order", ())).statements,
        scan,
        _parents(case),
        choices,
    )
    gone = {item.finding.id: item.justification for item in vexed.suppressed}
    for one in wanted:
        assert (one["id"] in gone) == one["suppressed"]
        if "justification" in one:
            assert gone[one["id"]] == one["justification"]
