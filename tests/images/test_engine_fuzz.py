"""Whatever an engine sends ends as the image, or as one of our errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import imagebuilder as ib
import pytest
from fakeengine import FakeEngine
from hypothesis import given
from hypothesis import strategies as st
from scanning import EXAMPLE

from shipworthy.errors import ImageError
from shipworthy.images.engines.container import ChangesWalk
from shipworthy.images.engines.export import Export
from shipworthy.images.engines.inspected import configuration_of, with_history


pytestmark = pytest.mark.property

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("sha256"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["RootFS", "Layers", "Config", "Env", "Labels", "Size", "Path", "Kind"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_SHAPES = {
    shape: FakeEngine(image=EXAMPLE, shape=shape).exported()
    for shape in ("classic", "blobs", "store", "podman")
}


def _nothing(*_: object) -> Any:
    raise AssertionError


@given(
    shape=st.sampled_from(sorted(_SHAPES)),
    at=st.integers(0, 1 << 20),
    byte=st.integers(0, 255),
    end=st.integers(0, 1 << 20),
)
def test_a_damaged_export_is_told(shape: str, at: int, byte: int, end: int) -> None:
    """One byte changed, or the end missing: the configuration that comes out has its digest."""
    data = bytearray(_SHAPES[shape])
    data[at % len(data)] = byte
    cut = bytes(data[: end % (len(data) + 1)]) if end % 2 else bytes(data)
    pieces: Iterator[bytes] = (cut[i : i + 700] for i in range(0, len(cut), 700))
    export = Export(pieces, "it")
    try:
        for member in export.layers(_nothing, _nothing):
            member.read()
        assert EXAMPLE.config == export.configuration()
    except ImageError:
        return


@given(said=st.dictionaries(st.just("RootFS") | st.just("Config"), _JSON))
def test_any_description_is_taken_or_told(said: dict[str, Any]) -> None:
    """Documents of any form are a configuration or an error."""
    try:
        config = configuration_of(said, "it")
    except ImageError:
        return
    with_history(config, [said, {"Size": True}, {"Size": -1, "CreatedBy": 7}])


def test_a_description_of_any_depth_is_told() -> None:
    """What is nested deeper than can be written again is an error."""
    deep: Any = {}
    for _ in range(400):
        deep = {"a": deep}
    with pytest.raises(ImageError, match="nested too deep"):
        configuration_of({"RootFS": {"Layers": []}, "Config": deep}, "it")


@given(changes=st.lists(st.dictionaries(st.sampled_from(["Path", "Kind"]), _JSON)))
def test_any_changes_are_taken_or_told(changes: list[dict[str, Any]]) -> None:
    """Changes of any form are entries or an error, never a path outside."""
    tar = ib.layer_tar({"a": b"b", "c": ib.Symlink("../../d")})
    try:
        walk = ChangesWalk(changes, iter([tar]), "it")
        paths = [entry.path for entry in walk]
    except ImageError:
        return
    assert not any(".." in path.split("/") for path in paths), json.dumps(paths)
