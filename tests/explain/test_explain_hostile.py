"""Saved results that were tampered with or are of another release: explained as far as they go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.explain.choose import choose_findings
from shipworthy.explain.finding import explain_finding
from shipworthy.explain.render import render
from shipworthy.explain.saved import Saved, load_saved
from shipworthy.model.package import Inventory


_VALUES = st.recursive(
    st.none()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["id", "layer", "score", "path", "rules", "findings", "closes"]
            ),
            inner,
        )
    ),
    max_leaves=6,
)
_KEYS = [
    "aliases package severity severitySource title cvss epss kev fixState risk",
    "fixedVersions advisories references evidence exploits fixAvailable endOfLife",
    "fingerprint state stateReason vexStatus",
]
_PARTS = [
    *("image", "database", "distro", "verdict", "comparison", "remediation"),
    "suppressions",
]


def told(finding: dict[str, Any], **document: Any) -> str:
    """The text about a finding of a result."""
    saved = Saved(document={"findings": [finding], **document}, inventory=Inventory())
    ((one, by),) = choose_findings(saved, str(finding["id"]), "")
    return render([explain_finding(saved, one, by, None)])


def test_a_finding_of_little_more_than_an_id() -> None:
    """An older or newer release may write other fields: what is not there is not told."""
    text = told({"id": "CVE-1"})

    assert text.startswith("CVE-1 in")
    assert "nobody rates it" in text


def test_fields_of_later_releases_are_told() -> None:
    """Exploits and the date of a fix, where the result has them."""
    text = told(
        {
            "id": "CVE-1",
            "fixedVersions": ["2"],
            "fixState": "fixed",
            "fixAvailable": "2024-05-01",
            "exploits": [{"source": "exploitdb", "url": "https://example.org/1"}],
        }
    )

    assert "fixed in 2, available since 2024-05-01" in text
    assert "exploitdb" in text


def test_nothing_acts_on_the_terminal() -> None:
    """Escapes and line ends in names are written out."""
    name = "\x1b[31mred\x07\nCVE-2 in other"
    text = told(
        {
            "id": "CVE-1",
            "title": name,
            "aliases": [name],
            "package": {"name": name, "purl": name, "locations": [{"path": name}]},
            "references": [name],
            "evidence": [{"advisory": name, "notes": [name], "constraint": name}],
            "advisories": [{"id": name, "url": name, "needs": name}],
            "exploits": {name: name},
        }
    )

    assert "\x1b" not in text
    assert "\x07" not in text
    assert not any(line.startswith("CVE-2") for line in text.splitlines())


@pytest.mark.property
@given(
    st.dictionaries(st.sampled_from(" ".join(_KEYS).split()), _VALUES),
    st.dictionaries(st.sampled_from(_PARTS), _VALUES),
)
@settings(max_examples=200, deadline=None)
def test_any_values_are_told(finding: dict[str, Any], document: dict[str, Any]) -> None:
    """Wrong types count as absent."""
    assert told({"id": "CVE-1", **finding}, **document)


@pytest.mark.property
@given(st.dictionaries(st.sampled_from(["packages", "distro", "findings"]), _VALUES))
@settings(max_examples=100, deadline=None)
def test_any_result_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]
) -> None:
    """Whatever the version's own fields hold."""
    path: Path = tmp_path_factory.mktemp("r") / "r.json"
    path.write_text(json.dumps({"schemaVersion": "1.0", **document}))

    assert list(load_saved(str(path)).findings()) is not None
