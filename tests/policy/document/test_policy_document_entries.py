"""``suppressions`` of a policy file: what is read, and what would hide too much."""

from __future__ import annotations

import pytest

from shipworthy.errors import UsageError
from shipworthy.policy.document.read import read_document
from shipworthy.policy.suppressions.entry import Suppression


def read(text: str) -> tuple[Suppression, ...]:
    """The entries of a text called p.yaml."""
    return read_document("p.yaml", text.encode()).suppressions


def refused(text: str) -> list[str]:
    """The lines of what is wrong with a text."""
    with pytest.raises(UsageError) as caught:
        read(text)
    return list(caught.value.lines)


def entry_errors(body: str) -> list[str]:
    """What is wrong with an entry that has this beside its reason."""
    return refused(f"suppressions:\n  - reason: x\n    {body}")


def test_an_entry_is_read() -> None:
    """One text stands for a list of one; a path loses its slash; the line is that of the entry."""
    (entry,) = read(
        """
suppressions:
  - id: CVE-2021-44228
    package: [pkg:maven/org.apache.logging.log4j/log4j-core, "log4j*"]
    version: ">=2.0, <2.15"
    path: /app/**/*.jar
    layer: 3
    image: registry.example/pay/*
    origin: base
    type: maven
    fix-state: [will-not-fix, fixed]
    about: [vulnerability]
    reason: the lookup class is removed from the jar
    owner: payments
    expires: 2027-01-31
    until: fix-available
"""
    )

    assert entry == Suppression(
        reason="the lookup class is removed from the jar",
        ids=("CVE-2021-44228",),
        packages=("pkg:maven/org.apache.logging.log4j/log4j-core", "log4j*"),
        types=("maven",),
        versions=">=2.0, <2.15",
        paths=("app/**/*.jar",),
        layers=("3",),
        images=("registry.example/pay/*",),
        origin="base",
        fix_states=("fixed", "will-not-fix"),
        about=("vulnerability",),
        until_fix=True,
        expires="2027-01-31",
        owner="payments",
        source="p.yaml:3",
    )


@pytest.mark.parametrize(
    "body",
    [
        "owner: me",
        "image: registry.example/app",
        "origin: base",
        "type: deb",
        "version: '>0'",
        "fix-state: will-not-fix",
        "id: '*'",
        "package: '*'",
        "package: 'pkg:*'",
        "package: 'pkg:npm/*'",
        "package: 'pkg:npm/**@*'",
        "package: [openssl, '**']",
        "path: '**'",
        "path: '/**/*'",
        "path: '*'",
        "layer: '*'",
        "path: '**'\n    package: '*'",
    ],
)
def test_an_entry_that_takes_out_everything_is_refused(body: str) -> None:
    """Without an id, package, path or layer that says something it would hide whatever comes."""
    (told,) = entry_errors(body)

    assert told.startswith("p.yaml:2: the suppression names ")
    assert "would take out everything" in told


@pytest.mark.parametrize(
    "body",
    [
        "id: CVE-2024-1",
        "package: 'lib*'",
        "package: sh",
        "package: 'pkg:npm/@babel/*'",
        "path: 'usr/**'",
        "layer: 0",
        "layer: 'sha256:0123456789ab'",
        "layer: '*apt-get*'",
        "path: '**'\n    package: openssl",
    ],
)
def test_an_entry_that_says_something_is_read(body: str) -> None:
    """One selector that does not fit everything is enough."""
    assert read(f"suppressions:\n  - reason: x\n    {body}")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("expires: 2026-02-30", "found '2026-02-30', expected a day that the calendar"),
        ("expires: 2026-1-1", "did you mean 2026-01-01?"),
        ("expires: 31.1.2027", "expected a day written as YYYY-MM-DD"),
        ("expires: 2027-01-31T00:00:00Z", "expected a day written as YYYY-MM-DD"),
        ("expires: 20270131", "found 20270131, expected a day written as"),
        ("expires: never", "expected a day written as YYYY-MM-DD"),
        ("until: fix-availble", "did you mean fix-available?"),
        ("origin: unknown", "expected one of base, own"),
        ("about: secrets", "did you mean secret?"),
        ("fix-state: wont-fix", "did you mean will-not-fix?"),
        ("version: 2.10", "found 2.10, expected a range of versions"),
        ("version: 2.10", "quote it: '2.10'"),
        ("version: newest", "expected a range of versions"),
        ("version: '^1.2'", "expected a range of versions"),
        ("version: '>>1.2'", "expected a range of versions"),
        ("owner: ''", "owner: found an empty text, expected text"),
        ("pakage: x", "unknown key 'pakage'; did you mean package?"),
        ("package: []", "package: found an empty list, expected text or a list"),
        ("path: [a, [b]]", "path: found a list, expected text"),
        ("layer: 'sha256:012345'", "expected at least the first 12 digits of a digest"),
        ("package: 'pkg:npm'", "'pkg:npm' is not a package URL: expected"),
        ("layer: -1", "layer: found -1, expected a layer's index"),
        ("layer: true", "layer: found true, expected a layer's index"),
    ],
)
def test_a_wrong_entry_is_told_with_line_and_word(body: str, told: str) -> None:
    """Impossible dates, states and ranges are named where they stand."""
    (line,) = entry_errors(f"id: CVE-2024-1\n    {body}")

    assert line.startswith("p.yaml:4: ")
    assert told in line


def test_wildcards_are_not_read_in_ids() -> None:
    """An id that could never fit is an error, not an entry that does nothing."""
    (told,) = entry_errors("id: CVE-2024-*")

    assert "expected each in full" in told


@pytest.mark.parametrize("reason", ["", "''", "' '", "~"])
def test_a_reason_is_required(reason: str) -> None:
    """Nobody can say later why a finding does not count, if nobody says so now."""
    (told,) = refused(f"suppressions:\n- id: CVE-2024-1\n  reason: {reason}")
    assert told.startswith("p.yaml:3: reason: found ")
    (told,) = refused("suppressions:\n- id: CVE-2024-1")
    assert told == "p.yaml:2: a suppression has no reason, expected the key 'reason'"
