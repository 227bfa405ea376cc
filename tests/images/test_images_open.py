"""Opening images: every shape, every way to name one, and every way to be wrong."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from support import SHARED

from shipworthy.errors import (
    DigestMismatchError,
    ImageError,
    ImageNotFoundError,
    LimitError,
    ShipworthyError,
    UsageError,
)
from shipworthy.images.choice import host_platform
from shipworthy.images.interface import Image
from shipworthy.images.several import Several
from shipworthy.images.target import open_image, open_platforms, parse_target
from shipworthy.streams.inflate import Stream


IMAGE = ib.image({"a": b"1" * 2000}, {"b": b"2"})


def layers_of(image: Image) -> list[bytes]:
    """Every layer's stored bytes, read as the image offers them."""
    return [_read(image, index) for index in range(len(image.info.layers))]


def _read(image: Image, index: int) -> bytes:
    return _drained(image.open(index))


def _drained(source: Stream) -> bytes:
    with closing(source) as stream:
        parts = []
        while part := stream.read(700):
            parts.append(part)
    return b"".join(parts)


def write(shape: str, tmp_path: Path, image: ib.BuiltImage = IMAGE) -> str:
    """The image in one of the shapes; gives a target without its kind."""
    if shape == "oci":
        return str(ib.write_directory(image.layout_files(), tmp_path / "layout"))
    files, how = {
        "classic": (image.classic_files(), "none"),
        "classic gzip": (image.classic_files(), "gzip"),
        "classic zstd": (image.classic_files(), "zstd"),
        "blobs": (image.blobs_files(), "none"),
        "blobs gzip": (image.blobs_files(), "gzip"),
        "oci-archive": (image.layout_files(), "none"),
        "oci-archive zstd": (image.layout_files(), "zstd"),
    }[shape]
    return str(ib.write_archive(files, tmp_path / "image.tar", how))


SHAPES = [
    "classic",
    "classic gzip",
    "classic zstd",
    "blobs",
    "blobs gzip",
    "oci",
    "oci-archive",
    "oci-archive zstd",
]


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_layers(
    shape: str, compression: str, tmp_path: Path
) -> None:
    """Configuration, history and layers are the same however the image is kept."""
    built = replace(IMAGE, compression="none" if "classic" in shape else compression)
    with closing(open_image(write(shape, tmp_path, built))) as image:
        info = image.info

        assert built.blobs == layers_of(image)
        assert sorted(enumerate(built.blobs)) == sorted(
            (index, _drained(stream)) for index, stream in image.stream([0, 1])
        )
    assert [ib.sha256(layer) for layer in built.layers] == [
        x.diff_id for x in info.layers
    ]
    assert ["RUN step 0", "RUN step 1"] == [x.instruction for x in info.layers]
    assert ("linux/amd64", ("example:1",)) == (info.platform, info.tags)
    assert ib.sha256(built.config) == info.image_id
    assert tuple(len(blob) for blob in built.blobs) == image.sizes


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("classic", "docker-archive"),
        ("blobs", "docker-archive"),
        ("oci-archive", "oci-archive"),
        ("oci", "oci"),
    ],
)
def test_a_bare_path_tells_its_kind(shape: str, kind: str, tmp_path: Path) -> None:
    """No prefix is needed, and the right prefix changes nothing."""
    path = write(shape, tmp_path)
    for target in (path, f"{kind}:{path}"):
        with closing(open_image(target)) as image:
            assert (kind, target) == (image.info.kind, image.info.target)


def test_the_newer_archive_is_a_layout_too(tmp_path: Path) -> None:
    """An archive in the newer shape may be read as an OCI archive."""
    with closing(open_image(f"oci-archive:{write('blobs', tmp_path)}")) as image:
        assert "oci-archive" == image.info.kind


def test_a_layer_that_is_a_link_is_followed_inside_the_archive(tmp_path: Path) -> None:
    """Old docker versions link a layer that occurs twice."""
    files: dict[str, ib.Node] = dict(IMAGE.classic_files())
    manifest = json.loads(IMAGE.classic_files()["manifest.json"])
    first = manifest[0]["Layers"][0]
    files["x/layer.tar"] = ib.Symlink(f"../{first}")
    manifest[0]["Layers"][0] = "x/layer.tar"
    files["manifest.json"] = json.dumps(manifest).encode()
    path = tmp_path / "linked.tar"
    path.write_bytes(ib.layer_tar(files))
    with closing(open_image(str(path))) as image:
        assert IMAGE.layers[0] == _read(image, 0)


def several(tmp_path: Path) -> str:
    """A layout with two tags for one platform each and one more."""
    images = [
        replace(IMAGE, tag="1.0"),
        replace(IMAGE, tag="1.0", architecture="arm64"),
        replace(ib.image({"c": b""}), tag="docker.io/library/other:2"),
    ]
    return str(ib.write_directory(ib.layout_files(images), tmp_path / "several"))


@pytest.mark.parametrize(
    ("suffix", "platform", "expected"),
    [
        (":1.0", "linux/amd64", ("linux/amd64", 2)),
        (":1.0", "linux/arm64", ("linux/arm64", 2)),
        (":2", "", ("linux/amd64", 1)),
        (":docker.io/library/other:2", "", ("linux/amd64", 1)),
        ("", "linux/arm64", ("linux/arm64", 2)),
    ],
)
def test_tags_and_platforms_choose(
    suffix: str, platform: str, expected: tuple[str, int], tmp_path: Path
) -> None:
    """A tag, a full name and a platform each narrow the choice."""
    with closing(
        open_image(f"oci:{several(tmp_path)}{suffix}", platform=platform)
    ) as image:
        assert expected == (image.info.platform, len(image.info.layers))


def test_a_digest_chooses(tmp_path: Path) -> None:
    """A manifest's digest names it whatever its tags."""
    digest = ib.sha256(replace(IMAGE, tag="1.0", architecture="arm64").manifest)
    with closing(open_image(f"{several(tmp_path)}@{digest}")) as image:
        assert digest == image.info.manifest_digest


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("", ["linux/amd64", "linux/arm64"]),
        (":1.0", ["linux/amd64", "linux/arm64"]),
        (":2", None),
    ],
)
def test_all_platforms_are_those_of_one_image(
    suffix: str, expected: list[str] | None, tmp_path: Path
) -> None:
    """Of several images in a layout all platforms are those of the one that is named, or of the first."""
    with closing(open_platforms(f"oci:{several(tmp_path)}{suffix}")) as images:
        assert isinstance(images, Several) == (expected is not None)
        if isinstance(images, Several):
            assert [one.platform for one in images.platforms] == expected
            assert images.index_digests == ()


def test_first_of_two_for_one_platform_counts(tmp_path: Path) -> None:
    """An index with each platform twice, as with two compressions, has each platform once."""
    pair = [replace(IMAGE, architecture=name) for name in ("amd64", "arm64")]
    again = [replace(image, compression="zstd") for image in pair]
    path = ib.write_directory(ib.layout_files([*pair, *again]), tmp_path / "x")
    with closing(open_platforms(str(path))) as images:
        assert isinstance(images, Several)
        assert [one.manifest_digest for one in images.platforms] == [
            ib.sha256(image.manifest) for image in pair
        ]


def test_no_index_is_endless(tmp_path: Path) -> None:
    """An index of more platforms than there are is refused, and a name of a platform is cut."""
    many = [replace(IMAGE, architecture=f"x{at}") for at in range(101)]
    path = ib.write_directory(ib.layout_files(many), tmp_path / "many")
    with pytest.raises(LimitError, match="101 platforms"):
        open_platforms(str(path))
    long = [replace(IMAGE, architecture=f"{at}" * 5000) for at in (1, 2)]
    path = ib.write_directory(ib.layout_files(long), tmp_path / "long")
    with closing(open_platforms(str(path))) as images:
        assert isinstance(images, Several)
        assert [len(one.platform) for one in images.platforms] == [100, 100]


def test_saved_archive_of_several_platforms(tmp_path: Path) -> None:
    """What docker save wrote of several platforms is read for all of them, and of one as a docker archive."""
    pair = [replace(IMAGE, architecture=name) for name in ("amd64", "arm64")]
    files = {
        "manifest.json": IMAGE.blobs_files()["manifest.json"],
        **ib.layout_files(pair),
    }
    path = ib.write_archive(files, tmp_path / "both.tar")
    with closing(open_platforms(str(path))) as images:
        assert isinstance(images, Several)
    with closing(open_platforms(f"docker-archive:{path}")) as images:
        assert not isinstance(images, Several)
        assert images.info.kind == "docker-archive"


def test_this_machines_platform_is_the_default(tmp_path: Path) -> None:
    """Of several platforms without a choice, the one that would run here is taken."""
    host = host_platform().partition("/")[2]
    images = [replace(IMAGE, architecture=name) for name in ("s390x", host, "mips")]
    layout = ib.write_directory(ib.layout_files(images), tmp_path / "x")
    with closing(open_image(str(layout))) as image:
        assert f"linux/{host}" == image.info.platform


def nested(tmp_path: Path, depth: int) -> Path:
    """A layout whose image lies below ``depth`` indexes."""
    files = IMAGE.layout_files()
    index = files["index.json"]
    for _ in range(depth):
        files[f"blobs/sha256/{ib.sha256(index)[7:]}"] = index
        inner = ib.descriptor(
            index,
            "application/vnd.oci.image.index.v1+json",
            annotations={"org.opencontainers.image.ref.name": "outer"},
        )
        index = json.dumps({"schemaVersion": 2, "manifests": [inner]}).encode()
    files["index.json"] = index
    return ib.write_directory(files, tmp_path / "nested")


def test_indexes_inside_indexes_are_followed(tmp_path: Path) -> None:
    """Tags of an outer index hold for what is inside."""
    with closing(open_image(f"{nested(tmp_path, 3)}:outer")) as image:
        assert 2 == len(image.info.layers)


def test_indexes_are_followed_only_so_far(tmp_path: Path) -> None:
    """Depth is bounded."""
    with pytest.raises(LimitError, match="8 deep"):
        open_image(str(nested(tmp_path, 12)))


def test_attestations_are_no_images(tmp_path: Path) -> None:
    """What BuildKit attaches is passed over."""
    files = IMAGE.layout_files()
    index = json.loads(files["index.json"])
    attestation = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": "sha256:" + "0" * 64,
        "size": 5,
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {"vnd.docker.reference.type": "attestation-manifest"},
    }
    index["manifests"].insert(0, attestation)
    files["index.json"] = json.dumps(index).encode()
    with closing(open_image(str(ib.write_directory(files, tmp_path)))) as image:
        assert "linux/amd64" == image.info.platform


def broken(tmp_path: Path, name: str, data: bytes | None, shape: str = "oci") -> str:
    """An image in which one file is other than it should be, or missing."""
    files = IMAGE.layout_files() if shape == "oci" else IMAGE.classic_files()
    real = {
        "manifest": f"blobs/sha256/{ib.sha256(IMAGE.manifest)[7:]}",
        "config": f"blobs/sha256/{ib.sha256(IMAGE.config)[7:]}",
        "layer": f"blobs/sha256/{ib.sha256(IMAGE.blobs[0])[7:]}",
        "classic config": f"{ib.sha256(IMAGE.config)[7:]}.json",
    }.get(name, name)
    if data is None:
        del files[real]
    else:
        files[real] = data
    if shape == "oci":
        return str(ib.write_directory(files, tmp_path / "broken"))
    return str(ib.write_archive(files, tmp_path / "broken.tar"))


@pytest.mark.parametrize(
    ("name", "data", "shape", "error", "words"),
    [
        ("manifest", None, "oci", ImageError, "missing"),
        ("config", None, "oci", ImageError, "missing"),
        ("layer", None, "oci", ImageError, "missing"),
        ("layer", b"short", "oci", ImageError, "5 bytes, the manifest says"),
        ("manifest", b"{}", "oci", DigestMismatchError, "it should be sha256:"),
        ("config", b"{}", "oci", DigestMismatchError, "it should be sha256:"),
        ("index.json", b"{", "oci", ImageError, "not valid JSON"),
        ("index.json", b"[]", "oci", ImageError, "expected an object"),
        ("index.json", b"[" * 100_000, "oci", ImageError, "not valid JSON"),
        ("index.json", b'{"schemaVersion": 1}', "oci", ImageError, "expected 2"),
        ("index.json", b'{"schemaVersion": 2}', "oci", ImageError, "expected a list"),
        (
            "index.json",
            b'{"schemaVersion": 2, "manifests": []}',
            "oci",
            ImageError,
            "no image",
        ),
        (
            "index.json",
            b'{"schemaVersion": 2, "manifests": [{"digest": "../x", "size": 1}]}',
            "oci",
            ImageError,
            "not a digest",
        ),
        ("index.json", b" " * (17 << 20), "oci", LimitError, "over"),
        ("manifest.json", b"[]", "docker", ImageError, "lists no image"),
        ("manifest.json", b"[1]", "docker", ImageError, "no image"),
        ("manifest.json", b'[{"Config": 5}]', "docker", ImageError, "lacks the name"),
        (
            "manifest.json",
            b'[{"Config": "nowhere.json", "Layers": []}]',
            "docker",
            ImageError,
            "nowhere.json is missing",
        ),
        ("manifest.json", None, "docker", ImageError, "expected an image archive"),
        ("classic config", b"{}", "docker", DigestMismatchError, "it should be"),
    ],
)
def test_a_broken_image_names_what_is_wrong(
    name: str,
    data: bytes | None,
    shape: str,
    error: type[ImageError],
    words: str,
    tmp_path: Path,
) -> None:
    """One line with the file and what was expected, and the right class of error."""
    with pytest.raises(error, match=words) as raised:
        open_image(broken(tmp_path, name, data, shape))

    assert "\n" not in raised.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "archive without files"),
        (b"hello, world\n" * 100, "no tar header at byte 0"),
        (bytes(10240), "archive without files"),
        (ib.layer_tar({"etc/passwd": b""}), "expected an image archive"),
        (ib.layer_tar(dict(IMAGE.classic_files()))[:3000], "ends"),
    ],
    ids=["empty", "text", "zeros", "other tar", "cut"],
)
def test_what_is_no_image_archive_is_refused(
    content: bytes, words: str, tmp_path: Path
) -> None:
    """Any other file is an error that says what was expected."""
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=words):
        open_image(str(path))


def test_a_pipe_in_the_place_of_a_blob_does_not_hang(tmp_path: Path) -> None:
    """Only regular files are read from a layout."""
    path = Path(write("oci", tmp_path))
    (path / "index.json").unlink()
    os.mkfifo(path / "index.json")
    with pytest.raises(ImageError, match="not a regular file"):
        open_image(f"oci:{path}")


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        ("", UsageError, "no target"),
        ("oci:", UsageError, "a path must follow"),
        ("/nowhere/at/all.tar", ImageNotFoundError, "no such file"),
        ("docker-archive:/nowhere.tar", ImageNotFoundError, "no such file"),
        ("oci:/nowhere", ImageNotFoundError, "no such directory"),
        ("dir:/nowhere", ImageNotFoundError, "no such directory"),
        ("docker-arch:/nowhere", UsageError, "neither"),
        ("Python:3.12", UsageError, "neither"),
    ],
)
def test_a_target_that_is_nothing_says_so(
    target: str, error: type[ShipworthyError], words: str
) -> None:
    """Wrong names are told from absent files, with a hint."""
    with pytest.raises(error, match=words) as raised:
        open_image(target)

    assert raised.value.exit_code == (2 if error is UsageError else 3)


def test_a_near_miss_gets_the_right_word() -> None:
    """A misspelt kind is answered with the nearest one."""
    with pytest.raises(UsageError) as raised:
        parse_target("docker-archiv:/nowhere")

    assert "docker-archive:/nowhere" in raised.value.hint


@pytest.mark.parametrize(
    ("suffix", "platform", "words"),
    [
        (":nope", "", "no image 'nope'"),
        (":1.0", "windows/amd64", "no image for the platform"),
    ],
)
def test_a_choice_that_is_not_there_lists_what_is(
    suffix: str, platform: str, words: str, tmp_path: Path
) -> None:
    """A wrong tag or platform is answered with those there are."""
    with pytest.raises(ImageNotFoundError, match=words) as raised:
        open_image(several(tmp_path) + suffix, platform=platform)

    assert "1.0" in raised.value.hint or "linux/arm64" in raised.value.hint


def test_an_archive_of_several_images_wants_a_choice(tmp_path: Path) -> None:
    """Docker save A B gives an archive from which one is named."""
    other = ib.image({"z": b""}, tag="other:2")
    files = {**IMAGE.classic_files(), **other.classic_files()}
    both = [
        *json.loads(IMAGE.classic_files()["manifest.json"]),
        *json.loads(other.classic_files()["manifest.json"]),
    ]
    files["manifest.json"] = json.dumps(both).encode()
    path = ib.write_archive(files, tmp_path / "both.tar")
    with pytest.raises(ImageNotFoundError, match="2 images") as raised:
        open_image(str(path))
    assert "other:2" in raised.value.hint
    for selector in ("other:2", "2", ib.sha256(other.config)):
        with closing(open_image(f"docker-archive:{path}:{selector}")) as image:
            assert 1 == len(image.info.layers)
    with pytest.raises(ImageNotFoundError, match="no image 'third'"):
        open_image(f"{path}:third")


def conformance() -> list[dict[str, object]]:
    """The cases beside the checkout."""
    cases: list[dict[str, object]] = json.loads(
        (SHARED / "conformance/images/expected.json").read_text()
    )
    return cases


@pytest.mark.parametrize("case", conformance(), ids=lambda case: str(case["image"]))
def test_conformance_images_open_or_not(case: dict[str, object]) -> None:
    """Real and odd archives and references open exactly where they should."""
    target = str(SHARED / "conformance/images" / str(case["image"]))
    if case["image"] in {"oci/multi", "oci/multi:tg11"}:
        # Its blobs are not there: the reference resolves, then the manifest is missing.
        with pytest.raises(ImageError, match="missing"):
            open_image(target)
    elif case.get("valid", case.get("opens")):
        with closing(open_image(target)) as image:
            assert case.get("diff_ids", [x.diff_id for x in image.info.layers]) == [
                x.diff_id for x in image.info.layers
            ]
            assert case.get("tags", list(image.info.tags)) == list(image.info.tags)
    else:
        with pytest.raises(ImageError):
            open_image(target)
