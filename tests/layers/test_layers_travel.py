"""Layer records from one machine to another: the same bytes out, nothing but records in."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import imagebuilder as ib
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from scanning import EXAMPLE

from shipworthy.cli.main import run
from shipworthy.contents import layer_cache, read_contents
from shipworthy.errors import UsageError
from shipworthy.layers.travel import export_records, import_records


HEX = "0" * 64


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the example was scanned; its archive is beside it."""
    folder = tmp_path_factory.mktemp("scanned")
    archive = ib.write_archive(EXAMPLE.classic_files(), folder / "a.tar")
    read_contents(str(archive), cache_dir=folder / "cache")
    return folder


def exported(cache: Path) -> bytes:
    """The cache's records as a file."""
    out = io.BytesIO()
    assert 2 == export_records(layer_cache(cache), out)
    return out.getvalue()


def packed(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    """A file with these members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(data), kind, "/etc/passwd"
            tar.addfile(info, io.BytesIO(data))
    return zstandard.ZstdCompressor().compress(out.getvalue())


def test_records_travel(scanned: Path, tmp_path: Path) -> None:
    """After an import the same image is scanned without a layer being read; export gives the same bytes again."""
    file = tmp_path / "records"
    file.write_bytes(exported(scanned / "cache"))
    assert (2, 0) == import_records(layer_cache(tmp_path / "c"), file)
    told: list[str] = []
    archive = str(scanned / "a.tar")
    found = read_contents(archive, cache_dir=tmp_path / "c", progress=told.append)
    assert [] == told
    assert found == read_contents(archive)
    assert file.read_bytes() == exported(tmp_path / "c")


def test_the_commands_say_what_they_did(
    scanned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many records went out and came in, and what is wrong with a file."""
    file, cache = str(tmp_path / "r"), str(tmp_path / "c")
    out = ("--cache-dir", str(scanned / "cache"))
    assert 0 == run(["cache", "export", file, *out])
    assert 0 == run(["cache", "import", file, "--cache-dir", cache])
    assert 2 == run(["cache", "import", "/nowhere", "--cache-dir", cache])
    assert 2 == run(["cache", "export", "/nowhere/at/all", *out])
    told = capsys.readouterr().err.splitlines()
    assert f"wrote 2 records to {file}" == told[0]
    assert f"took 2 records from {file}" == told[1]
    assert "cannot be read (No such file" in told[2]
    assert "cannot be written (No such file" in told[3]
    assert [Path(file).name, "c"] == sorted(
        (path.name for path in tmp_path.iterdir()), reverse=True
    )


def test_records_of_other_catalogers_are_left_out(tmp_path: Path) -> None:
    """They would not be what this release reads; how many is told."""
    file = tmp_path / "r"
    file.write_bytes(packed((f"another/{HEX}", b"x"), ("records", b"1")))
    assert (0, 1) == import_records(layer_cache(tmp_path / "c"), file)


Making = Callable[[str], bytes]


@pytest.mark.parametrize(
    "making",
    [
        lambda _: b"",
        lambda _: b"no archive",
        lambda _: packed(),
        lambda _: packed((f"another/{HEX}", b"x"), ("records", b"2")),
        lambda _: packed(("../../x", b"")),
        lambda _: packed(("/etc/cron.d/x", b"")),
        lambda f: packed((f"{f}/{HEX}", b"no record")),
        lambda f: packed((f"{f}/{HEX}/x", b"")),
        lambda f: packed((f"{f}/{HEX}", b""), kind=tarfile.SYMTYPE),
        lambda f: packed((f"{f}/{HEX}", b""), kind=tarfile.LNKTYPE),
        lambda f: packed((f"{f}/{HEX}", b"x" * 99))[:-20],
    ],
)
def test_nothing_but_records_gets_in(making: Making, tmp_path: Path) -> None:
    """Another file, paths elsewhere, links and what is no record are refused."""
    cache = layer_cache(tmp_path / "c")
    file = tmp_path / "r"
    file.write_bytes(making(cache.fingerprint))
    with pytest.raises(UsageError, match="not a file of layer records"):
        import_records(cache, file)
    assert [] == cache.digests()


def test_a_record_of_another_layer_is_refused(scanned: Path, tmp_path: Path) -> None:
    """A record under a diff ID that is not its own would hide what a layer holds."""
    source, cache = layer_cache(scanned / "cache"), layer_cache(tmp_path / "c")
    data = source.read(ib.sha256(EXAMPLE.layers[0]))
    file = tmp_path / "r"
    file.write_bytes(packed((f"{cache.fingerprint}/{HEX}", data)))
    with pytest.raises(UsageError, match="of another layer"):
        import_records(cache, file)
    assert [] == cache.digests()


@given(at=st.integers(0, 1 << 20), byte=st.integers(1, 255))
@pytest.mark.property
def test_a_damaged_file_brings_nothing_wrong(
    at: int, byte: int, scanned: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With any byte changed the records that come in are those that went out."""
    folder = tmp_path_factory.mktemp("damaged")
    data = bytearray(exported(scanned / "cache"))
    data[at % len(data)] ^= byte
    file = folder / "r"
    file.write_bytes(data)
    source, cache = layer_cache(scanned / "cache"), layer_cache(folder / "c")
    with suppress(UsageError):
        import_records(cache, file)
    for key in cache.digests():
        assert source.read(key) == cache.read(key)
