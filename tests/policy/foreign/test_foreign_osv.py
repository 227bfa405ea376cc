"""``osv-scanner.toml``: ignored vulnerabilities and package overrides."""

from __future__ import annotations

import pytest
from ignoring import DEBIAN, LIBSSL, LODASH, LOG4J, ignored, on, read
from judging import package

from shipworthy.model.package import Distro
from shipworthy.policy.foreign.interface import ForeignFile


BUSYBOX = package("apk", "busybox", "1.36.1-r28")
GIN = package("golang", "github.com/gin-gonic/gin", "v1.8.1")


def _override(fields: str) -> ForeignFile:
    return read("osv-scanner.toml", f"[[PackageOverrides]]\nignore = true\n{fields}\n")


def test_a_vulnerability_is_ignored_by_id_or_alias_until_a_day() -> None:
    """The documentation's example: the day given is the first on which it counts again."""
    file = read(
        "osv-scanner.toml",
        """\
        [[IgnoredVulns]]
        id = "GHSA-p6mc-m468-83gw"
        ignoreUntil = 2022-11-09 # Optional exception expiry date
        reason = "No ssh servers are connected to"
        """,
    )
    (entry,) = file.entries
    assert (entry.reason, entry.expires, entry.source) == (
        "No ssh servers are connected to",
        "2022-11-08",
        "osv-scanner.toml:1",
    )
    found = on(LODASH, "CVE-2020-8203", aliases=("GHSA-p6mc-m468-83gw",))
    assert ignored(file, found, day="2022-11-08") == (True,)
    assert ignored(file, found, day="2022-11-09") == (False,)


@pytest.mark.parametrize(
    ("time", "last"),
    [
        ("2022-11-09T12:00:00Z", "2022-11-08"),
        ("2022-11-09T00:30:00+02:00", "2022-11-07"),
        ("2022-11-09T23:59:59Z", "2022-11-09"),
        ("2022-11-09 00:00:00", "2022-11-08"),
        ('"2022-11-09T12:00:00Z"', "2022-11-08"),
    ],
)
def test_times_come_to_the_last_whole_day(time: str, last: str) -> None:
    """An instant ends the entry within its day, so the day before is the last that it covers; in UTC."""
    file = read(
        "osv-scanner.toml", f'[[IgnoredVulns]]\nid = "A"\nignoreUntil = {time}\n'
    )
    assert file.entries[0].expires == last


def test_the_first_of_two_entries_for_an_id_decides() -> None:
    """OSV-Scanner warns that only the first is used; so a later one does not prolong it."""
    file = read(
        "osv-scanner.toml",
        """\
        [[IgnoredVulns]]
        id = "CVE-2020-8203"
        ignoreUntil = 2022-11-09
        [[IgnoredVulns]]
        id = "CVE-2020-8203"
        """,
    )
    assert ignored(file, on(LODASH, "CVE-2020-8203")) == (False,)
    assert file.notes == (
        "osv-scanner.toml:4: CVE-2020-8203 is left out: it has an entry before, and the first decides",
    )


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ('name = "lodash"', (True, False, False, False, False)),
        ('name = "lodash"\nversion = "4.17.15"', (True, False, False, False, False)),
        ('name = "lodash"\nversion = "4.17.16"', (False,) * 5),
        ('ecosystem = "npm"', (True, False, False, False, False)),
        ('ecosystem = "Go"\nversion = "1.8.1"', (False, False, True, False, False)),
        ('ecosystem = "Maven"', (False, True, False, False, False)),
        (
            'name = "org.apache.logging.log4j:log4j-core"',
            (False, True, False, False, False),
        ),
        (
            'name = "github.com/gin-gonic/.*"\nnameIsRegex = true',
            (False, False, True, False, False),
        ),
        ('name = "gin"\nnameIsRegex = true', (False,) * 5),
        ('ecosystem = "Debian"', (False, False, False, True, False)),
        ('ecosystem = "Debian:12"', (False, False, False, True, False)),
        ('ecosystem = "Debian:11"', (False,) * 5),
        ('ecosystem = "Alpine:v3.20"', (False,) * 5),
        ('ecosystem = "Nonesuch"', (False,) * 5),
        ('ecosystem = "npm:1"', (False,) * 5),
        ('group = "dev"', (False,) * 5),
        ('name = "lod*"', (False,) * 5),
        ("", (True,) * 5),
    ],
)
def test_every_field_of_an_override_must_fit(
    fields: str, taken: tuple[bool, ...]
) -> None:
    """An npm, a Maven, a Go, a Debian and an apk package, in an image of Debian 12."""
    subjects = [on(one) for one in (LODASH, LOG4J, GIN, LIBSSL, BUSYBOX)]
    assert ignored(_override(fields), *subjects, distro=DEBIAN) == taken


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ('name = "openssl"', True),
        ('name = "openssl"\necosystem = "Debian:12"', True),
        ('name = "open.*"\nnameIsRegex = true\necosystem = "Debian"', True),
        ('name = "libssl3"', False),
        ('name = "openssl"\necosystem = "npm"', False),
    ],
)
def test_a_package_of_debian_is_called_by_its_source(fields: str, taken: bool) -> None:
    """OSV files Debian's and Alpine's advisories by source, and OSV-Scanner compares that name."""
    assert ignored(_override(fields), on(LIBSSL)) == (taken,)


@pytest.mark.parametrize(
    "fields",
    [
        'name = "jinja2"',
        'name = "jin.*"\nnameIsRegex = true',
        'name = "jinja.*"\nnameIsRegex = true\necosystem = "PyPI"',
        'name = "jinja2"\necosystem = "PyPI"',
    ],
)
def test_a_package_of_pypi_is_called_by_pep_503(fields: str) -> None:
    """However the package spells itself."""
    jinja = package("pypi", "Jinja2", "3.1.2")
    assert ignored(_override(fields), on(jinja)) == (True,)


@pytest.mark.parametrize(
    ("ecosystem", "version", "taken"),
    [
        ("Alpine:v3.20", "3.20.3", True),
        ("Alpine:v3.20", "3.19.4", False),
        ("Alpine", "3.19.4", True),
        ("Alpine:v3", "3.20.3", False),
    ],
)
def test_a_suffix_is_the_release(ecosystem: str, version: str, taken: bool) -> None:
    """``Alpine:v3.20`` is one release, ``Alpine`` all."""
    file = _override(f'ecosystem = "{ecosystem}"')
    distro = Distro(id="alpine", version=version)
    assert ignored(file, on(BUSYBOX), distro=distro) == (taken,)


def test_ignoring_says_what_is_ignored() -> None:
    """A package wholly, its vulnerabilities or its licence; a named licence is told of and not taken over."""
    file = read(
        "osv-scanner.toml",
        """\
        [[PackageOverrides]]
        name = "a"
        ignore = true
        license.override = ["MIT"]
        [[PackageOverrides]]
        name = "b"
        vulnerability.ignore = true
        [[PackageOverrides]]
        name = "c"
        license.ignore = true
        [[PackageOverrides]]
        name = "d"
        license.override = ["MIT", "0BSD"]
        """,
    )
    assert [(entry.advised, entry.about) for entry in file.entries] == [
        ("a", ("vulnerability", "licence")),
        ("b", ("vulnerability",)),
        ("c", ("licence",)),
    ]
    assert [note.partition(" ")[0] for note in file.notes] == ["osv-scanner.toml:11:"]


def test_an_earlier_override_decides_even_when_it_has_ended() -> None:
    """What both fit counts again with the first; what only the second fits is not touched."""
    file = read(
        "osv-scanner.toml",
        """\
        [[PackageOverrides]]
        name = "lodash"
        ecosystem = "npm"
        ignore = true
        effectiveUntil = 2022-11-09

        [[PackageOverrides]]
        ecosystem = "npm"
        ignore = true

        [[PackageOverrides]]
        ecosystem = "Go"
        ignore = true
        """,
    )
    found = on(LODASH), on(GIN)
    assert ignored(file, *found, day="2022-11-08") == (True, True)
    assert ignored(file, *found, day="2022-11-09") == (False, True)
    assert file.notes == (
        "osv-scanner.toml:7: it ends on 2022-11-08 with the override in line 1, which comes first and decides also when it has ended",
    )


def test_a_named_licence_comes_before_an_ignored_one() -> None:
    """The first override that speaks of the licence decides: it names one, so the later does not hold."""
    file = read(
        "osv-scanner.toml",
        """\
        [[PackageOverrides]]
        name = "lodash"
        license.override = ["MIT"]
        [[PackageOverrides]]
        license.ignore = true
        vulnerability.ignore = true
        """,
    )
    assert [entry.about for entry in file.entries] == [("vulnerability",)]


def test_keys_may_be_in_any_case() -> None:
    """The owner's decoder takes ``ID`` and ``IGNOREUNTIL`` for its fields."""
    file = read(
        "osv-scanner.toml",
        '[[ignoredVULNS]]\nID = "A"\nIGNOREUNTIL = 2022-11-09\n',
    )
    assert [(e.ids, e.expires, e.source) for e in file.entries] == [
        (("A",), "2022-11-08", "osv-scanner.toml:1")
    ]


def test_tables_without_a_header_are_counted() -> None:
    """Where the tables stand in an array, the source tells which one it is."""
    file = read("osv-scanner.toml", 'IgnoredVulns = [{id = "A"}, {id = "B"}]\n')
    assert [entry.source for entry in file.entries] == [
        "osv-scanner.toml (IgnoredVulns 1)",
        "osv-scanner.toml (IgnoredVulns 2)",
    ]


def test_what_steers_the_scan_is_told_of() -> None:
    """A version of Go for all modules is nothing that an image needs."""
    file = read(
        "osv-scanner.toml", 'GoVersionOverride = "1.22"\nScanGoModVersion = true'
    )
    assert file.entries == ()
    assert "GoVersionOverride" in file.notes[0]
