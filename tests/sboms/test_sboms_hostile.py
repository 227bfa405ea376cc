"""SBOMs that lie, break off or are made to exhaust: our own errors or a status, never a traceback."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sbomwriter import component, document, properties, system

from shipworthy.errors import ImageError, ImageNotFoundError, LimitError, UsageError
from shipworthy.sboms import cyclonedx, source
from shipworthy.sboms.cyclonedx import MAX_DEPTH, read_cyclonedx
from shipworthy.sboms.read import read_sbom
from shipworthy.sboms.source import read_bytes, sbom_path


def nested(depth: int) -> dict[str, Any]:
    """A component with as many in each other."""
    made = component("pkg:npm/a@1")
    for _ in range(depth):
        made = component("pkg:npm/a@1", components=[made])
    return made


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"bomFormat": "CycloneDX", "components": [',
        b'{"bomFormat": "CycloneDX", "components": [{}',
        b'{"bomFormat": "CycloneDX", "components": {}}',
        b'{"bomFormat": "CycloneDX"} trailing',
        b'{"bomFormat": "CycloneDX",}',
        b'{"bomFormat": 1}',
        b'{1: "bomFormat"}',
        b'{"spdxVersion": "SPDX-2.3", "packages": []}',
        b"\xff\xfe{\x00}\x00",
        b'{"a": ' + b"[" * 100_000,
        b'{"components": [' + b"[" * 100_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_no_cyclonedx_is_refused_in_a_line(data: bytes) -> None:
    """The error names the target and says what is read."""
    with pytest.raises(ImageError, match="x: ") as raised:
        read_cyclonedx(data, target="x")

    assert "\n" not in raised.value.message
    assert "CycloneDX" in f"{raised.value.message} {raised.value.hint}"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ([], "no object"),
        (None, "no object"),
        ("pkg:npm/a@1", "no object"),
        (component("pkg:npm/a@1", components={"x": 1}), "no list"),
        ({"type": "library", "name": "openssl", "version": "3.0"}, "openssl 3.0"),
        ({"type": "library"}, "one without a name"),
        ({"type": "library", "name": "x", "purl": 7}, "package URL"),
        ({"type": "library", "name": "x", "purl": "openssl"}, "package URL"),
        (component("pkg:npm/" + "x" * 5_000_000), "at most 8192"),
    ],
)
def test_what_cannot_be_judged_makes_the_scan_partial(made: object, words: str) -> None:
    """A package that is there and cannot be told is said, with its name."""
    _, inventory = read_cyclonedx(document(made), target="x")

    (status,) = inventory.statuses
    assert status.partial
    assert words in status.message
    assert len(status.message) < 400


@pytest.mark.parametrize(
    "made",
    [
        {"type": "file", "name": "/etc/passwd"},
        {"type": "machine-learning-model", "name": "m"},
        {"type": "container", "name": "nginx", "purl": "pkg:oci/nginx@sha256%3Aab"},
    ],
)
def test_what_is_no_package_is_left_in_silence(made: object) -> None:
    """Files, models and images inside are no software that advisories are on."""
    _, inventory = read_cyclonedx(document(made), target="x")

    assert ((), ()) == (inventory.packages, inventory.statuses)


def test_a_program_without_a_purl_is_told_and_not_partial() -> None:
    """The project's own application has no purl and no advisory."""
    made = {"type": "application", "name": "our-shop", "version": "4"}
    (status,) = read_cyclonedx(document(made), target="x")[1].statuses

    assert not status.partial
    assert "our-shop 4" in status.message


def test_wrong_types_and_megabyte_names_around_a_good_purl() -> None:
    """The purl alone is enough; what cannot be used beside it is left out."""
    for more in (
        {"name": "x" * 5_000_000},
        {"name": ["a"], "version": {}},
        {"properties": {"a": 1}, "evidence": []},
        {"properties": [None, {"name": 1, "value": 2}, {"name": "SrcFile"}]},
        {"properties": properties(("SrcFile", "y" * 5_000_000))},
        {"evidence": {"occurrences": [3, {"location": 4}]}},
        {"supplier": "me", "publisher": 3, "group": []},
    ):
        made = {**component("pkg:npm/%40a/b@1"), **more}
        (package,) = read_cyclonedx(document(made), target="x")[1].packages
        assert ("@a/b", "1", ()) == (package.name, package.version, package.locations)


def test_text_without_a_utf8_form_goes_nowhere() -> None:
    """A lone surrogate would break the database look-up and every report."""
    data = document(
        component("pkg:npm/a@1", "\ud800", properties=properties(("SrcFile", "\udfff")))
    )
    (package,) = read_cyclonedx(data, target="x")[1].packages

    assert ("a", ()) == (package.name, package.locations)


def test_the_same_bom_ref_twice_and_references_in_circles() -> None:
    """References are not followed, so they cannot lead astray."""
    one = {**component("pkg:npm/a@1"), "bom-ref": "r"}
    two = {**component("pkg:npm/b@1"), "bom-ref": "r"}
    circle = [{"ref": "r", "dependsOn": ["r"]}]

    _, inventory = read_cyclonedx(document(one, two, dependencies=circle), target="x")
    assert ["a", "b"] == [package.name for package in inventory.packages]


def test_operating_systems_that_differ_are_told() -> None:
    """The first counts; that there was another is said."""
    data = document(system("debian", "12"), system("alpine", "3.19"))
    _, inventory = read_cyclonedx(data, target="x")

    assert inventory.distro is not None
    assert "debian" == inventory.distro.id
    assert "alpine 3.19, debian 12" in inventory.statuses[0].message


def test_depth_and_count_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crossing a bound is an error that names it."""
    read_cyclonedx(document(nested(MAX_DEPTH)), target="x")
    with pytest.raises(LimitError, match=f"deeper than {MAX_DEPTH}"):
        read_cyclonedx(document(nested(MAX_DEPTH + 1)), target="x")
    monkeypatch.setattr(cyclonedx, "MAX_COMPONENTS", 3)
    with pytest.raises(LimitError, match="at most 3 components"):
        read_cyclonedx(document(*[component("pkg:npm/a@1")] * 4), target="x")


def test_a_bomb_stops_at_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What inflates beyond the limit is not inflated further."""
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"{" + b" " * 3_000_000))
    monkeypatch.setattr(source, "MAX_BYTES", 1_000_000)

    with pytest.raises(LimitError, match="larger than the 1000000 bytes"):
        read_bytes(str(path))


def test_gzip_is_read_in_one_member_or_several(tmp_path: Path) -> None:
    """The bytes inside count; a broken file is an error of ours."""
    data = document(component("pkg:npm/a@1"))
    path = tmp_path / "x.cdx.json.gz"
    for packed in (
        gzip.compress(data),
        gzip.compress(data[:20]) + gzip.compress(data[20:]),
    ):
        path.write_bytes(packed)
        assert data == read_bytes(str(path))
        assert str(path) == sbom_path(str(path))
    for broken in (gzip.compress(data)[:-9], b"\x1f\x8b" + b"x" * 50):
        path.write_bytes(broken)
        with pytest.raises(ImageError, match="gzip"):
            read_bytes(str(path))


def test_which_targets_are_sboms(tmp_path: Path) -> None:
    """By the prefix, or by a file that begins as a JSON object does."""
    good, array = tmp_path / "a.json", tmp_path / "b.json"
    good.write_bytes(b"\xef\xbb\xbf\n  {}")
    array.write_bytes(b"[]")

    assert str(good) == sbom_path(str(good))
    assert "x" == sbom_path("sbom:x")
    assert "-" == sbom_path("sbom:-")
    for other in (array, tmp_path, tmp_path / "none", "oci:x", "\0"):
        assert sbom_path(str(other)) is None
    with pytest.raises(UsageError, match="a path must follow"):
        sbom_path("sbom:")
    with pytest.raises(ImageNotFoundError, match="no such file"):
        read_sbom(str(tmp_path / "none"), target="x")
    with pytest.raises(ImageError, match="cannot be read"):
        read_sbom(str(tmp_path), target="x")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "name",
                    "version",
                    "purl",
                    "components",
                    "properties",
                    "value",
                    "evidence",
                    "occurrences",
                    "location",
                    "group",
                    "supplier",
                    "publisher",
                ]
            ),
            inner
            | st.sampled_from(["operating-system", "library", "pkg:npm/a@1"])
            | st.sampled_from(
                ["pkg:deb/debian/a@1?distro=x-1", "syft:location:0:path"]
            ),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@pytest.mark.property
@given(st.lists(_JSON, max_size=4), _JSON)
@settings(max_examples=300, deadline=None)
def test_any_components_give_an_inventory(components: list[Any], subject: Any) -> None:
    """Whatever is in the list, nothing but an inventory comes out."""
    read_cyclonedx(document(*components, subject=subject), target="x")


@pytest.mark.property
@given(st.binary(max_size=40), st.integers(0, 200))
@settings(max_examples=300, deadline=None)
def test_damaged_documents_give_our_own_error(noise: bytes, at: int) -> None:
    """Bytes in the middle of a document are read or refused."""
    data = document(component("pkg:npm/a@1"), system("debian", "12"))
    try:
        read_cyclonedx(data[:at] + noise + data[at:], target="x")
    except ImageError:
        return
    json.loads((data[:at] + noise + data[at:]).decode("utf-8-sig"))
