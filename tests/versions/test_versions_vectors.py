"""Every published comparison vector, and every deviation from one with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support import SHARED

from shipworthy import versions
from shipworthy.errors import VersionError
from shipworthy.versions.constraint import satisfies
from shipworthy.versions.nevra import compare_nevra, parse_nevra
from shipworthy.versions.rpm import vercmp_key


VECTORS = SHARED / "conformance" / "versions"

SCHEME_OF = {
    "alpine": "apk",
    "cran": "cran",
    "debian": "deb",
    "hackage": "hackage",
    "maven": "maven",
    "nuget": "nuget",
    "packagist": "composer",
    "pub": "pub",
    "pypi": "pep440",
    "redhat": "rpm",
    "rubygems": "gem",
    "semver": "semver",
}
CMP = {"<": -1, "=": 0, "==": 0, ">": 1}

ONE_SIDED_EPOCH = (
    "the source ignores an epoch that only one side has; here an absent epoch is 0, as rpm "
    "itself has it: docs/adr/0002-version-disagreements.md"
)
RPM_ZEROS = (
    "the source drops zeros at the end of a release; rpm 4.18 orders el8.0.0 after el8: "
    "docs/adr/0002-version-disagreements.md"
)
HASH_IS_ANY_NUMBER = (
    "with 1.2.3.# = 1.2.3 and 1.2.3 < 1.2.3.1, also vectors, it is no order: "
    "docs/adr/0002-version-disagreements.md"
)

DEVIATIONS: dict[tuple[str, str, str], str] = {
    ("composer", "1.2.3.#", "= 1.2.3.1"): HASH_IS_ANY_NUMBER,
    ("rpm", "1:0", "< 1"): ONE_SIDED_EPOCH,
    ("rpm", "2:4.19.01-1.el7_5", "= 4.19.1-1.el7_5"): ONE_SIDED_EPOCH,
    ("rpm", "4.19.01-1.el7_5", "= 2:4.19.1-1.el7_5"): ONE_SIDED_EPOCH,
    ("rpm", "4.19.0-1.el7_5", "> 12:4.19.0-1.el7"): ONE_SIDED_EPOCH,
    ("rpm", "3:4.19.0-1.el7_5", "< 4.21.0-1.el7"): ONE_SIDED_EPOCH,
    ("rpm", "2.0.0", "> 1:1.5.0"): ONE_SIDED_EPOCH,
    ("rpm", "1.0", "< 2:1.0"): ONE_SIDED_EPOCH,
    ("rpm", "2:4.19.01-1.el7_5", "<= 4.19.1-1.el7_5"): ONE_SIDED_EPOCH,
    ("rpm", "4.19.01-1.el7_5", "< 2:4.19.1-1.el7_5"): ONE_SIDED_EPOCH,
    ("rpm", "4.19.0-1.el7_5", "< 12:4.19.0-1.el7"): ONE_SIDED_EPOCH,
    ("rpm", "4.19.0-1.el7_5", "<= 12:4.19.0-1.el7"): ONE_SIDED_EPOCH,
    ("rpm", "8.3.1-5.el8", "< 0:8.3.1-5.el8.0.0"): RPM_ZEROS,
    ("rpm", "8.3.1-5.el8.0.0", "> 0:8.3.1-5.el8"): RPM_ZEROS,
}
"""(scheme, version, what the vector holds it against) of every vector that is not followed."""


def rows(name: str) -> list[dict[str, Any]]:
    """Read the rows of a JSON file."""
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text())
    assert found, f"{name} holds no rows"
    return found


def lines(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield ``a op b`` of a text file, comments left out."""
    for line in (VECTORS / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith(("#", "//")):
            a, op, b = line.split()
            yield a, op, b


def check(scheme: str, version: str, against: str, *, agrees: bool) -> str:
    """Give what is wrong with one vector; a deviation that agrees after all is wrong too."""
    reason = DEVIATIONS.get((scheme, version, against))
    if agrees and reason:
        return f"{scheme}: {version} {against} agrees; take it off the table"
    if not agrees and not reason:
        return f"{scheme}: {version} {against}"
    return ""


def compared(scheme: str, a: str, b: str, **options: Any) -> int | VersionError:
    """Compare, and give a refusal as a value."""
    try:
        return versions.compare(scheme, a, b, **options)
    except VersionError as error:
        return error


@pytest.mark.parametrize("name", sorted(SCHEME_OF))
def test_osv_vectors(name: str) -> None:
    """Versions order as OSV's own vectors have them, seen from either side."""
    scheme = SCHEME_OF[name]
    wrong = []
    for a, op, b in lines(f"osv/{name}-versions.txt"):
        forth, back = compared(scheme, a, b), compared(scheme, b, a)
        agrees = forth == CMP[op] and back == -CMP[op]
        wrong.append(check(scheme, a, f"{op} {b}", agrees=agrees))

    assert not list(filter(None, wrong))
    assert len(wrong) > 10


def test_every_osv_file_is_read() -> None:
    """No vector file lies unread."""
    names = {path.name.removesuffix("-versions.txt") for path in VECTORS.glob("osv/*")}

    assert names == set(SCHEME_OF)


def test_comparisons() -> None:
    """Versions compare as recorded, an absent epoch as the row says."""
    wrong = []
    for row in rows("comparisons.json"):
        scheme, a, b = row["scheme"], row["a"], row["b"]
        found = compared(scheme, a, b, missing_epoch=row.get("missing_epoch") or "zero")
        op = {-1: "<", 0: "=", 1: ">"}[row["cmp"]]
        # Some rows are there twice, with the epoch rule spelled out and without.
        if (scheme, a, b) == ("rpm", "2.0.0", "1:1.5.0") and row["cmp"] == found:
            continue
        wrong.append(check(scheme, a, f"{op} {b}", agrees=found == row["cmp"]))

    assert not list(filter(None, wrong))


def test_constraints() -> None:
    """Versions satisfy constraints as recorded, and what is refused raises ``VersionError``."""
    wrong = []
    for row in rows("constraints.json"):
        scheme, version, text = row["scheme"], row["version"], row["constraint"]
        found: bool | None
        try:
            found = satisfies(scheme, version, text)
        except VersionError:
            found = None
        agrees = found is row["satisfied"] and (found is None) is bool(row.get("error"))
        wrong.append(check(scheme, version, text, agrees=agrees))

    assert not list(filter(None, wrong))


def test_normalise() -> None:
    """Versions take the form that advisories use."""
    wrong = [
        (row, found)
        for row in rows("normalise.json")
        if (found := versions.scheme(row["scheme"]).normalise(row["input"]))
        != row["want"]
    ]

    assert not wrong


def test_validity() -> None:
    """A scheme takes what is a version and refuses what is none."""
    wrong = []
    for row in rows("validity.json"):
        try:
            versions.scheme(row["scheme"]).key(row["input"])
            valid = True
        except VersionError:
            valid = False
        if valid is not row["valid"]:
            wrong.append(row)

    assert not wrong


def test_rpmvercmp() -> None:
    """One field of an RPM version orders as rpm's own tests have it."""
    wrong = []
    for a, op, b in lines("rpmver/rpmvercmp.txt"):
        left, right = vercmp_key(a), vercmp_key(b)
        if (left > right) - (left < right) != CMP[op]:
            wrong.append((a, op, b))

    assert not wrong


def test_nevra_comparisons() -> None:
    """Labels order by name, epoch, version, release and architecture; an absent part is first."""
    wrong = [
        (a, op, b)
        for a, op, b in lines("rpmver/compare.txt")
        if compare_nevra(a, b) != CMP[op] or compare_nevra(b, a) != -CMP[op]
    ]

    assert not wrong


def test_nevra_parts() -> None:
    """A label falls into its five parts."""
    wrong = []
    for line in (VECTORS / "rpmver/parse.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        label, *parts = (part.strip("'\"") for part in line.split())
        found = parse_nevra(label)
        if parts != [
            found.name,
            found.epoch,
            found.version,
            found.release,
            found.arch,
        ]:
            wrong.append((line, found))

    assert not wrong


def test_every_deviation_is_a_vector() -> None:
    """The table of deviations names no vector that does not exist."""
    seen = {
        (row["scheme"], row["version"], row["constraint"])
        for row in rows("constraints.json")
    }
    for row in rows("comparisons.json"):
        op = {-1: "<", 0: "=", 1: ">"}[row["cmp"]]
        seen.add((row["scheme"], row["a"], f"{op} {row['b']}"))
    for name, scheme in SCHEME_OF.items():
        seen |= {
            (scheme, a, f"{op} {b}") for a, op, b in lines(f"osv/{name}-versions.txt")
        }

    assert not set(DEVIATIONS) - seen
