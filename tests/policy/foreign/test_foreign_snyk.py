"""``.snyk``: ids with dependency paths."""

from __future__ import annotations

import pytest
from ignoring import LIBSSL, LODASH, ignored, on, read
from judging import package

from shipworthy.errors import UsageError
from shipworthy.policy.foreign.interface import ForeignFile


ID = "SNYK-JS-LODASH-567746"
"""Snyk's id of CVE-2020-8203."""


def _rule(path: str, body: str = "", id_: str = ID) -> ForeignFile:
    return read(".snyk", f"ignore:\n  {id_!r}:\n    - {path!r}:\n{body}")


def test_a_rule_has_reason_owner_and_end() -> None:
    """The fields of the documentation, and what Snyk's command line adds by itself."""
    body = (
        "        reason: not reachable\n"
        "        expires: 2026-12-24T14:30:04.136Z\n"
        "        created: 2026-11-24T14:30:04.140Z\n"
        "        ignoredBy: {name: Ann, email: ann@example.com}\n"
        "        reasonType: wont-fix\n"
    )
    (entry,) = _rule("*", body).entries
    assert entry.ids == (ID,)
    assert entry.types == ("npm",)
    assert (entry.reason, entry.owner) == ("not reachable", "ann@example.com")
    assert (entry.expires, entry.source) == ("2026-12-23", ".snyk:3")


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("*", True),
        ("lodash", True),
        ("lodash@4.17.15", True),
        ("lodash@4.17.16", False),
        ("lodash@*", True),
        ("lodash@<4.17.19", True),
        ("lodash@>=4.0.0 <4.17.15", False),
        ("lodash@4.x", False),
        ("* > lodash", True),
        ("app > express@4.0.0 > lodash@4.17.15", True),
        ("app > lodash > *", True),
        ("underscore", False),
    ],
)
def test_the_last_part_of_a_path_is_the_package(path: str, taken: bool) -> None:
    """Name and version of it must fit; a range that cannot be read here leaves the entry out."""
    file = _rule(path)
    found = on(LODASH, "CVE-2020-8203", aliases=(ID,))
    assert ignored(file, found) == (taken,)
    told = "what asked for a package" in " ".join(file.notes)
    assert told == (path.startswith("app >"))


def test_a_package_of_a_distribution_is_named_behind_its_source() -> None:
    """Snyk writes ``source/package`` for what a distribution installs."""
    id_ = "SNYK-DEBIAN12-OPENSSL-6048820"
    file = _rule("openssl/libssl3@3.0.11-1~deb12u1", id_=id_)
    found = on(LIBSSL, "CVE-2023-5363", aliases=(id_,))
    npm = on(package("npm", "libssl3", "3.0.11"), "CVE-2023-5363", aliases=(id_,))
    assert ignored(file, found, npm) == (True, False)


def test_it_may_end_when_there_is_a_fix() -> None:
    """``disregardIfFixable``: what an update repairs counts."""
    file = _rule("*", "        disregardIfFixable: true\n")
    fixed = on(LODASH, "CVE-2020-8203", aliases=(ID,))
    unfixed = on(
        LODASH,
        "CVE-2020-8203",
        aliases=(ID,),
        fix_state="affected",
        fixed_versions=(),
    )
    assert ignored(file, fixed, unfixed) == (False, True)


def test_an_id_of_snyk_alone_is_told_of() -> None:
    """It fits what has it as an alias, and a CVE needs no word."""
    file = read(
        ".snyk", f"ignore:\n  {ID}: [{{'*': }}]\n  CVE-2020-8203: [{{'*': }}]\n"
    )
    assert ignored(file, on(LODASH, "CVE-2020-8203")) == (True,)
    (note,) = file.notes
    assert note.startswith(f".snyk:1: {ID} are Snyk's own ids")
    assert "CVE-2020-8203" not in note


def test_no_reason_is_none() -> None:
    """``None Given`` is what Snyk's command line writes where nothing was said."""
    for body in ("", "        reason: None Given\n", "        reason:\n"):
        assert _rule("*", body).entries[0].reason == "no reason given in .snyk"
    body = "        reason: None Given\n        reasonType: wont-fix\n"
    assert _rule("*", body).entries[0].reason == "wont-fix"


def test_what_is_not_about_ignoring_is_told_of() -> None:
    """Patches, excluded files and the threshold."""
    file = read(
        ".snyk",
        """\
        version: v1.25.1
        failThreshold: high
        ignore: {}
        patch:
          npm:hawk:20160119:
            - a > hawk:
                patched: '2016-03-01T14:30:04.136Z'
        exclude:
          global: [test/**]
        """,
    )
    assert [note.split()[1] for note in file.notes] == [
        "failThreshold",
        "patch",
        "exclude",
    ]


@pytest.mark.parametrize("text", ["", "version: v1.0.0", "ignore:", "ignore: []"])
def test_nothing_is_no_entry(text: str) -> None:
    """Empty files and sections are allowed."""
    assert read(".snyk", text).entries == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("just text", 1),
        ("version: v2.0.0", 1),
        ("ignore: nonsense", 1),
        ("ignore:\n  - a", 2),
        ("ignore:\n  A:\n    '*': {}", 2),
        ("ignore:\n  A:\n    - '*':\n      reason: under-indented", 4),
        ("ignore:\n  A:\n    - '*':\n        expires: soon", 4),
        ("ignore:\n  A:\n    - '*':\n        expires: 2026-02-30", 4),
        ("ignore:\n  A:\n    - '*':\n        ignoredBy: someone", 4),
        ("ignore:\n\t- a", 2),
    ],
)
def test_what_snyk_refuses_is_refused(text: str, line: int) -> None:
    """The cases of Snyk's own reader, with file and line."""
    with pytest.raises(UsageError) as caught:
        read(".snyk", text)
    assert caught.value.message.startswith(f".snyk:{line}: ")
