"""The values of ``when``'s keys: what is read, what is refused and with which nearest right word."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from asking import when
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.conditions.table import ATOMS


GOOD: list[tuple[str, object]] = [
    ("severity", "high"),
    ("severity", ["critical", "unknown"]),
    ("severity-is", "low"),
    ("cvss", 9.0),
    ("cvss", {"atleast": 7, "source": "nvd"}),
    ("risk", 70),
    ("epss", 0.5),
    ("epss", "50%"),
    ("epss-percentile", "95.5 %"),
    ("kev", True),
    ("ransomware", False),
    ("exploit", True),
    ("exploit", "metasploit"),
    ("exploit", ["metasploit", "exploitdb"]),
    ("malicious", True),
    ("fix-available", True),
    ("fix-state", "will-not-fix"),
    ("fix-state", ["affected", "fix-deferred"]),
    ("fix-available-for", "7d"),
    ("age", "2w"),
    ("end-of-life", True),
    ("end-of-life", "90d"),
    ("id", "CVE-2021-44228"),
    ("id", ["GHSA-*"]),
    ("cwe", "CWE-79"),
    ("confidence", "high"),
    ("state", "new"),
    ("state", ["new", "moved"]),
    ("vex", "affected"),
    ("package", "lodash"),
    ("package", ["pkg:npm/lodash", "open*"]),
    ("version", ">= 1.0, < 2.0"),
    ("package-type", "npm"),
    ("package-type", ["os", "language"]),
    ("licence", "GPL-*"),
    ("path", ["usr/**", "opt/*"]),
    ("layer", 3),
    ("layer", ["sha256:abcdef", "RUN *"]),
    ("origin", "base"),
    ("check", "SW-C001"),
    ("secret", True),
    ("partial", True),
    ("database-older-than", "7d"),
    ("image-older-than", "90d"),
    ("platform", "linux/amd64"),
    ("distro", "debian-*"),
    ("image", "registry.example/*"),
    ("suppression", ["unused", "expired"]),
    ("suppression-expires-within", "14d"),
    ("owner", False),
    ("owner", "payments"),
]


@pytest.mark.parametrize(("key", "value"), GOOD)
def test_what_a_person_writes_is_read_and_fits_the_schema(
    key: str, value: object
) -> None:
    """Each key reads its value, whose published schema allows it, and says something in words."""
    condition = ATOMS[key].parse(value)
    jsonschema.validate(value, ATOMS[key].schema)
    jsonschema.Draft202012Validator.check_schema(ATOMS[key].schema)
    assert condition.natural in condition.kinds
    assert condition == ATOMS[key].parse(value)
    assert hash(condition) == hash(ATOMS[key].parse(value))
    assert condition.words().strip() == condition.words() != ""
    assert condition.denied() != condition.words()
    assert json.dumps(ATOMS[key].schema)


def test_every_key_is_tried() -> None:
    """The table above leaves none out."""
    assert {key for key, _ in GOOD} == set(ATOMS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", key) for key in ATOMS)
    assert all(atom.words for atom in ATOMS.values())


BAD: list[tuple[str, object, str]] = [
    ("severity", "hihg", "high"),
    ("severity", [], ""),
    ("severity", " , ", ""),
    ("cvss", 11, ""),
    ("cvss", "9", ""),
    ("cvss", True, ""),
    ("cvss", float("nan"), ""),
    ("cvss", {"source": "nvd"}, ""),
    ("cvss", {"atleast": 7, "form": "nvd"}, ""),
    ("cvss", {"atleast": 7, "source": 3}, ""),
    ("risk", 101, ""),
    ("risk", "high", ""),
    ("epss", 50, ""),
    ("epss", "150%", ""),
    ("epss", "half", ""),
    ("kev", "true", ""),
    ("kev", "yes", "true"),
    ("exploit", "metasplot", "metasploit"),
    ("fix-available", 1, ""),
    ("fix-state", "wont-fix", "will-not-fix"),
    ("fix-available-for", 7, "7d"),
    ("fix-available-for", "one week", ""),
    ("age", "1y", ""),
    ("end-of-life", "180d", "90d"),
    ("id", "", ""),
    ("id", [1], ""),
    ("id", None, ""),
    ("cwe", "XSS", ""),
    ("confidence", "hgih", "high"),
    ("state", "fresh", ""),
    ("state", "exsting", "existing"),
    ("vex", "not_affected", ""),
    ("package", "pkg:npm", ""),
    ("package", {"name": "x"}, ""),
    ("version", 2.0, ""),
    ("version", ">> 1", ""),
    ("version", "", ""),
    ("package-type", "python", "pypi"),
    ("package-type", "nmp", "npm"),
    ("licence", [""], ""),
    ("path", 3, ""),
    ("layer", -1, ""),
    ("layer", True, ""),
    ("origin", "basee", "base"),
    ("origin", ["base", "own"], ""),
    ("secret", None, ""),
    ("suppression", "unsued", "unused"),
    ("suppression-expires-within", "soon", ""),
    ("owner", 3, ""),
    ("image", [], ""),
    ("check", ["x"] * 1001, ""),
]


@pytest.mark.parametrize(("key", "value", "near"), BAD)
def test_what_is_wrong_is_refused_with_what_was_expected(
    key: str, value: object, near: str
) -> None:
    """Nothing is guessed; where a right word is near it is named."""
    with pytest.raises(Expected) as caught:
        ATOMS[key].parse(value)
    assert caught.value.words
    if near:
        assert caught.value.near == near


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from([value for _, value in GOOD if isinstance(value, str)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.property
@settings(deadline=None, max_examples=400)
@given(st.sampled_from(sorted(ATOMS)), JSON)
def test_no_value_breaks_a_key(key: str, value: object) -> None:
    """Any value gives a condition or is refused; nothing else comes out."""
    try:
        condition = ATOMS[key].parse(value)
    except Expected:
        return
    assert isinstance(hash(condition), int)
    assert isinstance(condition.words(), str)


def test_the_reference_names_every_key() -> None:
    """``docs/conditions.md`` has a row for each key, and none for a key that is not there."""
    text = (Path(__file__).parents[3] / "docs" / "conditions.md").read_text("utf-8")
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE))
    assert rows - {"all", "any", "not"} == set(ATOMS)
    examples = re.findall(r"`(\{?[a-z-]+: [^`]+)`", text)
    read = [yaml.safe_load(one) for one in examples if "|" not in one]
    asked = [one for one in read if one.keys() <= {*ATOMS, "all", "any", "not"}]
    assert len(asked) > 15
    for one in asked:
        assert when(one).words()
