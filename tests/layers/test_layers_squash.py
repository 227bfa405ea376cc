"""Layers on each other: the OCI rules of changesets, and where a package came from."""

from __future__ import annotations

import imagebuilder as ib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layers.fakes import record_of

from shipworthy.layers.squash import Squashed, real_path, squash


def laid(*trees: ib.Tree) -> Squashed:
    """The trees as layers, bottom first."""
    return squash([record_of(tree) for tree in trees])


def visible(*trees: ib.Tree) -> dict[str, list[str]]:
    """Path to packages with the layer since which each is there."""
    return {
        file.path: sorted(
            f"{key[1]}-{key[2]}@{layer}" for key, layer in file.since.items()
        )
        for file in laid(*trees).files
    }


PKG = b"one 1"


@pytest.mark.parametrize(
    ("upper", "left"),
    [
        ({}, {"d/a.pkg": ["one-1@0"]}),
        ({"d/.wh.a.pkg": b""}, {}),
        ({".wh.d": b""}, {}),
        ({"d/.wh..wh..opq": b""}, {}),
        ({".wh..wh..opq": b""}, {}),
        ({"d/a.pkg": b"one 1"}, {"d/a.pkg": ["one-1@0"]}),
        ({"d/a.pkg": b"one 2"}, {"d/a.pkg": ["one-2@1"]}),
        ({"d/.wh.a.pkg": b"", "d/a.pkg": b"one 1"}, {"d/a.pkg": ["one-1@1"]}),
        ({"d/.wh..wh..opq": b"", "d/b.pkg": b"two 2"}, {"d/b.pkg": ["two-2@1"]}),
        ({"d": b"now a file"}, {}),
        ({"d": ib.Symlink("elsewhere")}, {}),
        ({"d": ib.Directory()}, {"d/a.pkg": ["one-1@0"]}),
        ({"d/a.pkg": ib.Directory()}, {}),
        (
            {"d/a.pkg": ib.Directory(), "d/a.pkg/x.pkg": b"x 1"},
            {"d/a.pkg/x.pkg": ["x-1@1"]},
        ),
        ({"d/a.pkg": ib.Symlink("x")}, {}),
        ({"d/.wh.a": b"", "da/.wh.x": b""}, {"d/a.pkg": ["one-1@0"]}),
    ],
    ids=[
        "nothing above",
        "whiteout",
        "whiteout of the directory",
        "opaque directory",
        "opaque root",
        "rewritten alike",
        "upgraded",
        "removed and brought back in one layer",
        "opaque with new content",
        "directory becomes file",
        "directory becomes link",
        "directory named again",
        "file becomes directory",
        "file becomes directory with content",
        "file becomes link",
        "whiteouts of neighbours",
    ],
)
def test_an_upper_layer_decides(upper: ib.Tree, left: dict[str, list[str]]) -> None:
    """What a layer hides is gone, what it adds is there, the rest stays."""
    assert left == visible({"d": ib.Directory(), "d/a.pkg": PKG}, upper)


def test_a_package_belongs_to_the_layer_since_which_it_is_there_unbroken() -> None:
    """Removing and reinstalling starts anew; a rewrite that keeps a version does not."""
    assert {"db": ["a-1@0", "b-2@1", "c-1@2"]} == visible(
        {"db": b"a 1\nb 1\nc 1"}, {"db": b"a 1\nb 2"}, {"db": b"a 1\nb 2\nc 1"}
    )


@pytest.mark.parametrize(
    ("upper", "left"),
    [
        ({"lib/a.pkg": b"one 2"}, {"usr/lib/a.pkg": ["one-2@1"]}),
        ({"lib/.wh.a.pkg": b""}, {}),
        ({"lib/.wh..wh..opq": b""}, {}),
        (
            {"lib": ib.Directory(), "lib/b.pkg": b"two 2"},
            {"usr/lib/a.pkg": ["one-1@0"], "lib/b.pkg": ["two-2@1"]},
        ),
        (
            {".wh.lib": b"", "lib/b.pkg": b"two 2"},
            {"usr/lib/a.pkg": ["one-1@0"], "lib/b.pkg": ["two-2@1"]},
        ),
    ],
    ids=["write", "whiteout", "opaque", "link becomes directory", "link removed"],
)
def test_paths_through_links_below_land_where_they_lead(
    upper: ib.Tree, left: dict[str, list[str]]
) -> None:
    """A merged /usr is one place, however a layer spells it."""
    base: ib.Tree = {"usr/lib/a.pkg": PKG, "lib": ib.Symlink("usr/lib")}

    assert left == visible(base, upper)


@pytest.mark.parametrize(
    ("path", "links", "real"),
    [
        ("a/f", {"a": "b"}, "b/f"),
        ("a/f", {"a": "/b/c"}, "b/c/f"),
        ("x/a/f", {"x/a": "../b"}, "b/f"),
        ("a/f", {"a": "../../../b"}, "b/f"),
        ("a/f", {"a": "b", "b": "c"}, "c/f"),
        ("a/f", {"a": "b", "b": "a"}, "a/f"),
        ("a/f", {"a": "a"}, "a/f"),
        ("f", {"f": "g"}, "f"),
    ],
    ids=[
        "relative",
        "absolute",
        "up",
        "out of the root",
        "chain",
        "circle",
        "self",
        "last part",
    ],
)
def test_links_are_followed_inside_the_root(
    path: str, links: dict[str, str], real: str
) -> None:
    """Directories follow links as under chroot; circles end."""
    assert real == real_path(path, links)


def test_facts_are_those_of_visible_files() -> None:
    """A fact of a file that was removed is no fact."""
    assert {"b/main": {"seen": "b/main"}} == laid(
        {"a/main": b"", "b/main": b""}, {"a/.wh.main": b""}
    ).facts


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b", "a/b", "a/b/c.pkg", "b/x.pkg", "a/y.pkg"]),
            st.sampled_from(["file", "dir", "gone", "opaque"]),
            max_size=4,
        ),
        max_size=4,
    )
)
def test_squashing_agrees_with_doing_it_to_a_tree(layers: list[dict[str, str]]) -> None:
    """Applying the layers one after the other to a plain set of files gives the same files."""
    trees: list[dict[str, ib.Node]] = []
    files: set[str] = set()
    for number, layer in enumerate(layers):
        tree: dict[str, ib.Node] = {}
        for path, what in sorted(
            layer.items(), key=lambda item: (item[1] not in {"gone", "opaque"}, item)
        ):
            head, _, name = path.rpartition("/")
            if what in {"file", "dir"} and any(
                tree.get(path[:at]) == b"plain"
                or isinstance(tree.get(path[:at]), bytes)
                for at in range(len(path))
                if path[at] == "/"
            ):
                continue  # no tar puts a file below a file
            if what == "gone":
                tree[f"{head}/.wh.{name}" if head else f".wh.{name}"] = b""
                files = {f for f in files if f != path and not f.startswith(f"{path}/")}
            elif what == "opaque":
                tree[f"{path}/.wh..wh..opq"] = b""
                files = {f for f in files if not f.startswith(f"{path}/")}
            elif what == "dir":
                tree[path] = ib.Directory()
                files.discard(path)
            else:
                tree[path] = (
                    f"p {number}".encode() if path.endswith(".pkg") else b"plain"
                )
                files = {f for f in files if not f.startswith(f"{path}/")} | {path}
            parents = {path[:at] for at in range(len(path)) if path[at] == "/"}
            files -= parents if what in {"file", "dir"} else set()
        trees.append(tree)

    assert {f for f in files if f.endswith(".pkg")} == set(visible(*trees))
