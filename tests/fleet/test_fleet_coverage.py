"""The verdict over many images, and what was scanned, what was not, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fleeting import document, result, save
from reports_sample import DJANGO_SQL, sample

from shipworthy.errors import UsageError
from shipworthy.fleet.expected import read_expected
from shipworthy.fleet.verdict import exit_code


SHOP, TILL = "registry.example/shop:1.4", "registry.example/till:2"


def test_the_headline_counts_what_does_not_ship(tmp_path: Path) -> None:
    """The worst that is true of any image is the headline; the sentence has the rest."""
    save(tmp_path / "a.json", result(SHOP))
    save(tmp_path / "b.json", result(TILL, findings=(DJANGO_SQL,)))
    made = document(tmp_path)
    assert made["headline"] == {
        "tone": "fail",
        "words": "1 of 2 images does not ship",
        "summary": "1 fit to ship, 1 not to ship.",
    }
    assert exit_code(made["totals"]) == 1


def test_all_fit_to_ship(tmp_path: Path) -> None:
    """Nothing broken, nothing unread, nothing missing."""
    save(tmp_path / "a.json", result(SHOP, findings=()))
    save(tmp_path / "b.json", result(TILL, findings=()))
    made = document(tmp_path)
    assert made["headline"]["words"] == "All 2 images are fit to ship"
    assert exit_code(made["totals"]) == 0


def test_a_partial_scan_never_passes_for_a_whole_one(tmp_path: Path) -> None:
    """An image that was seen in part is told with what stayed unread, and the gate cannot be told."""
    save(tmp_path / "a.json", sample())
    made = document(tmp_path)
    (image,) = made["images"]
    assert not image["complete"]
    assert image["unread"] == [
        "srv/broken.jar: not a zip archive: no end of central directory"
    ]
    assert made["totals"]["partial"] == 1
    save(
        tmp_path / "a.json",
        replace(result(findings=()), statuses=sample().statuses),
    )
    assert not document(tmp_path)["images"][0]["complete"]


def test_expected_images_without_a_result_are_told(tmp_path: Path) -> None:
    """A name is met by its repository, with a tag by that tag alone; the registry of the hub is the default."""
    save(tmp_path / "a.json", result(SHOP, findings=()))
    save(tmp_path / "b.json", result("debian:12", findings=()))
    (tmp_path / "mail.json").write_text("{")
    expected = (
        "debian",
        "docker.io/library/debian:12",
        "registry.example/mail",
        "registry.example/shop",
        "registry.example/shop:1.3",
        "registry.example/shop:1.4",
        "registry.example/till",
    )
    made = document(tmp_path, expected=expected)
    missing = {one["name"]: one["reason"] for one in made["coverage"]["missing"]}
    assert set(missing) == {
        "registry.example/mail",
        "registry.example/shop:1.3",
        "registry.example/till",
    }
    assert missing["registry.example/till"] == "no result"
    assert "mail.json cannot be read: not JSON" in missing["registry.example/mail"]
    assert made["totals"]["notScanned"] == 3
    assert made["headline"]["words"] == "3 images not scanned"
    assert exit_code(made["totals"]) == 3


def test_the_list_of_expected_images_is_read(tmp_path: Path) -> None:
    """A name a line; comments, blank lines and repeats do not count, and no other file passes for one."""
    path = tmp_path / "expected.txt"
    path.write_bytes(b"\xef\xbb\xbf# ours\nshop:1  # the shop\n\n till \nshop:1\n")
    assert read_expected(path) == ("shop:1", "till")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        read_expected(path)
    path.write_text("x" * 2000)
    with pytest.raises(UsageError, match="longer than"):
        read_expected(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_expected(tmp_path / "absent")


def test_old_results_are_stale(tmp_path: Path) -> None:
    """Ages are counted to the newest result, or to the day that was asked for; never to the clock."""
    save(tmp_path / "a.json", result(SHOP, "2026-08-20"))
    save(tmp_path / "b.json", result(TILL, "2026-08-01"))

    def stale(**more: Any) -> dict[str, bool]:
        made = document(tmp_path, **more)
        return {image["name"]: image["stale"] for image in made["images"]}

    assert not any(stale().values())
    assert stale(max_age=18) == {
        "registry.example/shop": False,
        "registry.example/till": True,
    }
    assert not any(stale(max_age=19).values())
    assert all(stale(max_age=30, at="2026-10-01").values())
