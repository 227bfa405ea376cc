"""The dashboard's data is documented, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fleeting import DEBIAN, UPGRADE_DJANGO, document, result, save
from reports_sample import sample

from shipworthy.model.advisory import SEVERITIES


DOCS = Path(__file__).resolve().parents[2] / "docs/dashboard.md"


def keys(value: Any) -> Iterator[str]:
    """Every key of ``value`` and of what is in it."""
    if isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from keys(one)
    elif isinstance(value, list):
        for one in value:
            yield from keys(one)


def test_every_field_is_documented(tmp_path: Path) -> None:
    """A field that is added is told in the docs."""
    save(tmp_path / "shop.json", sample())
    save(tmp_path / "a.json", result("registry.example/web:2", plan=(UPGRADE_DJANGO,)))
    save(tmp_path / "b.json", result("registry.example/web:1", "2026-07-01"))
    save(
        tmp_path / "c.json", result("registry.example/c:1", layers=(DEBIAN, "sha256:1"))
    )
    (tmp_path / "torn.json").write_text("{")
    made = document(tmp_path, expected=("mail",))
    assert all((made["coverage"]["missing"], made["bases"], made["actions"]))
    told = DOCS.read_text()
    lacking = {
        key
        for key in keys(made)
        if f"`{key}`" not in told and key not in {*SEVERITIES, "version"}
    }
    assert lacking == set()
