"""What an SBOM says of which component contains which."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.model.image import ImageInfo
from shipworthy.sboms import links
from shipworthy.sboms.cyclonedx import read_cyclonedx
from shipworthy.sboms.links import SbomLinks, links_of


BASH = "pkg:deb/debian/bash@5.2.15-2"
LIBC = "pkg:deb/debian/libc6@2.36-9"
LIBGCC = "pkg:deb/debian/libgcc-s1@12.2.0-14"
SERIAL = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"


def _component(purl: str, ref: str, **more: object) -> dict[str, object]:
    name = purl.rpartition("/")[2].partition("@")[0]
    return {"type": "library", "name": name, "bom-ref": ref, "purl": purl, **more}


def _links(
    components: list[dict[str, object]], dependencies: object, **more: object
) -> SbomLinks:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": components,
        "dependencies": dependencies,
        **more,
    }
    return links_of(json.dumps(document).encode())


def test_dependencies_are_told_by_purl() -> None:
    """bom-refs of any kind become the purls of their components."""
    found = _links(
        [_component(BASH, "a1"), _component(LIBC, "b2")],
        [{"ref": "a1", "dependsOn": ["b2", "unknown"]}, {"ref": "b2"}],
    )
    assert found.pairs == ((BASH, LIBC),)
    assert found.refs == {"a1": BASH, "b2": LIBC}


def test_the_subject_and_components_without_purl_are_on_the_way() -> None:
    """Trivy's way: image → operating system → package."""
    system: dict[str, object] = {
        "type": "operating-system",
        "name": "debian",
        "bom-ref": "os-1",
    }
    found = _links(
        [system, _component(BASH, "a1")],
        [{"ref": "img", "dependsOn": ["os-1"]}, {"ref": "os-1", "dependsOn": ["a1"]}],
        metadata={"component": {"type": "container", "name": "x", "bom-ref": "img"}},
    )
    assert found.pairs == (("", "os-1"), ("os-1", BASH))


def test_nested_components_are_contained() -> None:
    """Nesting says it without a dependency."""
    inner = _component("pkg:maven/g/inner@1", "i")
    found = _links([_component("pkg:maven/g/outer@1", "o", components=[inner])], None)
    assert found.pairs == (("pkg:maven/g/outer@1", "pkg:maven/g/inner@1"),)


def test_a_circle_that_nothing_leads_into_is_the_subject_s() -> None:
    """Syft says nothing of its subject; libc6 and libgcc-s1 need each other and are in the image all the same."""
    components = [_component(LIBC, "c"), _component(LIBGCC, "g"), _component(BASH, "b")]
    circle = [{"ref": "c", "dependsOn": ["g"]}, {"ref": "g", "dependsOn": ["c"]}]
    assert ("", LIBC) in _links(components, circle).pairs
    into = [*circle, {"ref": "b", "dependsOn": ["c"]}]
    assert ("", LIBC) not in _links(components, into).pairs


def test_a_circle_apart_from_a_subject_that_is_told_of_stays_apart() -> None:
    """Where the SBOM says what its subject has, nothing is added to it."""
    found = _links(
        [_component(LIBC, "c"), _component(LIBGCC, "g"), _component(BASH, "b")],
        [
            {"ref": "img", "dependsOn": ["b"]},
            {"ref": "c", "dependsOn": ["g"]},
            {"ref": "g", "dependsOn": ["c"]},
        ],
        metadata={"component": {"type": "container", "name": "x", "bom-ref": "img"}},
    )
    assert ("", BASH) in found.pairs
    assert ("", LIBC) not in found.pairs


def test_an_sbom_that_is_too_large_has_no_links(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It says that it does not know, instead of half."""
    monkeypatch.setattr(links, "MAX_BYTES", 3)
    assert links_of(b"{   }") == SbomLinks(whole=False)


def test_the_serial_number_and_version_are_kept() -> None:
    """A BOM-Link holds for this SBOM in this version."""
    document = {"bomFormat": "CycloneDX", "serialNumber": SERIAL, "version": 3}
    image, _ = read_cyclonedx(json.dumps(document).encode(), target="x")
    assert (image.serial, image.serial_version) == (SERIAL, 3)
    document["version"] = "x"
    image, _ = read_cyclonedx(json.dumps(document).encode(), target="x")
    assert image == ImageInfo(target="x", kind="sbom", serial=SERIAL)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "bom-ref",
                    "purl",
                    "components",
                    "dependencies",
                    "ref",
                    "dependsOn",
                    "metadata",
                    "component",
                    "sbom",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(document=_JSON)
def test_nothing_that_an_sbom_says_raises(document: object) -> None:
    """Any JSON at all has links or none."""
    links_of(json.dumps(document).encode())
