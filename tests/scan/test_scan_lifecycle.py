"""Ends of support through the whole chain: the day, the gate, and ignoring one by its id."""

from __future__ import annotations

from pathlib import Path

import imagebuilder as ib
import pytest
from feedwriter import Feeds
from scanning import BASE, dist_info

from shipworthy import ScanResult, render, scan
from shipworthy.advisories.build import build
from shipworthy.errors import UsageError


IMAGE = ib.image(BASE, dist_info("Django", "2.2.28"), compression="none")
DEBIAN = [{"cycle": "12", "eol": "2026-07-11", "extendedSupport": "2028-06-30"}]
DJANGO = {
    "name": "django",
    "label": "Django",
    "identifiers": [{"type": "purl", "id": "pkg:pypi/django"}],
    "releases": [{"name": "2.2", "eolFrom": "2022-04-11"}],
}


@pytest.fixture(scope="module")
def lifecycles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of life cycles alone, of 2022-03-12."""
    root = tmp_path_factory.mktemp("eol")
    feeds = Feeds(root / "feeds")
    full = {"generated_at": "2022-03-12T09:00:00+00:00", "result": [DJANGO]}
    feeds.json(full, "eol", "v1", "products-full.json")
    feeds.json(DEBIAN, "eol", "debian.json")
    build(feeds.root, root / "db")
    return root / "db"


@pytest.fixture
def target(tmp_path: Path) -> str:
    """Debian 12 with Django 2.2 on top."""
    return f"oci:{ib.write_directory(IMAGE.layout_files(), tmp_path / 'image')}"


def ends(result: ScanResult) -> list[tuple[str, str]]:
    """What has ended, and how bad that is."""
    return [(f.id, f.severity) for f in result.findings]


def test_the_database_s_day_counts_unless_another_is_named(
    lifecycles: Path, target: str
) -> None:
    """30 days before the end of Django 2.2, the day after it, and after Debian's regular support."""
    seen = {
        at: ends(scan(target, db=lifecycles, cache=False, at=at))
        for at in ("", "2022-04-11", "2022-04-12", "2026-07-12", "2028-07-01")
    }

    assert seen == {
        "": [("EOL-django-2.2", "medium")],
        "2022-04-11": [("EOL-django-2.2", "medium")],
        "2022-04-12": [("EOL-django-2.2", "high")],
        "2026-07-12": [("EOL-django-2.2", "high"), ("EOL-debian-12", "low")],
        "2028-07-01": [("EOL-debian-12", "high"), ("EOL-django-2.2", "high")],
    }


def test_it_repeats_to_the_byte(lifecycles: Path, target: str) -> None:
    """Nothing of the machine's clock is in the result."""
    one, other = (
        render(scan(target, db=lifecycles, cache=False), "json") for _ in range(2)
    )

    assert one == other


def test_the_gate_counts_it_and_its_id_leaves_it_out(
    lifecycles: Path, target: str
) -> None:
    """Like any other finding; an update that is not there does not count as a fix."""
    day = {"db": lifecycles, "cache": False, "at": "2022-04-12", "allow_partial": True}
    closed = scan(target, fail_on="high", **day)  # type: ignore[arg-type]  # shared keywords
    ignored = scan(target, fail_on="high", ignore=["EOL-django-2.2"], **day)  # type: ignore[arg-type]  # shared keywords
    fixable = scan(target, fail_on="high", only_fixed=True, **day)  # type: ignore[arg-type]  # shared keywords

    assert closed.verdict.exit_code == 1
    assert closed.findings[0].layer == 1
    assert (ignored.verdict.exit_code, ignored.findings) == (0, ())
    assert [s.finding.id for s in ignored.suppressed] == ["EOL-django-2.2"]
    assert fixable.verdict.exit_code == 0


def test_a_day_that_is_none_is_refused_before_the_image_is_opened(
    lifecycles: Path,
) -> None:
    """With the form that is expected."""
    with pytest.raises(UsageError, match="is not a day"):
        scan("nowhere", db=lifecycles, at="tomorrow")
