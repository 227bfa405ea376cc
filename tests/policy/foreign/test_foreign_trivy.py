"""``.trivyignore`` and ``.trivyignore.yaml``, as Trivy's documentation has them."""

from __future__ import annotations

import pytest
from ignoring import DEBIAN, LIBSSL, LODASH, LOG4J, OPENSSL, at, ignored, on, read
from judging import package

from shipworthy.errors import UsageError
from shipworthy.model.package import Distro


def test_a_line_is_an_id_with_words_behind_it() -> None:
    """The example of the documentation: comments, expiry, and ids of any scanner."""
    file = read(
        ".trivyignore",
        """\
        # Accept the risk
        CVE-2018-14618

        # Accept the risk until 2023-01-01
        CVE-2019-14697 exp:2023-01-01 key:value

        AVD-DS-0002
        generic-unwanted-rule # the rule fits our test data
        """,
    )
    assert [entry.ids for entry in file.entries] == [
        ("CVE-2018-14618",),
        ("CVE-2019-14697",),
        ("AVD-DS-0002",),
        ("generic-unwanted-rule",),
    ]
    assert [entry.source for entry in file.entries] == [
        f".trivyignore:{line}" for line in (2, 5, 7, 8)
    ]
    assert file.entries[0].about == ("vulnerability", "config", "secret", "licence")
    assert file.notes == ()


def test_the_comment_over_an_id_is_its_reason() -> None:
    """What stands over a block of lines, or behind one, is the owner's reason; a heading of one word is none."""
    file = read(
        ".trivyignore",
        """\
        # openssl
        # The command line is not in the image's path.
        CVE-2023-5363
        CVE-2023-5678

        CVE-2023-1 # never parsed here
        # licences
        GPL-3.0
        """,
    )
    assert [entry.reason for entry in file.entries] == [
        "openssl The command line is not in the image's path.",
        "openssl The command line is not in the image's path.",
        "never parsed here",
        "no reason given in .trivyignore",
    ]


@pytest.mark.parametrize(
    ("day", "taken"), [("2022-12-31", True), ("2023-01-01", False)]
)
def test_it_ends_as_the_day_begins(day: str, taken: bool) -> None:
    """Trivy compares with the beginning of the day: on that day the entry has ended."""
    file = read(".trivyignore", "CVE-2020-8203 exp:2023-01-01")
    assert ignored(file, on(LODASH, "CVE-2020-8203"), day=day) == (taken,)


def test_a_line_with_an_impossible_day_is_no_entry() -> None:
    """Trivy passes over such a line with a warning; so the finding counts, and a note says why."""
    file = read(".trivyignore", "CVE-2020-8203 exp:2023-13-01\nCVE-2 exp:soon")
    assert file.entries == ()
    assert [note.partition(": ")[0] for note in file.notes] == [
        ".trivyignore:1",
        ".trivyignore:2",
    ]


def test_sections_say_what_an_entry_is_about() -> None:
    """Each section of the YAML file is about one thing; a statement is the reason."""
    file = read(
        ".trivyignore.yaml",
        """\
        vulnerabilities:
          - id: CVE-2023-29491
            expired_at: 2023-09-01
            statement: Accept the risk
        misconfigurations:
          - id: AVD-DS-0002
            paths: [docs/Dockerfile]
        secrets:
          - id: aws-access-key-id
        licenses:
          - id: GPL-3.0
        """,
    )
    assert [entry.about for entry in file.entries] == [
        ("vulnerability",),
        ("config",),
        ("secret",),
        ("licence",),
    ]
    first, second = file.entries[:2]
    assert (first.reason, first.expires) == ("Accept the risk", "2023-08-31")
    assert first.source == ".trivyignore.yaml:2"
    assert second.paths == ("docs/Dockerfile",)
    assert second.reason == "no reason given in .trivyignore.yaml"


def test_paths_are_globs_on_every_place_of_the_package() -> None:
    """``**/`` is any directory or none, braces are alternatives; one place elsewhere keeps the finding."""
    file = read(
        ".trivyignore.yml",
        """\
        vulnerabilities:
          - id: CVE-2020-8203
            paths: ["**/node_modules/lodash/package.{json,yaml}"]
        """,
    )
    elsewhere = package(
        "npm", "lodash", "4.17.15", locations=at("opt/lodash/package.json")
    )
    both = package(
        "npm",
        "lodash",
        "4.17.15",
        locations=(*LODASH.locations, *elsewhere.locations),
    )
    found = [on(one, "CVE-2020-8203") for one in (LODASH, elsewhere, both)]
    assert ignored(file, *found) == (True, False, False)


def test_a_purl_without_version_is_every_version() -> None:
    """Type, namespace and name must agree, the version where it is given."""
    file = read(
        ".trivyignore.yaml",
        """\
        vulnerabilities:
          - id: CVE-2021-44228
            purls:
              - pkg:maven/org.apache.logging.log4j/log4j-core
          - id: CVE-2020-8203
            purls: ["pkg:npm/lodash@4.17.16"]
        """,
    )
    assert ignored(file, on(LOG4J, "CVE-2021-44228"), on(LODASH, "CVE-2020-8203")) == (
        True,
        False,
    )


def test_a_purl_of_a_distribution_is_a_binary_package() -> None:
    """``pkg:deb/debian/openssl`` is openssl, not libssl3 built from it, and not Ubuntu's."""
    file = read(
        ".trivyignore.yaml",
        """\
        vulnerabilities:
          - id: CVE-2023-5363
            purls: ["pkg:deb/debian/openssl", "pkg:npm/lodash"]
        """,
    )
    found = [on(one, "CVE-2023-5363") for one in (OPENSSL, LIBSSL, LODASH)]
    assert ignored(file, *found, distro=DEBIAN) == (True, False, True)
    ubuntu = Distro(id="ubuntu", version="22.04")
    assert ignored(file, *found, distro=ubuntu) == (False, False, True)


def test_what_cannot_be_said_is_left_out_and_told() -> None:
    """Entries without id, globs with excluded classes, wildcards in purls: none of it widens an entry."""
    file = read(
        ".trivyignore.yaml",
        """\
        vulnerabilities:
          - purls: ["pkg:deb/ubuntu/linux-libc-dev"]
          - id: CVE-1
            paths: ["a/[^b]/c"]
          - id: CVE-2
            purls: ["pkg:npm/lo*"]
          - id: CVE-3
            path: ["a"]
        unknown: []
        """,
    )
    assert [entry.ids for entry in file.entries] == [("CVE-3",)]
    lines = [note.split(":")[1] for note in file.notes]
    assert lines == ["9", "2", "4", "6", "8"]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("vulnerabilities: CVE-1", 1, "a list"),
        ("vulnerabilities:\n  - CVE-1", 2, "an entry as a mapping"),
        ("vulnerabilities:\n  - id: [CVE-1]", 2, "id as a text"),
        ("vulnerabilities:\n  - id: A\n    expired_at: 2023-02-30", 3, "YYYY-MM-DD"),
        ("vulnerabilities:\n  - id: A\n    purls: [lodash]", 3, "a package URL"),
        ("vulnerabilities:\n  - id: A\n    id: B", 3, "there twice"),
        ("- CVE-1", 1, "as a mapping"),
        ("a: [}", 1, "not YAML"),
    ],
)
def test_what_trivy_refuses_is_refused(text: str, line: int, expected: str) -> None:
    """The error names the file, the line and what was expected there."""
    with pytest.raises(UsageError, match=expected) as caught:
        read(".trivyignore.yaml", text)
    assert caught.value.message.startswith(f".trivyignore.yaml:{line}: ")


def test_an_empty_file_is_no_entry() -> None:
    """Nothing, comments alone and empty sections are all allowed."""
    for text in ("", "# nothing\n", "vulnerabilities:\n"):
        assert read(".trivyignore.yaml", text).entries == ()
    assert read(".trivyignore", "\n# nothing\n").entries == ()
