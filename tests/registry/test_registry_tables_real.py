"""eStargz and zstd:chunked as the formats' own libraries, and Debian's buildah, make them."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imagebuilder as ib
import pytest
from binarybuilder import elf, go_inline
from fakeregistry import FakeRegistry
from imagesheld import HASTY
from registries import need, registry
from scanning import BASE, OURS
from tabled import Tabled, converted, filler, hold_tabled

from shipworthy.contents import Contents, read_contents
from shipworthy.images.access import Access


pytestmark = pytest.mark.functional

WHOLE = Access(registry=HASTY.registry, whole_layers=True)
GO = elf(
    [
        (
            ".go.buildinfo",
            go_inline(
                "go1.22.1",
                "path\texample.org/tool",
                "mod\texample.org/tool\tv1.2.3\t",
                "dep\tgolang.org/x/text\tv0.3.0\th1:x",
            ),
        )
    ]
)
NPM = b'{"name":"lodash","version":"4.17.15"}'
TREE: ib.Tree = {
    **dict.fromkeys(("etc", "opt", "usr", "usr/bin"), ib.Directory()),
    **BASE,
    "opt/a.bin": filler(1 << 20, 1),
    **OURS,
    "opt/b.bin": filler(3 << 20, 2),
    "usr/bin/small": ib.File(GO + filler(200_000, 3), 0o755),
    "usr/bin/large": ib.File(GO + filler(5 << 20, 4), 0o755),
    "usr/bin/holes": ib.File(GO + bytes(300_000) + filler(9_000, 6), 0o755),
    "opt/c.bin": filler(4 << 20, 7),
    "srv/node_modules/lodash/package.json": NPM,
    "store/body": NPM.replace(b"lodash", b"minimist"),
    "srv/node_modules/minimist/package.json": ib.Hardlink("store/body"),
    "srv/node_modules/many/package.json": b'{"name":"many","version":"1.0.0","x":"'
    + filler(25_000, 8).hex().encode()
    + b'"}',
    "srv/link": ib.Symlink("node_modules"),
    "srv/.wh.gone": b"",
    "opt/.wh..wh..opq": b"",
}
TAR = ib.layer_tar(TREE)
NAMES = {
    *("libc6", "libssl3", "Django", "Jinja2", "lodash", "minimist", "many"),
    *("golang.org/x/text", "example.org/tool", "stdlib"),
}
FORMS = {
    "estargz": ("estargz",),
    "estargz, small chunks": ("estargz", "-chunk", "20000"),
    "estargz, shared members": ("estargz", "-least", "100000"),
    "estargz, some first": ("estargz", "-first", "usr/bin/large,opt/b.bin"),
    "zstd:chunked": ("zstd:chunked",),
}


@pytest.fixture(scope="module")
def layers() -> dict[str, Tabled]:
    """The layer in each form."""
    return {name: converted(TAR, *options) for name, options in FORMS.items()}


def contents(target: str, access: Access = HASTY) -> Contents:
    """What is in an image."""
    return read_contents(target, access=access)


def compared(target: str) -> Contents:
    """What is in an image by its tables, and no byte else than when it is streamed."""
    found, whole = contents(target), contents(target, WHOLE)
    assert found.inventory == whole.inventory
    assert found.image == whole.image
    assert len(found.statuses) == len(whole.statuses) + 1
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_same_as_streamed_for_less(
    form: str, layers: dict[str, Tabled], fake: FakeRegistry
) -> None:
    """Packages, places, counts and statuses are the same, for less than half the bytes."""
    target = hold_tabled(fake, [layers[form]])
    sent = fake.sent
    contents(target)
    assert fake.sent - sent < 0.5 * len(layers[form].blob)
    found = compared(target)
    assert {package.name for package in found.inventory.packages} == NAMES
    assert found.inventory.entries >= len(TREE)


def test_layers_on_each_other(layers: dict[str, Tabled], fake: FakeRegistry) -> None:
    """Whiteouts in a table hide what a table below names, whatever the forms."""
    lower = ib.layer_tar({"srv/gone/package.json": NPM, "opt/x": filler()})
    lower_layers = [
        converted(lower, "estargz"),
        Tabled(blob=ib.compressed(lower, "zstd")),
    ]
    upper = ib.layer_tar({**TREE, "srv/.wh.gone": b""})
    for below in lower_layers:
        above = converted(upper, "zstd:chunked")
        found = compared(hold_tabled(fake, [below, above]))
        assert {package.name for package in found.inventory.packages} == NAMES
    assert layers


def test_a_real_registry(layers: dict[str, Tabled], tmp_path: Path) -> None:
    """docker-registry gives the parts, of what skopeo pushed."""
    need("skopeo")
    with registry(tmp_path) as host:
        for number, layer in enumerate(layers.values()):
            held = FakeRegistry()
            hold_tabled(held, [layer])
            folder = _layout(held, tmp_path / str(number))
            there = f"{host}/test/app:{number}"
            push = ["skopeo", "copy", "-q", "--preserve-digests"]
            subprocess.run(
                [
                    *push,
                    "--dest-tls-verify=false",
                    f"oci:{folder}",
                    f"docker://{there}",
                ],
                check=True,
                capture_output=True,
            )
            found = compared(f"registry:{there}")
            assert {package.name for package in found.inventory.packages} == NAMES


@pytest.fixture
def short() -> Iterator[Path]:
    """A directory of few characters: a run root may have fifty."""
    with tempfile.TemporaryDirectory(prefix="b") as folder:
        yield Path(folder)


def test_as_buildah_pushes(tmp_path: Path, short: Path) -> None:
    """An image that buildah pushes as zstd:chunked, under the older names of the annotations."""
    need("buildah")
    # Older versions leave out what pads a tar beyond its two closing blocks.
    tar = TAR.rstrip(b"\0")
    tar += bytes(-len(tar) % 512 + 1024)
    layout = ib.write_directory(
        ib.BuiltImage(layers=[tar]).layout_files(), tmp_path / "image"
    )
    buildah = ["buildah", "--root", str(short / "root")]
    buildah += ["--runroot", str(short / "run"), "--storage-driver", "vfs"]

    # With one of its own buildah insists on the file in it.
    environment = {k: x for k, x in os.environ.items() if k != "DOCKER_CONFIG"}

    def run(*command: str) -> str:
        done = subprocess.run(
            [*buildah, *command],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        return done.stdout.strip()

    with registry(tmp_path) as host:
        image = run("pull", "-q", f"oci:{layout}:example:1")
        there = f"{host}/test/app:1"
        form = ["--compression-format", "zstd:chunked", "--tls-verify=false"]
        run("push", "-q", *form, image, f"docker://{there}")
        found = compared(f"registry:{there}")
    assert {package.name for package in found.inventory.packages} == NAMES


def _layout(held: FakeRegistry, folder: Path) -> Path:
    """What a registry holds as a layout, to be pushed as it is."""
    ((digest, manifest),) = held.manifests.items()
    files = {f"blobs/{key.replace(':', '/')}": x for key, x in held.blobs.items()}
    files[f"blobs/{digest.replace(':', '/')}"] = manifest
    type_ = "application/vnd.oci.image.manifest.v1+json"
    entry = ib.descriptor(manifest, type_)
    files["oci-layout"] = b'{"imageLayoutVersion":"1.0.0"}'
    files["index.json"] = _index(entry)
    return ib.write_directory(files, folder)


def _index(entry: dict[str, object]) -> bytes:
    return json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode()
