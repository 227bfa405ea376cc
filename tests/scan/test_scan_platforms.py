"""One result for all platforms of an index: what is one, what stays apart, and what is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from click.testing import CliRunner
from imagesheld import MANIFEST_TYPE
from indexing import AMD, ARM, BOTH, SHARED, Index, document_of, system
from jsonschema import Draft202012Validator
from scanning import dist_info

from shipworthy import scan
from shipworthy.cli.explain import command
from shipworthy.errors import ImageError, UsageError
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.model.result import ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report, report_names
from shipworthy.reports.saved import from_document


PLATFORMS = ("linux/amd64", "linux/arm64")
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "result.schema.json"
CLAIMED = "attestation-manifest"


def layout(path: Path, index: Index) -> str:
    """A target with the index."""
    return f"oci:{ib.write_directory(index.files(), path / 'layout')}"


def scanned(
    target: str, db: Path, cache: Path | None = None, **more: object
) -> ScanResult:
    """A scan of all platforms."""
    given = {"all_platforms": True, "cache": cache is not None, **more}
    return scan(target, db=db, cache_dir=cache, **given)  # type: ignore[arg-type]


def package(result: ScanResult, name: str) -> Package:
    """The only package of that name."""
    (found,) = (one for one in result.packages if one.name == name)
    return found


def finding(result: ScanResult, name: str) -> Finding:
    """The first finding of the package of that name."""
    return next(one for one in result.findings if one.package.name == name)


def test_what_differs_in_its_processor_is_one_package(
    tmp_path: Path, database: Path
) -> None:
    """A package of both processors is one, without either of them, in a place once."""
    result = scanned(layout(tmp_path, Index(images=BOTH)), database)
    openssl = package(result, "libssl3")
    assert (openssl.platforms, openssl.arch) == (PLATFORMS, "")
    name, _, qualifiers = openssl.purl.partition("?")
    assert name == "pkg:deb/debian/libssl3@3.0.11-1~deb12u2"
    assert qualifiers == "distro=debian-12&upstream=openssl"
    (place,) = openssl.locations
    assert (place.path, place.layer) == ("var/lib/dpkg/status", 0)


def test_what_one_platform_has_names_it(tmp_path: Path, database: Path) -> None:
    """A package that only one platform has says so, and so does its finding."""
    result = scanned(layout(tmp_path, Index(images=BOTH)), database)
    assert package(result, "Jinja2").platforms == ("linux/arm64",)
    assert finding(result, "Jinja2").platforms == ("linux/arm64",)
    assert finding(result, "Jinja2").layer == 3
    assert finding(result, "Django").platforms == PLATFORMS


def test_shared_layers_are_one(tmp_path: Path, database: Path) -> None:
    """A layer that both have is listed once, and each platform tells which are its own."""
    result = scanned(layout(tmp_path, Index(images=BOTH)), database)
    image = result.image
    assert [layer.index for layer in image.layers] == [0, 1, 2, 3]
    assert len({layer.diff_id for layer in image.layers}) == 4
    assert [one.layers for one in image.platforms] == [(0, 1), (2, 1, 3)]
    assert [one.platform for one in image.platforms] == list(PLATFORMS)
    assert image.platforms[1].manifest_digest == ib.sha256(ARM.manifest)
    assert image.platforms[1].image_id == ib.sha256(ARM.config)
    assert image.manifest_digest == ib.sha256(Index(images=BOTH).document)
    assert (image.image_id, image.platform) == ("", "linux/amd64, linux/arm64")
    assert result.coverage.layers == 4
    assert result.distro is not None
    assert result.distro.id == "debian"


def test_findings_are_those_of_each_platform(tmp_path: Path, database: Path) -> None:
    """What is found on a platform is just what a scan of that platform finds."""
    target = layout(tmp_path, Index(images=BOTH))
    whole = scanned(target, database)
    for platform in PLATFORMS:
        one = scan(target, db=database, cache=False, platform=platform)
        of_it = {
            (f.id, f.package.name, f.package.version, f.severity, f.fixed_versions)
            for f in whole.findings
            if platform in f.platforms
        }
        assert of_it == {
            (f.id, f.package.name, f.package.version, f.severity, f.fixed_versions)
            for f in one.findings
        }
        assert len(one.findings) == len(of_it)


def test_thresholds_count_once(tmp_path: Path, database: Path) -> None:
    """A vulnerability that all platforms have is one of the findings that a limit allows."""
    target = layout(tmp_path, Index(images=BOTH))
    alone = scan(target, db=database, cache=False, platform="linux/amd64")
    critical = sum(one.severity == "critical" for one in alone.findings)
    assert critical
    limit = f"critical={critical}"
    assert scanned(target, database, max_counts=limit).verdict.status == "pass"
    less = f"critical={critical - 1}"
    assert scanned(target, database, max_counts=less).verdict.status == "fail"


def test_versions_stay_apart(tmp_path: Path, database: Path) -> None:
    """Two versions are two packages, each with its processor and its platform."""
    other = replace(ib.image(system("arm64", "3.0.9-1"), SHARED), architecture="arm64")
    result = scanned(layout(tmp_path, Index(images=(AMD, other))), database)
    found = [one for one in result.packages if one.name == "libssl3"]
    assert [(one.version, one.platforms, one.arch) for one in found] == [
        ("3.0.11-1~deb12u2", ("linux/amd64",), "amd64"),
        ("3.0.9-1", ("linux/arm64",), "arm64"),
    ]


@pytest.mark.parametrize("kind", ["oci", "oci-archive", "gzip", "nested"])
def test_every_shape_gives_the_same(tmp_path: Path, database: Path, kind: str) -> None:
    """A layout, an archive, a compressed one and an index in an index give the same packages and findings."""
    index = Index(images=BOTH, nested=kind == "nested")
    expected = scanned(layout(tmp_path / "a", Index(images=BOTH)), database)
    if kind in {"oci", "nested"}:
        target = layout(tmp_path, index)
    else:
        how = "gzip" if kind == "gzip" else "none"
        path = ib.write_archive(index.files(), tmp_path / "image.tar", how)
        target = f"oci-archive:{path}"
    result = scanned(target, database)
    assert result.packages == expected.packages
    assert result.findings == expected.findings
    assert result.coverage == expected.coverage
    assert result.image.platforms == expected.image.platforms


def test_cache_changes_no_byte(tmp_path: Path, database: Path) -> None:
    """Without a cache, with an empty one, a full one and one of records alone the result is the same."""
    target = layout(tmp_path, Index(images=BOTH))
    cache = tmp_path / "cache"
    plain = document_of(scanned(target, database))
    assert document_of(scanned(target, database, cache)) == plain
    assert document_of(scanned(target, database, cache)) == plain
    scan(target, db=database, cache_dir=tmp_path / "half", platform="linux/arm64")
    assert document_of(scanned(target, database, tmp_path / "half")) == plain


def test_result_is_valid_and_comes_back(tmp_path: Path, database: Path) -> None:
    """The JSON result keeps to its schema, is read back as it was, and every report can be made of it."""
    result = scanned(layout(tmp_path, Index(images=BOTH)), database)
    document = json.loads(document_of(result))
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert to_document(from_document(document)) == to_document(result)
    for name in report_names():
        assert open_report(name).render(to_document(result))


def test_single_image_is_as_without_the_option(tmp_path: Path, database: Path) -> None:
    """An index of one image and an attestation gives the bytes that it gives without the option."""
    told = {"vnd.docker.reference.type": CLAIMED}
    beside = ib.descriptor(ARM.manifest, MANIFEST_TYPE, annotations=told)
    target = layout(tmp_path, Index(images=(AMD,), more=(beside,)))
    alone = scan(target, db=database, cache=False)
    assert document_of(scanned(target, database)) == document_of(alone)
    archive = ib.write_archive(AMD.classic_files(), tmp_path / "docker.tar")
    alone = scan(str(archive), db=database, cache=False)
    assert document_of(scanned(str(archive), database)) == document_of(alone)


def test_platform_that_is_not_there_is_told(tmp_path: Path, database: Path) -> None:
    """An index that names images which are not there: the others are scanned, and the result is partial."""
    for gone in (ib.sha256(ARM.manifest), ib.sha256(ARM.blobs[2])):
        index = Index(images=BOTH, without=frozenset({gone}))
        result = scanned(layout(tmp_path / gone[7:15], index), database)
        told = [one for one in result.statuses if one.source == "platforms"]
        assert [(one.subject, one.partial) for one in told] == [("linux/arm64", True)]
        assert "missing" in told[0].message
        assert result.image.platforms[1].problem
        assert result.image.platform == "linux/amd64"
        assert not result.coverage.complete
        assert result.verdict.exit_code == 3
        assert finding(result, "Django").platforms == ("linux/amd64",)


def test_layer_that_is_no_layer_is_told(tmp_path: Path, database: Path) -> None:
    """A platform whose layer nobody can read, as an encrypted one, does not take the others with it."""
    sealed = replace(ARM, layers=[*ARM.layers[:2], b"sealed" * 200], compression="none")
    for images in ((AMD, sealed), (sealed, AMD)):
        target = layout(tmp_path / str(images.index(AMD)), Index(images=images))
        result = scanned(target, database)
        (told,) = (one for one in result.statuses if one.source == "platforms")
        assert told.subject == "linux/arm64"
        assert [one.name for one in result.packages] == ["libc6", "libssl3", "Django"]


def test_nothing_readable_is_an_error(tmp_path: Path, database: Path) -> None:
    """With no image of any platform there is no result."""
    gone = frozenset(ib.sha256(image.manifest) for image in BOTH)
    target = layout(tmp_path, Index(images=BOTH, without=gone))
    with pytest.raises(ImageError, match="none of the images for 2 platforms"):
        scanned(target, database)


def test_altered_bytes_end_the_scan(tmp_path: Path, database: Path) -> None:
    """A layer that is not what its digest says is no platform's matter: it was altered."""
    files = Index(images=BOTH).files()
    name = f"blobs/sha256/{ib.sha256(ARM.blobs[2])[7:]}"
    other = ib.image(dist_info("Jinja2", "9.9.9"), compression="gzip").blobs[0]
    files[name] = other + b"\0" * (len(files[name]) - len(other))
    path = ib.write_directory(files, tmp_path / "layout")
    with pytest.raises(ImageError):
        scanned(f"oci:{path}", database)


def test_statuses_name_their_platform(tmp_path: Path, database: Path) -> None:
    """What is told of one platform names it; what is told of all of them is told once."""
    broken: ib.Tree = {"srv/app.jar": b"PK\x03\x04 and no more"}
    arm = replace(ib.image(system("arm64"), SHARED, broken), architecture="arm64")
    result = scanned(layout(tmp_path, Index(images=(AMD, arm))), database)
    told = [one for one in result.statuses if one.source.startswith("cataloger/")]
    assert told
    assert all(one.message.endswith(" (linux/arm64)") for one in told)
    assert len(set(result.statuses)) == len(result.statuses)


def test_second_run_knows_everything(tmp_path: Path, database: Path) -> None:
    """Against its own result nothing is new; against that of one platform only what the other has besides."""
    target = layout(tmp_path, Index(images=BOTH))
    saved = tmp_path / "before.json"
    saved.write_bytes(document_of(scanned(target, database)))
    again = scanned(target, database, baseline=str(saved))
    assert {one.state for one in again.findings} == {"existing"}
    assert again.comparison is not None
    assert again.comparison.fixed == ()
    alone = scan(target, db=database, cache=False, platform="linux/amd64")
    saved.write_bytes(document_of(alone))
    wider = scanned(target, database, baseline=str(saved))
    new = {one.package.name for one in wider.findings if one.state == "new"}
    assert new == {"Jinja2"}


def test_base_is_that_of_the_platform(tmp_path: Path, database: Path) -> None:
    """Each platform is told from the base image for it; where there is none, that is a note."""
    bases = [
        replace(AMD, layers=AMD.layers[:1]),
        replace(ARM, layers=ARM.layers[:1]),
    ]
    base = layout(tmp_path / "base", Index(images=bases))
    target = layout(tmp_path, Index(images=BOTH))
    result = scanned(target, database, base=base)
    assert [layer.origin for layer in result.image.layers] == [
        *("base", "own", "base", "own")
    ]
    assert package(result, "libssl3").origin == "base"
    assert package(result, "Django").origin == "own"
    one = layout(
        tmp_path / "one",
        Index(images=[bases[0], replace(bases[0], architecture="s390x")]),
    )
    result = scanned(target, database, base=one)
    (told,) = (status for status in result.statuses if status.source == "base")
    assert not told.partial
    assert told.message.endswith("(linux/arm64)")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("dir:{}", "a directory has one image"),
        ("docker:app:1", "docker keeps one image"),
        ("podman:app:1", "podman keeps one image"),
        ("sbom:{}/bom.json", "an SBOM is of one platform"),
    ],
)
def test_targets_of_one_platform_are_refused(
    tmp_path: Path, database: Path, target: str, words: str
) -> None:
    """What never holds more than one platform is no target for all of them."""
    (tmp_path / "bom.json").write_text(
        '{"bomFormat": "CycloneDX", "specVersion": "1.5"}'
    )
    with pytest.raises(UsageError, match=words) as told:
        scanned(target.format(tmp_path), database)
    assert "registry:" in told.value.hint


def test_one_and_all_do_not_go_together(tmp_path: Path, database: Path) -> None:
    """Whoever asks for one platform and for all of them is told to choose."""
    target = layout(tmp_path, Index(images=BOTH))
    with pytest.raises(UsageError, match="one platform and for all"):
        scanned(target, database, platform="linux/arm64")
    with pytest.raises(UsageError, match="about one platform"):
        scanned(target, database, vex=("attached",))


def test_windows_of_two_versions_is_two_platforms(
    tmp_path: Path, database: Path
) -> None:
    """Images that an index tells apart by the version of Windows both count, each under a name of its own."""
    more = [
        ib.descriptor(
            image.manifest,
            MANIFEST_TYPE,
            platform={"os": "windows", "architecture": "amd64", "os.version": version},
        )
        for image, version in zip(BOTH, ("10.0.17763.1", "10.0.20348.1"), strict=True)
    ]
    files = Index(images=BOTH).files()
    index = json.dumps({"schemaVersion": 2, "manifests": more}).encode()
    path = ib.write_directory({**files, "index.json": index}, tmp_path / "layout")
    result = scanned(f"oci:{path}", database)
    assert [one.platform for one in result.image.platforms] == [
        "windows(10.0.17763.1)/amd64",
        "windows(10.0.20348.1)/amd64",
    ]


def test_explaining_names_the_platforms(tmp_path: Path, database: Path) -> None:
    """What is explained of a finding says which platforms have it; of a result of one image nothing is said."""
    target = layout(tmp_path, Index(images=BOTH))
    saved = tmp_path / "all.json"
    saved.write_bytes(document_of(scanned(target, database)))
    told = CliRunner().invoke(command, [str(saved), "CVE-2020-28493"]).output
    assert "  on          linux/arm64\n" in told
    one = scan(target, db=database, cache=False, platform="linux/arm64")
    saved.write_bytes(document_of(one))
    told = CliRunner().invoke(command, [str(saved), "CVE-2020-28493"]).output
    assert "CVE-2020-28493 in Jinja2" in told
    assert "  on  " not in told
