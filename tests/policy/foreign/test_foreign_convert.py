"""``policy convert``: what is written reads back, and what is lost is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ignoring import read

from shipworthy.cli.main import run
from shipworthy.cli.policy.convert import command
from shipworthy.model.advisory import FixState
from shipworthy.model.image import Origin
from shipworthy.policy.foreign.convert import convert
from shipworthy.policy.foreign.interface import ForeignFile
from shipworthy.policy.foreign.spelling import as_globs, spell
from shipworthy.policy.suppressions.entry import About, Suppression


KEYS = {
    "id": "ids",
    "package": "packages",
    "path": "paths",
    "layer": "layers",
    "image": "images",
    "type": "types",
    "fix-state": "fix_states",
    "about": "about",
}
"""Keys of the file that take one text or several, and the fields that they are."""


def _entries(text: str) -> list[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = yaml.safe_load(text)["suppressions"]
    return entries


def _suppression(fields: Mapping[str, Any], source: str) -> Suppression:
    found: dict[str, Any] = {"reason": fields["reason"], "source": source}
    for key, name in KEYS.items():
        if key in fields:
            value = fields[key]
            found[name] = tuple(value) if isinstance(value, list) else (value,)
    for key, name in (
        ("version", "versions"),
        ("origin", "origin"),
        ("owner", "owner"),
    ):
        if key in fields:
            found[name] = fields[key]
    if "expires" in fields:
        found["expires"] = str(fields["expires"])
    found["until_fix"] = fields.get("until") == "fix-available"
    return Suppression(**found)


_TEXT = st.text(min_size=1, max_size=12)
_SEVERAL = st.lists(_TEXT, max_size=3).map(tuple)
_ENTRY = st.builds(
    Suppression,
    reason=_TEXT,
    ids=_SEVERAL,
    packages=_SEVERAL,
    types=_SEVERAL,
    versions=st.text(max_size=8),
    paths=_SEVERAL,
    layers=_SEVERAL,
    images=_SEVERAL,
    origin=st.none() | st.sampled_from(get_args(Origin)),
    fix_states=st.lists(st.sampled_from(get_args(FixState)), max_size=2).map(tuple),
    about=st.lists(
        st.sampled_from(get_args(About)), min_size=1, max_size=4, unique=True
    ).map(tuple),
    until_fix=st.booleans(),
    expires=st.just("") | st.dates().map(str),
    owner=st.text(max_size=8),
    source=st.just(".snyk:1"),
    advised=st.just("") | st.sampled_from(["openssl", "a|b"]),
    pattern=st.just("") | st.sampled_from(["linux-.*", r"a\.b", "(a|b)"]),
    distros=st.just(()) | st.sampled_from([("debian",), ("debian-12",)]),
    aliases=st.booleans(),
)


@pytest.mark.property
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_ENTRY, max_size=4), st.lists(st.text(max_size=20), max_size=3))
def test_what_is_written_reads_back(
    entries: list[Suppression], notes: list[str]
) -> None:
    """Every entry that has a spelling comes back field by field, whatever its texts are."""
    file = ForeignFile(
        name=".snyk", format="snyk", entries=tuple(entries), notes=tuple(notes)
    )
    wanted = [spelled.entry for one in entries if (spelled := spell(one)).entry]
    text = convert([file])
    back = [_suppression(fields, ".snyk:1") for fields in _entries(text)]
    assert back == wanted
    assert convert([file]) == text


def test_comments_tell_where_it_comes_from_and_what_got_lost() -> None:
    """The whole text for a small file of each sort of trouble."""
    file = read(
        ".grype.yaml",
        """\
        fail-on-severity: high
        ignore:
          - vulnerability: CVE-2021-44228
            include-aliases: true
            package: {name: log4j-core, type: java-archive}
            reason: "the lookup class is removed: see #12"
          - package: {name: "linux-.*", type: deb}
          - package: {type: deb, upstream-name: linux}
        """,
    )
    assert convert([file]) == (
        "# Entries of .grype.yaml, Grype's .grype.yaml\n"
        "suppressions:\n"
        "  # .grype.yaml:3\n"
        "  - id: CVE-2021-44228\n"
        '    package: [log4j-core, "*:log4j-core"]\n'
        "    type: maven\n"
        '    reason: "the lookup class is removed: see #12"\n'
        "  # .grype.yaml:7\n"
        "  # the expression linux\\-.* is written as a glob\n"
        "  # a reason is missing: say here why this is no risk\n"
        '  - package: "linux-*"\n'
        "    type: deb\n"
        '    reason: "no reason given in .grype.yaml"\n'
        "\n"
        "# Not taken over, or not in full:\n"
        "# .grype.yaml:1: fail-on-severity is not taken over: say --fail-on SEVERITY\n"
        "# .grype.yaml:8: left out: there is no spelling for the source package's name\n"
    )


def test_a_package_of_a_distribution_is_written_as_a_purl() -> None:
    """Type and distribution are in it; that it now fits a source too is told."""
    file = read(
        ".trivyignore.yaml",
        """\
        vulnerabilities:
          - id: CVE-2023-5363
            purls: ["pkg:deb/debian/libstdc++6@12.2.0-14"]
        """,
    )
    text = convert([file])
    (entry,) = _entries(text)
    assert entry["package"] == "pkg:deb/debian/libstdc%2B%2B6"
    assert entry["version"] == "=12.2.0-14"
    assert "fits also what is built from a source of that name" in text


def test_the_name_that_osv_uses_is_written_as_near_as_can_be() -> None:
    """A source of Debian is a package URL; a name without ecosystem is the package's own, which is told."""
    file = read(
        "osv-scanner.toml",
        """\
        [[PackageOverrides]]
        name = "openssl"
        ecosystem = "Debian"
        ignore = true
        [[PackageOverrides]]
        name = "libfoo-1"
        ignore = true
        """,
    )
    text = convert([file])
    assert [entry["package"] for entry in _entries(text)] == [
        "pkg:deb/debian/openssl",
        "libfoo-1",
    ]
    assert text.count("it meant the source") == 1


def test_no_entries_are_an_empty_list() -> None:
    """The file is a policy all the same."""
    assert _entries(convert([read(".trivyignore", "# nothing\n")])) == []


def test_what_could_take_out_everything_is_not_written() -> None:
    """``shipworthy.yaml`` wants an id, a package, a path or a layer; what fits by type alone is told of."""
    file = read(
        "osv-scanner.toml",
        """\
        [[PackageOverrides]]
        ecosystem = "npm"
        ignore = true
        [[PackageOverrides]]
        ignore = true
        """,
    )
    text = convert([file])
    assert _entries(text) == []
    assert "# osv-scanner.toml:1: left out: an entry must name" in text
    assert "# osv-scanner.toml:4: left out: an entry must name" in text


@pytest.mark.parametrize(
    ("pattern", "globs"),
    [
        (r"linux\-.*", ("linux-*",)),
        ("a.*.*b", ("a*b",)),
        ("(?:[^:]*:)?(?:log4j.*)", ("log4j*", "*:log4j*")),
        ("a.b", None),
        ("a|b", None),
        (r"a\*", None),
        ("a+", None),
        ("", None),
    ],
)
def test_only_plain_expressions_become_globs(
    pattern: str, globs: tuple[str, ...] | None
) -> None:
    """A glob never fits more than the expression that it stands for."""
    assert as_globs(pattern) == globs


def test_the_command_writes_to_stdout_or_a_file(tmp_path: Path) -> None:
    """A file that is there is left alone, unless ``--force`` says otherwise."""
    source = tmp_path / ".trivyignore"
    source.write_text("CVE-2020-8203\n")
    target = tmp_path / "shipworthy.yaml"
    shown = CliRunner().invoke(command, [str(source)])
    assert _entries(shown.output)[0]["id"] == "CVE-2020-8203"
    assert run(["policy", "convert", str(source), "-o", str(target)]) == 0
    assert target.read_text() == shown.output
    target.write_text("mine")
    assert run(["policy", "convert", str(source), "-o", str(target)]) == 2
    assert target.read_text() == "mine"
    assert run(["policy", "convert", str(source), "-o", str(target), "--force"]) == 0
    assert target.read_text() == shown.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".trivyignore",
        "shipworthy.yaml",
    ]


def test_the_command_refuses_what_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A directory, a directory that is not there, and a file that is none: exit 2, naming it."""
    source = tmp_path / ".trivyignore"
    source.write_text("CVE-2020-8203\n")
    for output in (tmp_path, tmp_path / "absent" / "x.yaml"):
        assert run(["policy", "convert", str(source), "-o", str(output)]) == 2
        assert str(output) in capsys.readouterr().err
    assert run(["policy", "convert", str(tmp_path / "absent")]) == 2
    assert "absent: cannot be read" in capsys.readouterr().err
