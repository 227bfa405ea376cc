"""Records that others made: of the right layer and of the right types, or none at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imagebuilder as ib
import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from scanning import EXAMPLE

from shipworthy.catalogers.distro import identify
from shipworthy.contents import layer_cache, read_contents
from shipworthy.errors import ParseError
from shipworthy.layers.inventory import take_inventory
from shipworthy.layers.record import dump, load
from shipworthy.layers.sound import sound
from shipworthy.layers.squash import squash
from shipworthy.model.image import Layer


@cache
def documents() -> tuple[tuple[str, bytes], ...]:
    """Diff ID and document of the example's records."""
    with TemporaryDirectory() as folder:
        files = EXAMPLE.classic_files()
        archive = ib.write_archive(files, Path(folder) / "image.tar")
        read_contents(str(archive), cache_dir=Path(folder))
        kept = layer_cache(Path(folder))
        diff_ids = [ib.sha256(layer) for layer in EXAMPLE.layers]
        return tuple(
            (one, zstandard.ZstdDecompressor().decompress(kept.read(one)))
            for one in diff_ids
        )


def packed(document: object) -> bytes:
    """A document as records are kept."""
    return zstandard.ZstdCompressor().compress(orjson.dumps(document))


def test_our_own_are_sound() -> None:
    """What was read from layers is taken, as it is."""
    for diff_id, document in documents():
        data = packed(orjson.loads(document))
        assert load(data) == sound(data, diff_id)
        assert dump(sound(data, diff_id)) == dump(load(data))


def test_another_layer() -> None:
    """A record is taken for its own layer alone."""
    (first, document), (second, _) = documents()
    data = packed(orjson.loads(document))
    with pytest.raises(ParseError, match="of another layer"):
        sound(data, second)
    assert first == sound(data, first).diff_id


def test_the_size_that_it_states() -> None:
    """A record that says that it inflates to a terabyte gets no memory, and one that says nothing none either."""
    frame = b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little") + b"\x01\x00\x00"
    assert 1 << 40 == zstandard.frame_content_size(frame)
    with pytest.raises(ParseError, match="more than"):
        load(frame)
    silent = zstandard.ZstdCompressor(write_content_size=False)
    with pytest.raises(ParseError, match="of no size"):
        load(silent.compress(documents()[0][1]))


@pytest.mark.property
@given(st.data())
def test_any_change_is_found_or_does_no_harm(data: st.DataObject) -> None:
    """A record with a value changed anywhere is refused, or laid on others and counted as any other is."""
    diff_id, raw = data.draw(st.sampled_from(documents()))
    document: Any = orjson.loads(raw)
    holder: Any = document
    while True:
        keys = list(range(len(holder)))
        key = data.draw(st.sampled_from(keys)) if keys else None
        if key is None:
            break
        inner = holder[key]
        if not isinstance(inner, list) or not inner or data.draw(st.booleans()):
            holder[key] = data.draw(
                st.none()
                | st.integers(-1, 1 << 70).filter(lambda number: number < 1 << 63)
                | st.text(max_size=5)
                | st.lists(st.text(max_size=3), max_size=3)
                | st.lists(st.lists(st.text(max_size=3), max_size=2), max_size=2)
            )
            break
        holder = inner
    try:
        record = sound(packed(document), diff_id)
    except ParseError:
        return
    visible = squash([record, record])
    layers = [Layer(index=index, diff_id=diff_id) for index in range(2)]
    take_inventory(visible, identify(visible.facts), layers)
