"""Which files make a dashboard, which images they are of, and what becomes of those that cannot be read."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from fleeting import document, fleet, passed, result, save
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_sample import DJANGO_SQL, sample

from shipworthy.errors import UsageError
from shipworthy.fleet import files
from shipworthy.fleet.document import SCHEMA_VERSION
from shipworthy.fleet.document import to_document as dashboard_of
from shipworthy.fleet.forms import open_form
from shipworthy.fleet.model import Asked, Fleet, Image
from shipworthy.fleet.summarise import is_result, summarise
from shipworthy.reports.document import to_document


def labels(*places: Path) -> list[str]:
    """The images found."""
    return [image.label for image in fleet(*places).images]


def test_a_directory_is_searched_below_and_gzip_is_read(tmp_path: Path) -> None:
    """Results lie at any depth up to the bound, plain or compressed, beside files that are none."""
    save(tmp_path / "a/b/shop.json", result())
    save(tmp_path / "till.json.gz", result("registry.example/till:2"))
    (tmp_path / "notes.txt").write_text("{}")
    (tmp_path / "package.json").write_text('{"name": "web"}')
    (tmp_path / "gl-code-quality-report.json").write_text("[]")
    found = fleet(tmp_path)
    assert labels(tmp_path) == ["registry.example/shop", "registry.example/till"]
    assert [Path(name).name for name in found.others] == [
        "gl-code-quality-report.json",
        "package.json",
    ]
    assert not found.unreadable


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    """A link to a file or a directory outside brings nothing in, and a loop ends."""
    save(tmp_path / "outside/shop.json", result())
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "file.json").symlink_to(tmp_path / "outside/shop.json")
    (inside / "directory").symlink_to(tmp_path / "outside")
    (inside / "loop").symlink_to(inside)
    assert labels(inside) == []


def test_deep_directories_are_told_and_not_entered(tmp_path: Path) -> None:
    """What lies too deep is no silent hole."""
    deep = tmp_path.joinpath(*"abcdefghi")
    save(deep / "shop.json", result())
    found = fleet(tmp_path)
    assert not found.images
    assert [one.file for one in found.unreadable] == [str(deep)]
    assert "more than 8 directories" in found.unreadable[0].error


def test_too_many_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each bound is an error that names it."""
    for name in ("a.json", "b.json", "c.json"):
        save(tmp_path / name, result())
    for bound, words in (
        ("MAX_FILES", "more than 2 results"),
        ("MAX_ENTRIES", "more than 2 files"),
        ("MAX_TOTAL", "or 2 bytes"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(files, bound, 2)
            with pytest.raises(UsageError, match=words):
                fleet(tmp_path)


def test_what_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    """A torn file, a newer release, a broken gzip and a file that is not there are told each with its error."""
    save(tmp_path / "shop.json", result())
    (tmp_path / "torn.json").write_text('{"schemaVersion": "1.3",')
    (tmp_path / "torn.json.gz").write_bytes(b"\x1f\x8b\x08\x00")
    save(tmp_path / "newer.json", {**to_document(result()), "schemaVersion": "9.0"})
    found = fleet(tmp_path, tmp_path / "absent.json")
    assert [image.label for image in found.images] == ["registry.example/shop"]
    errors = {Path(one.file).name: one.error for one in found.unreadable}
    assert errors["torn.json"].startswith("not JSON: ")
    assert "schema version 9.0" in errors["newer.json"]
    assert errors["absent.json"] == "no such file, expected a result"
    assert set(errors) == {"torn.json", "torn.json.gz", "newer.json", "absent.json"}


def test_a_named_file_must_be_a_result(tmp_path: Path) -> None:
    """Below a directory another JSON file is passed over; one that was named was meant."""
    other = tmp_path / "package.json"
    other.write_text('{"name": "web"}')
    assert fleet(tmp_path).others == (str(other),)
    assert "not a shipworthy result" in fleet(other).unreadable[0].error


def test_a_dashboard_is_no_result(tmp_path: Path) -> None:
    """The dashboard's own data, written beside the results, is not read as one of them."""
    save(tmp_path / "shop.json", result())
    made = document(tmp_path)
    assert made["schemaVersion"] == SCHEMA_VERSION
    save(tmp_path / "dashboard.json", made)
    again = fleet(tmp_path)
    assert len(again.images) == 1
    assert [Path(name).name for name in again.others] == ["dashboard.json"]


def test_results_of_one_repository_are_a_series(tmp_path: Path) -> None:
    """The tag may change from build to build; the newest day counts, whatever the files are called."""
    save(tmp_path / "z.json", result("registry.example/shop:1.3", "2026-08-01"))
    save(tmp_path / "a.json", result("registry.example/shop:1.4", "2026-08-20"))
    save(tmp_path / "m.json", result("registry.example/shop:1.2", "2026-07-01"))
    (image,) = fleet(tmp_path).images
    assert [scan.day for scan in image.scans] == [
        "2026-07-01",
        "2026-08-01",
        "2026-08-20",
    ]
    assert image.newest.reference == "registry.example/shop:1.4"
    by_tag = fleet(tmp_path, group_by="image").images
    assert [one.label for one in by_tag] == [
        f"registry.example/shop:1.{at}" for at in (2, 3, 4)
    ]


def test_images_without_a_tag_go_by_their_target(tmp_path: Path) -> None:
    """Two archives of one file name in two directories are two images."""
    for team in ("payments", "search"):
        save(tmp_path / f"{team}.json", result(f"{team}/image.tar"))
    assert labels(tmp_path) == ["payments/image.tar", "search/image.tar"]


def test_platforms_are_images_of_their_own(tmp_path: Path) -> None:
    """The same repository for two platforms is no series, and each says which it is."""
    save(tmp_path / "amd64.json", result())
    arm = to_document(result())
    image: Any = arm["image"]
    arm["image"] = {**image, "platform": "linux/arm64"}
    save(tmp_path / "arm64.json", arm)
    assert labels(tmp_path) == [
        "registry.example/shop (linux/amd64)",
        "registry.example/shop (linux/arm64)",
    ]


def test_the_registry_of_the_hub_is_left_out_where_nothing_else_is_called_so(
    tmp_path: Path,
) -> None:
    """People write debian:12; a target that is called the same does not hide it."""
    save(tmp_path / "a.json", result("debian:12"))
    assert labels(tmp_path) == ["debian"]


def test_a_result_given_twice_counts_once(tmp_path: Path) -> None:
    """By its content: once named and once found, as a copy, and compressed."""
    save(tmp_path / "shop.json", result())
    save(tmp_path / "copy/shop.json.gz", result())
    found = fleet(tmp_path, tmp_path / "shop.json")
    assert len(found.images[0].scans) == 1
    assert found.copies == 1


def test_only_the_two_newest_results_keep_their_findings(tmp_path: Path) -> None:
    """Memory grows with images, not with days, in whatever order the days come."""
    days = ["2026-08-01", "2026-08-02", "2026-08-03", "2026-08-04"]
    paths = [save(tmp_path / f"{day}.json", result(day=day)) for day in days]
    for order in permutations(paths):
        (image,) = fleet(*order).images
        assert [bool(scan.findings) for scan in image.scans] == [
            False,
            False,
            True,
            True,
        ]
        assert all(sum(scan.counts) == 3 for scan in image.scans)


def test_order_of_arguments_changes_nothing(tmp_path: Path) -> None:
    """The same inputs in any order give the same document."""
    paths = [
        save(tmp_path / "a.json", result()),
        save(tmp_path / "b.json", result("registry.example/till:1", verdict=passed())),
        save(tmp_path / "c.json", result(day="2026-07-01", findings=(DJANGO_SQL,))),
        tmp_path / "absent.json",
    ]
    made = {json.dumps(document(*order)) for order in permutations(paths)}
    assert len(made) == 1


def test_a_result_of_an_older_release_is_read(tmp_path: Path) -> None:
    """Without a plan, fingerprints and states, what can be told is told."""
    old = json.loads(json.dumps(to_document(result())))
    old["schemaVersion"] = "1.0"
    del old["remediation"], old["lookedFor"], old["comparison"]
    for finding in old["findings"]:
        del finding["fingerprint"], finding["kind"], finding["state"]
    save(tmp_path / "old.json", old)
    made = document(tmp_path)
    assert made["totals"]["findings"] == 3
    assert made["actions"][0]["title"].startswith("Upgrade ")


WHOLE = json.loads(json.dumps(to_document(sample())))
broken = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("image", "tags", "layers", "diffId", "findings", "package"),
                    *("name", "risk", "score", "verdict", "rules", "status", "day"),
                    *("severity", "remediation", "upgrades", "closes", "coverage"),
                    *("statuses", "kev"),
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), broken))
def test_no_result_breaks_the_reader(changed: dict[str, Any]) -> None:
    """What has the wrong type counts as absent; nothing but a usage error comes out."""
    whole = {**WHOLE, **changed}
    if not is_result(whole):
        return
    try:
        scan = summarise(whole, file="x.json")
    except UsageError:
        return
    assert len(scan.counts) == 7
    held = Fleet(images=(Image(label=scan.name, scans=(scan, scan)),))
    made = dashboard_of(held, Asked(expected=("x",), max_age=1), version="0.1.0")
    assert open_form("html").render(made).startswith(b"<!DOCTYPE html>")
    assert json.loads(open_form("json").render(made)) == made
