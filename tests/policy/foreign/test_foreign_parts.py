"""The small readers: dates, globs, regular expressions, YAML and names."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipworthy.errors import UsageError
from shipworthy.policy.foreign import globs, regex
from shipworthy.policy.foreign.dates import parse_day, parse_instant
from shipworthy.policy.foreign.words import (
    grype_namespace,
    osv_ecosystem,
    snyk_type,
)
from shipworthy.policy.foreign.yaml import read
from shipworthy.policy.patterns import matcher


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2027-01-01", "2026-12-31"),
        ("2027-01-01T00:00:00Z", "2026-12-31"),
        ("2027-01-01T12:00", "2026-12-31"),
        ("2027-01-01T23:59:59.999Z", "2027-01-01"),
        ("2027-01-01T00:00:00+02:00", "2026-12-30"),
        ("2027-01-01 00:00:00 -0530", "2026-12-31"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31T23:59:59Z", "9999-12-31"),
        ("Fri, 01 Jan 2027 00:00:00 +0000", "2026-12-31"),
    ],
)
def test_an_end_is_the_last_day_that_it_covers(text: str, last: str) -> None:
    """Days are whole here, and the tools' ends are instants."""
    assert parse_instant(text, rfc2822=True) == last


@pytest.mark.parametrize("text", ["", "2027-1-1", "20270101", "2027-02-30", "soon"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """Impossible days, and days in other spellings."""
    with pytest.raises(ValueError, match=r"."):
        parse_day(text)
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text, rfc2822=True)


@pytest.mark.parametrize(
    ("glob", "ours"),
    [
        ("**/*-lock.json", ("**/*-lock.json",)),
        ("a/{b,c/d}/*", ("a/b/*", "a/c/d/*")),
        ("{a,b{c,d}}", ("a", "bc", "bd")),
        ("a[bc].js", ("ab.js", "ac.js")),
        ("v[0-2]", ("v0", "v1", "v2")),
        ("foo**bar/**", ("foo*bar/**",)),
        (r"a\{b", ("a{b",)),
        ("a,b", ("a,b",)),
    ],
)
def test_globs_are_written_in_ours(glob: str, ours: tuple[str, ...]) -> None:
    """Alternatives and classes are written out; two stars within a part are one."""
    assert globs.translate(glob) == ours


@pytest.mark.parametrize(
    "glob", ["[^a]", "[!a]", "[]", "[a", "{a", "a}", "a\\", r"\*", "[*]", "{a,b}" * 9]
)
def test_globs_that_cannot_be_said_are_refused(glob: str) -> None:
    """Excluded characters, signs that mean themselves, and what is not complete."""
    with pytest.raises(globs.GlobError):
        globs.translate(glob)


@pytest.mark.parametrize(
    ("expression", "meets", "misses"),
    [
        ("lib.*", "libssl3", "zlib"),
        ("^lib(ssl|crypto)3?$", "libcrypto", "libssl33"),
        (r"python3\.1[0-9]", "python3.11", "python3x11"),
        ("(?P<a>x)+?(?:y)", "xxy", "y"),
        ("(?i)JINJA2", "jinja2", "jinja3"),
        ("[[:alpha:]]+", "abc", "a1"),
        (r"[\d_-]{2,3}", "1-", "1"),
        (r"a\x41\x{42}", "aAB", "aab"),
        (r"\Aa\z", "a", "b"),
        ("a{,2}", "a{,2}", "aa"),
        ("[]a]", "]", "b"),
        ("", "", "a"),
    ],
)
def test_expressions_mean_what_they_mean_in_go(
    expression: str, meets: str, misses: str
) -> None:
    """The whole name is met, by the syntax of RE2."""
    test = matcher(regex.translate(expression))
    assert test(meets)
    assert not test(misses)


@pytest.mark.parametrize(
    "expression",
    ["[a", "(a", "a)", "*a", "a**", "a{2}{3}", "(?=a)", "(?!a)", "(?<=a)b", r"\8", r"\Z", r"\_"[:1], "a{1001}", "[b-a]", "[[:nope:]]", "(?a)b"],
)  # fmt: skip
def test_expressions_that_go_refuses_are_invalid(expression: str) -> None:
    """Python would take some of them."""
    with pytest.raises(regex.InvalidRegexError):
        regex.translate(expression)


@pytest.mark.parametrize(
    "expression",
    [
        r"\bfoo",
        r"\pL",
        r"\Qa.b\E",
        "a(?i)b",
        r"\01",
        "[[:^alpha:]]",
        "a" * 251,
        "(" * 40,
    ],
)
def test_expressions_that_cannot_be_said_are_told_apart(expression: str) -> None:
    """Go takes them; the entry is left out, the file is not refused."""
    with pytest.raises(regex.UnsupportedRegexError):
        regex.translate(expression)


@pytest.mark.property
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(alphabet="ab.*+?|()[]^$\\d{1,}-:", max_size=12),
    st.text(alphabet="ab1.-", max_size=6),
)
def test_a_translation_means_the_same_to_python(expression: str, name: str) -> None:
    """What is translated can be matched, and names are met where Python's engine meets them."""
    try:
        pattern = regex.translate(expression)
        oracle = re.compile(pattern)
    except (regex.InvalidRegexError, regex.UnsupportedRegexError, re.error):
        return
    assert matcher(pattern)(name) == bool(oracle.fullmatch(name))


def test_yaml_keeps_the_text_and_the_line() -> None:
    """A version is no number, null is nothing, aliases and merges are followed."""
    root = read("x", "a: &b {v: 1.10, n: }\nc:\n  <<: *b\n  n: 'null'\n")
    assert root.fields["a"].fields["v"].text == "1.10"
    assert root.fields["a"].fields["n"].kind == "null"
    merged = root.fields["c"]
    assert (merged.fields["v"].text, merged.fields["n"].kind) == ("1.10", "text")
    assert root.key_lines == {"a": 1, "c": 2}


def test_yaml_reads_the_first_document_alone() -> None:
    """As the tools do; an empty file has none."""
    assert read("x", "a: 1\n---\nb: 2\n").fields.keys() == {"a"}
    assert read("x", "").kind == "null"


@pytest.mark.parametrize("text", ["? [a]\n: b", "a: b: c", "\x00", "a: [}", "a: *b"])
def test_yaml_that_cannot_be_read_is_refused(text: str) -> None:
    """The error names the file and the line."""
    with pytest.raises(UsageError, match=r"^x:1: "):
        read("x", text)


def test_ecosystems_name_types_and_releases() -> None:
    """OSV's names, with and without the release of a distribution."""
    assert osv_ecosystem("PyPI") == ("pypi", "")
    assert osv_ecosystem("Ubuntu:22.04:LTS") == ("deb", "ubuntu-22.04")
    assert osv_ecosystem("AlmaLinux:9") == ("rpm", "almalinux-9")
    assert osv_ecosystem("Photon OS:5.0") == ("rpm", "photon-5")
    assert osv_ecosystem("Wolfi") == ("apk", "wolfi")
    for text in ("pypi", "PyPI:1", "Debian:sid", "Alpine:edge", "GIT", ""):
        assert osv_ecosystem(text) is None


def test_namespaces_name_types_and_releases() -> None:
    """Grype's names; what is not told apart here is none."""
    assert grype_namespace("redhat:distro:redhat:9") == (("rpm",), "redhat-9", False)
    assert grype_namespace("mariner:distro:mariner:2.0") == (
        ("rpm",),
        "mariner-2",
        False,
    )
    assert grype_namespace("nvd:cpe") == ((), "", True)
    for text in (
        "msrc:distro:windows:1",
        "redhat:distro:redhat:9.4",
        "github:language:c",
        "x",
    ):
        assert grype_namespace(text) is None


def test_ids_of_snyk_name_types() -> None:
    """The word behind the dash is a language or a distribution with its release."""
    assert snyk_type("SNYK-PYTHON-JINJA2-6150717") == ("pypi", False)
    assert snyk_type("SNYK-ALPINE319-OPENSSL-6148881") == ("apk", True)
    assert snyk_type("npm:hawk:20160119") == ("npm", False)
    assert snyk_type("CVE-2020-8203") == ("", False)
