"""``.inspector-ignore`` of Amazon Inspector's GitHub action."""

from __future__ import annotations

from ignoring import LIBSSL, LODASH, ignored, on, read


def test_a_line_is_an_id() -> None:
    """Any id that a finding can have; comments stand alone or behind it."""
    file = read(
        ".inspector-ignore",
        """\
        # Accepted by the platform team
        CVE-2020-8203
        GHSA-mqqf-5wvp-8fh8  # not shipped

        IN-DOCKER-001
        """,
    )
    assert [(entry.ids[0], entry.reason) for entry in file.entries] == [
        ("CVE-2020-8203", "Accepted by the platform team"),
        ("GHSA-mqqf-5wvp-8fh8", "not shipped"),
        ("IN-DOCKER-001", "no reason given in .inspector-ignore"),
    ]
    assert file.entries[0].about == ("vulnerability", "config", "secret")
    found = on(LODASH, "CVE-2020-8203"), on(LIBSSL, "CVE-2023-5363")
    assert ignored(file, *found) == (True, False)


def test_a_line_with_more_is_no_id() -> None:
    """The format has no words behind an id; what they would limit is not guessed."""
    file = read(".inspector-ignore", "CVE-2020-8203 until:2027-01-01\n")
    assert file.entries == ()
    assert file.notes[0].startswith(".inspector-ignore:1: ")
