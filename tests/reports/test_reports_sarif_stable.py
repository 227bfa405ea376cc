"""Alerts stay the same alerts: through a new tag, a new build and a new version, and apart from those of other images."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reports_sample import IMAGE, LIBSSL, OPENSSL, sample
from sarifing import identities, results, run_of

from shipworthy.model.finding import Finding
from shipworthy.model.result import ScanResult
from shipworthy.policy.baseline.fingerprint import with_fingerprints


def unmarked(finding: Finding) -> Finding:
    """The finding as matching left it."""
    return replace(finding, fingerprint="", state=None, state_reason="")


def judged(result: ScanResult) -> ScanResult:
    """The result with the fingerprints that judging gives, and without what went or was taken out."""
    findings = with_fingerprints(unmarked(one) for one in result.findings)
    return replace(result, findings=findings, suppressed=(), comparison=None)


def tagged(*tags: str, target: str = "docker-archive:shop.tar") -> ScanResult:
    """The sample under these tags."""
    return judged(replace(sample(), image=replace(IMAGE, tags=tags, target=target)))


ALERTS = identities(run_of(tagged("registry.example/shop:1.4")))


@pytest.mark.parametrize(
    "tags",
    [
        ("registry.example/shop:1.5",),
        ("registry.example/shop:5f3a9c1",),
        ("registry.example/shop:1.4", "registry.example/shop:latest"),
        ("registry.example/shop@sha256:" + "ab" * 32,),
        ("1.4", "registry.example/shop:1.4"),
    ],
)
def test_a_new_tag_is_no_new_alert(tags: tuple[str, ...]) -> None:
    """The same image under another tag, as of each commit, has the same alerts in the same category."""
    run = run_of(tagged(*tags))
    assert identities(run) == ALERTS
    assert run["automationDetails"]["id"] == "shipworthy/registry.example/shop/"


def test_a_new_build_is_no_new_alert() -> None:
    """Other digests of image, layers and base, and layers that moved, change no alert."""
    layers = tuple(
        replace(layer, diff_id="sha256:" + f"{layer.index:x}e" * 32, digest="")
        for layer in IMAGE.layers
    )
    image = replace(
        IMAGE,
        manifest_digest="sha256:" + "0a" * 32,
        image_id="sha256:" + "0b" * 32,
        layers=layers,
        base_digest="",
    )
    found = tuple(replace(one, layer=1) for one in sample().findings)
    rebuilt = judged(replace(sample(), image=image, findings=found))
    assert identities(run_of(rebuilt)) == ALERTS


def test_a_version_that_is_still_vulnerable_is_no_new_alert() -> None:
    """libssl3 3.0.11-1~deb12u1 became 3.0.11-1~deb12u2, which has CVE-2023-5678 too, and it is rated anew."""
    found = tuple(
        replace(
            one,
            severity="high",
            package=replace(one.package, version="3.0.11-1~deb12u1"),
        )
        if one.package in {LIBSSL, OPENSSL}
        else one
        for one in sample().findings
    )
    assert identities(run_of(judged(replace(sample(), findings=found)))) == ALERTS


def test_taking_one_out_changes_no_alert() -> None:
    """A finding that an entry takes out is the alert that it was, so that it is that alert that is closed."""
    result = tagged("registry.example/shop:1.4")
    entry = replace(sample().suppressed[0], finding=result.findings[0])
    taken = replace(result, findings=result.findings[1:], suppressed=(entry,))
    assert identities(run_of(taken)) == ALERTS


def test_images_of_one_base_have_alerts_of_their_own() -> None:
    """Two images that share their base do not overwrite each other's upload, nor share an alert."""
    shop = run_of(tagged("registry.example/shop:1.4"))
    desk = run_of(tagged("registry.example/desk:1.4"))
    assert shop["automationDetails"] != desk["automationDetails"]
    marks = [
        {one["fingerprints"]["shipworthy/v1"] for one in results(run)}
        for run in (shop, desk)
    ]
    assert len(marks[0]) == len(results(shop))
    assert marks[0].isdisjoint(marks[1])
    places = [{place for _, place, _ in identities(run)} for run in (shop, desk)]
    assert places == [{"registry.example/shop"}, {"registry.example/desk"}]


def test_two_of_one_fingerprint_are_two_alerts() -> None:
    """The same package for two architectures has one fingerprint: its alerts are numbered, whatever their order."""
    (finding,) = [one for one in sample().findings if one.package == LIBSSL]
    foreign = replace(finding, package=replace(LIBSSL, arch="i386"))
    result = tagged("registry.example/shop:1.4")
    both = run_of(judged(replace(result, findings=(foreign, finding))))
    back = run_of(judged(replace(result, findings=(finding, foreign))))
    assert identities(both) == identities(back)
    ends = sorted(mark.rpartition(":")[2] for _, _, mark in identities(both))
    assert ends == ["1", "1", "1", "2"]


@pytest.mark.parametrize(
    ("tags", "target", "name", "uri"),
    [
        (("debian:12",), "docker-archive:x.tar", *["docker.io/library/debian"] * 2),
        (
            ("localhost:5000/team/api:1",),
            "docker-archive:x.tar",
            "localhost:5000/team/api",
            "localhost%3A5000/team/api",
        ),
        ((), "docker-archive:build/Shop.tar", "shop", "shop"),
        ((), "oci:layouts/shop:1.4", "shop", "shop"),
        ((), "dir:rootfs", "rootfs", "rootfs"),
        ((), "sbom:out/shop.cdx.json", "shop.cdx", "shop.cdx"),
        ((), "dir:.", "image", "image"),
    ],
)
def test_the_image_is_named_without_what_changes(
    tags: tuple[str, ...], target: str, name: str, uri: str
) -> None:
    """The repository names the image, else its file or directory; a registry's port is no scheme of an address."""
    kind = target.partition(":")[0]
    image = replace(IMAGE, tags=tags, target=target, kind=kind)
    run = run_of(judged(replace(sample(), image=image)))
    assert run["automationDetails"]["id"] == f"shipworthy/{name}/"
    assert {place for _, place, _ in identities(run)} == {uri}


@pytest.mark.parametrize(
    "name", ["../../etc", "a/../b", "./b", "x//y", "/x", "ä b", "q" * 9_000]
)
def test_odd_names_of_images_stay_relative_and_apart(name: str) -> None:
    """A tag that no registry would take gives a bounded name with no way out of the repository."""
    one = run_of(tagged(f"h.example/{name}:1"))
    other = run_of(tagged(f"h.example/{name}x:1"))
    assert one["automationDetails"] != other["automationDetails"]
    for _, uri, _ in identities(one):
        assert len(uri) < 300
        assert not {"", ".", ".."} & set(uri.split("/"))
