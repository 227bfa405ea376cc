"""Which tool's file it is, the bounds, and that nothing but a usage error comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ignoring import read

from shipworthy.errors import UsageError
from shipworthy.policy.foreign.convert import convert
from shipworthy.policy.foreign.interface import (
    MAX_BYTES,
    MAX_ENTRIES,
    ForeignFile,
)
from shipworthy.policy.foreign.read import NAMES, read_foreign, read_ignore_file


LINES = "CVE-2020-8203 exp:2027-01-01\n"
SECTIONS = "vulnerabilities:\n  - id: CVE-2020-8203\n"
RULES = "ignore:\n  - vulnerability: CVE-2020-8203\n"
TABLES = '[[IgnoredVulns]]\nid = "CVE-2020-8203"\n'
PATHS = "ignore:\n  CVE-2020-8203:\n    - '*':\n"


@pytest.mark.parametrize(
    ("name", "text", "format_"),
    [
        (".trivyignore", LINES, "trivy"),
        ("ci/.trivyignore.prod", LINES, "trivy"),
        (".trivyignore.yaml", SECTIONS, "trivy-yaml"),
        ("trivyignore.yml", SECTIONS, "trivy-yaml"),
        (".grype.yaml", RULES, "grype"),
        ("grype.yml", RULES, "grype"),
        (".grype/config.yaml", RULES, "grype"),
        ("osv-scanner.toml", TABLES, "osv-scanner"),
        ("ci/config.toml", TABLES, "osv-scanner"),
        (".snyk", PATHS, "snyk"),
        ("base.snyk", PATHS, "snyk"),
        (".inspector-ignore", "CVE-2020-8203\n", "inspector"),
        ("accepted.txt", LINES, "trivy"),
        ("accepted.yaml", SECTIONS, "trivy-yaml"),
        ("accepted.yaml", RULES, "grype"),
        ("accepted", TABLES, "osv-scanner"),
        ("accepted.yaml", PATHS, "snyk"),
    ],
)
def test_the_format_is_told_by_name_then_by_content(
    name: str, text: str, format_: str
) -> None:
    """The tools' own names decide; any other file is told by what is in it."""
    file = read(name, text)
    assert file.format == format_
    assert [entry.ids for entry in file.entries] == [("CVE-2020-8203",)]


@pytest.mark.parametrize("text", ["", "rules: []\n", "{}\n", "suppressions: []", "1 2"])
def test_what_is_none_of_them_is_refused(text: str) -> None:
    """The hint says what the files are called."""
    with pytest.raises(UsageError, match=r"^my\.yaml: is none") as caught:
        read("my.yaml", text)
    assert ".trivyignore" in caught.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """So is a directory; the error names the path."""
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(UsageError) as caught:
            read_ignore_file(path)
        assert caught.value.message.startswith(f"{path}: cannot be read")


def test_what_is_no_text_is_refused() -> None:
    """A byte that is no UTF-8 is told with its line; a byte order mark is none of the text."""
    with pytest.raises(UsageError, match=r"^\.trivyignore:2: expected text"):
        read_foreign(".trivyignore", b"CVE-1\n\xff\n")
    file = read_foreign(".trivyignore", b"\xef\xbb\xbfCVE-1\r\nCVE-2\r\n")
    assert [entry.ids for entry in file.entries] == [("CVE-1",), ("CVE-2",)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".trivyignore", "A\n" * (MAX_BYTES // 2 + 1)),
        (".trivyignore", "A\n" * (MAX_ENTRIES + 1)),
        (".trivyignore", "A" * 2_000),
        (".snyk", f"ignore: {'[' * 20}{']' * 20}"),
        (".snyk", "a: &a [x]\nb: *b"),
        (
            ".snyk",
            "a: &a [1, 2, 3, 4, 5, 6, 7, 8]\n"
            + "".join(
                f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 8)}]\n"
                for i in range(8)
            ),
        ),
        ("osv-scanner.toml", "[[PackageOverrides]]\nignore=true\n" * 1_001),
        ("osv-scanner.toml", f"a = {'[' * 2_000}{']' * 2_000}"),
        (".grype.yaml", f"ignore:\n  - package: {{name: '{'a' * 1_001}'}}"),
    ],
)
def test_bounds_are_kept(name: str, text: str) -> None:
    """Size, number, length, nesting, and what aliases would unfold to."""
    with pytest.raises(UsageError):
        read(name, text)


def _tried(name: str, data: bytes) -> ForeignFile | None:
    try:
        return read_foreign(name, data)
    except UsageError as error:
        if not error.message.startswith(f"{name}:"):
            raise AssertionError(error.message) from error
        return None


_WORDS = st.sampled_from(
    [
        "CVE-1", "ignore", "id", "package", "name", "paths", "purls", "pkg:npm/a",
        "pkg:deb/debian/a", "vulnerabilities", "vulnerability", "exp:2027-01-01",
        "expires", "2027-01-01", "*", "a > b@1", "true", "[[IgnoredVulns]]",
        "[[PackageOverrides]]", "=", '"', "'", "{", "}", "[", "]", ":", "-", "\n",
        "\n  ", "\n    - ", ": ", "&a", "*a", "<<", "#", "(?i)", "[^", "\\", "|",
        "!!binary", "---", "...", "%", "@", "\t", "nameIsRegex", "location", "match-type",
        "expired_at", "ignoreUntil", "effectiveUntil", "9999-12-31", "0001-01-01",
    ]
)  # fmt: skip


@pytest.mark.property
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(NAMES),
    text=st.lists(_WORDS | st.text(max_size=3), max_size=40).map("".join),
)
def test_nothing_but_a_usage_error_comes_out(name: str, text: str) -> None:
    """Whatever is in a file, it is read or refused by name; what is read can be written."""
    file = _tried(name, text.encode("utf-8", "surrogatepass"))
    if file is not None:
        assert convert([file]) == convert([file])


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "paths", "purls", "package", "name", "expires", "*"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@pytest.mark.property
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from([".trivyignore.yaml", ".grype.yaml", ".snyk"]),
    key=st.sampled_from(["ignore", "vulnerabilities", "licenses"]),
    value=st.lists(_VALUES, max_size=3) | _VALUES,
)
def test_values_of_any_type_are_read_or_refused(
    name: str, key: str, value: object
) -> None:
    """The right words around values of the wrong type give a usage error and nothing else."""
    text = yaml.safe_dump({key: value}, allow_unicode=True)
    _tried(name, text.encode())
