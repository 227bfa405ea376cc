"""Python distributions: metadata, eggs, file lists, and what is not a distribution."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from support import SHARED

from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen
from shipworthy.catalogers.python import PythonCataloger
from shipworthy.errors import ParseError


SITE = "usr/lib/python3/site-packages"
CASES = SHARED / "conformance" / "packages" / "python-packaging"


def parse(path: str, data: bytes) -> list[Evidence]:
    """The evidence of one file."""
    return list(PythonCataloger().parse([LayerFile(path=path, data=data)]))


def only(path: str, data: bytes) -> PackageSeen:
    """The one package of one file."""
    (evidence,) = parse(path, data)
    (package,) = evidence.packages
    return package


def files(path: str, data: bytes) -> list[str]:
    """The files that a list names."""
    (evidence,) = parse(path, data)
    return evidence.file_list.split("\0")


def egg(members: dict[str, bytes]) -> bytes:
    """A zipped egg."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def conformance() -> list[dict[str, object]]:
    """The published cases."""
    cases: list[dict[str, object]] = json.loads((CASES / "expected.json").read_text())
    return cases


@pytest.mark.parametrize("case", conformance(), ids=lambda case: str(case["input"]))
def test_published_cases(case: dict[str, object]) -> None:
    """Name, version and licences are those that other readers find in the same file."""
    name = str(case["input"])
    if name.endswith(".egg"):
        path = f"{SITE}/{name.partition('__')[2]}"
    else:
        path = f"{SITE}/{name.removesuffix('.METADATA')}.dist-info/METADATA"
    seen = only(path, (CASES / name).read_bytes())
    found = {"name": seen.name, "version": seen.version, "licences": [*seen.licences]}
    assert [found] == case["packages"]


def test_dist_info_gives_the_package_and_the_key_of_its_files() -> None:
    """A dist-info names the distribution; its RECORD is joined by the directory."""
    home = f"{SITE}/zope.interface-5.4.0.dist-info"
    text = b"Metadata-Version: 2.1\nName: zope.interface\nVersion: 5.4.0\n\nText\n"
    seen = only(f"{home}/METADATA", text)
    assert (seen.type, seen.name, seen.version) == ("pypi", "zope.interface", "5.4.0")
    assert seen.purl == "pkg:pypi/zope-interface@5.4.0"
    assert seen.key == home
    (record,) = parse(f"{home}/RECORD", b"zope/__init__.py,,\n")
    assert record.files_of == home
    assert record.packages == ()


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("six.egg-info/PKG-INFO", b"Name: six\nVersion: 1.16.0\n", ("six", "1.16.0")),
        ("six-1.16.0.egg-info", b"Name: six\nVersion: 1.16.0\n", ("six", "1.16.0")),
        ("six-1.16.0-py3.11.egg-info", b"Name: six\n", ("six", "1.16.0")),
        ("six-1.16.0.egg-info", b"", ("six", "1.16.0")),
        ("foo_bar-1.0_2-py2.7.egg/EGG-INFO/PKG-INFO", b"", ("foo_bar", "1.0-2")),
        ("a.egg/EGG-INFO/PKG-INFO", b"Name: a\nVersion: 1\n", ("a", "1")),
        ("b-2.0.dist-info/METADATA", b"", ("b", "2.0")),
        (
            "b-2.0.dist-info/METADATA",
            b"\xef\xbb\xbfName: b\r\nVersion: 3\r\n",
            ("b", "3"),
        ),
        ("b-2.0.dist-info/METADATA", b"name:b\nVERSION:  3 \n", ("b", "3")),
    ],
)
def test_every_place_of_metadata(
    path: str, data: bytes, expected: tuple[str, str]
) -> None:
    """All layouts that installers ever used are read; names fill in what the metadata lacks."""
    seen = only(f"{SITE}/{path}", data)
    assert (seen.name, seen.version) == expected


def test_the_description_names_nothing() -> None:
    """Only header fields count: what follows the empty line or a continuation is text."""
    data = b"Name: a\nDescription: x\n        Version: 9\n\nVersion: 8\nName: b\n"
    assert only(f"{SITE}/a-1.dist-info/METADATA", data).version == "1"


@pytest.mark.parametrize(
    "path",
    [
        "src/project/PKG-INFO",
        "src/METADATA",
        "src/RECORD",
        f"{SITE}/~ip-22.0.dist-info/METADATA",
        f"{SITE}/pip-22.0.dist-info/PKG-INFO",
        f"{SITE}/pip-22.0.dist-info/installed-files.txt",
        f"{SITE}/pip.egg-info/RECORD",
    ],
)
def test_look_alikes_give_nothing(path: str) -> None:
    """Files of the same base name elsewhere, and what pip put aside, are no distributions."""
    assert parse(path, b"Name: a\nVersion: 1\n") == []


def test_vendored_distributions_say_so() -> None:
    """What another distribution carries inside is marked, because it cannot be upgraded alone."""
    path = f"{SITE}/setuptools/_vendor/wheel-0.43.0.dist-info/METADATA"
    assert only(path, b"Name: wheel\nVersion: 0.43.0\n").notes == ("vendored",)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            b"License-Expression: MIT OR Apache-2.0\nLicense: x\n",
            ("MIT OR Apache-2.0",),
        ),
        (b"License: BSD\nClassifier: License :: OSI Approved\n", ("BSD",)),
        (b"License: UNKNOWN\n", ()),
        (b"License: " + b"All rights of the text " * 20 + b"\n", ()),
        (
            b"Classifier: License :: OSI Approved :: MIT License\nLicense: m\n",
            ("MIT License",),
        ),
    ],
)
def test_licences(fields: bytes, expected: tuple[str, ...]) -> None:
    """The expression beats classifiers, those beat free text, and whole licence texts are left out."""
    data = b"Name: a\nVersion: 1\n" + fields
    assert only(f"{SITE}/a-1.dist-info/METADATA", data).licences == expected


def test_record_paths_start_at_the_root() -> None:
    """Paths are relative to site-packages, may climb and be absolute, but never leave the root."""
    record = (
        b"a/__init__.py,sha256=x,1\r\n../../../bin/a,,\n/etc/a.conf,,\n"
        b'"a/b,c ""d"".py",sha256=x,2\n../../../../../../../x,,\n./a//y,,\n\n.z,,\n'
    )
    assert files(f"{SITE}/a-1.dist-info/RECORD", record) == [
        f"{SITE}/a/__init__.py",
        "usr/bin/a",
        "etc/a.conf",
        f'{SITE}/a/b,c "d".py',
        "x",
        f"{SITE}/a/y",
        f"{SITE}/.z",
    ]


def test_record_at_the_root() -> None:
    """A dist-info directly in the root has no directory to put in front."""
    assert files("a-1.dist-info/RECORD", b"a.py,,\n../b.py,,\n") == ["a.py", "b.py"]


def test_installed_files_are_relative_to_the_egg_info() -> None:
    """Pip's older list counts from the egg-info directory itself."""
    path = f"{SITE}/a.egg-info/installed-files.txt"
    assert files(path, b"PKG-INFO\n../a.py\n") == [
        f"{SITE}/a.egg-info/PKG-INFO",
        f"{SITE}/a.py",
    ]


def test_zipped_eggs() -> None:
    """An egg's metadata is read inside the zip; an egg without any gives nothing."""
    good = egg({"EGG-INFO/PKG-INFO": b"Name: k\nVersion: 1.2\n", "k.py": b""})
    seen = only(f"{SITE}/k-1.2-py3.9.egg", good)
    assert (seen.name, seen.version, seen.key) == ("k", "1.2", "")
    assert parse(f"{SITE}/k.egg", egg({"k.py": b""})) == []
    assert parse(f"{SITE}/k.egg", b"") == []


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.egg-info/PKG-INFO", b"Name: a\n"),
        (".dist-info/METADATA", b""),
        ("a.egg", b"no zip archive"),
    ],
)
def test_unreadable_distributions_are_errors(path: str, data: bytes) -> None:
    """An installed distribution that cannot be told is never passed over in silence."""
    with pytest.raises(ParseError):
        parse(f"{SITE}/{path}", data)


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(
        [
            "a.egg-info/PKG-INFO",
            "a-1.dist-info/METADATA",
            "a-1.dist-info/RECORD",
            "a.egg",
            "a.egg-info",
            "a.egg-info/installed-files.txt",
        ]
    ),
    data=st.binary(max_size=400)
    | st.text(alphabet='Name: Vrsion,"./\n\r\0a1', max_size=400).map(str.encode),
)
def test_no_bytes_break_it(name: str, data: bytes) -> None:
    """Whatever the bytes, there is evidence or a ParseError, and no path leaves the root."""
    try:
        found = parse(name, data)
    except ParseError:
        return
    for evidence in found:
        for path in evidence.file_list.split("\0"):
            assert not path.startswith("/")
            assert ".." not in path.split("/")


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(
    name=st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", fullmatch=True)
)
def test_package_urls_hold_the_canonical_name(name: str) -> None:
    """Names are kept as stated and normalised in the package URL alone, as PEP 503 says."""
    seen = only(
        f"{SITE}/a-1.dist-info/METADATA", f"Name: {name}\nVersion: 1\n".encode()
    )
    assert seen.name == name
    assert seen.purl == f"pkg:pypi/{canonicalize_name(name)}@1"
