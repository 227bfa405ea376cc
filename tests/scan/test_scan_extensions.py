"""Plug-ins are found the short way as ``importlib.metadata`` finds them."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path
from zipfile import ZipFile

import pytest

from shipworthy.extensions import load


GROUP = "speaking"


def _install(directory: Path, dist: str, points: str) -> None:
    """A distribution of nothing but entry points."""
    metadata = directory / f"{dist}.dist-info"
    metadata.mkdir(parents=True)
    name, _, version = dist.partition("-")
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    )
    (metadata / "entry_points.txt").write_text(points)


def _found() -> tuple[list[object], list[str]]:
    plugins, statuses = load(GROUP, lambda plugin: plugin)
    return list(plugins), [status.subject for status in statuses]


def test_built_in_and_foreign_groups_are_complete() -> None:
    """The short way and the library name the same catalogers."""
    plugins, statuses = load("catalogers", lambda plugin: plugin)
    points = entry_points(group="shipworthy.catalogers")
    assert [*plugins] == [p.load() for p in sorted(points, key=lambda p: p.name)]
    assert statuses == ()


def test_first_distribution_of_a_name_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments, other groups and a shadowed distribution give nothing; names differ by no dash or case."""
    _install(
        tmp_path / "a",
        "Loud_Plugin-1.0",
        "[other]\nx = os:sep\n\n[shipworthy.speaking]\n# no\nb=json:dumps\na = os.path : join\n",
    )
    _install(
        tmp_path / "b", "loud.plugin-2.0", "[shipworthy.speaking]\nc = json:loads\n"
    )
    monkeypatch.setattr(
        sys, "path", [str(tmp_path / "a"), str(tmp_path / "b"), *sys.path]
    )
    import json
    import os.path

    assert _found() == ([os.path.join, json.dumps], [])


def test_what_cannot_be_loaded_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No module, no attribute and no sense are a status each."""
    _install(
        tmp_path,
        "odd-1",
        "[shipworthy.speaking]\na = no_such_module_at_all:x\nb = json:nothing\nc = ?\n",
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert _found() == ([], ["no_such_module_at_all:x", "json:nothing", "?"])


def test_a_zip_on_the_path_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only the library can read is left to it."""
    archive = tmp_path / "plugins.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("zipped-1.dist-info/METADATA", "Name: zipped\nVersion: 1\n")
        file.writestr(
            "zipped-1.dist-info/entry_points.txt",
            "[shipworthy.speaking]\na = json:loads\n",
        )
    monkeypatch.setattr(sys, "path", [str(archive), *sys.path])
    import json

    assert _found() == ([json.loads], [])
