"""What the dashboard says over many images: changes, actions, bases, trend, vulnerabilities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from fleeting import DEBIAN, closed, document, passed, result, save
from reports_sample import (
    DJANGO_SQL,
    LOG4SHELL,
    MINIMIST_POLLUTION,
    ZLIB_OVERFLOW,
)

from shipworthy.model.remediation import Action


SHOP, TILL = "registry.example/shop:1.4", "registry.example/till:2"
A, B = "sha256:" + "aa" * 32, "sha256:" + "bb" * 32


def names(entries: list[dict[str, Any]]) -> list[str]:
    """What the entries are of."""
    return [one["name"] for one in entries]


def test_changes_since_the_result_before(tmp_path: Path) -> None:
    """New and fixed are told by fingerprint, from the newest result to the one before it."""
    save(
        tmp_path / "1.json",
        result(day="2026-07-01", findings=(LOG4SHELL, ZLIB_OVERFLOW)),
    )
    save(
        tmp_path / "2.json",
        result(day="2026-08-01", findings=(ZLIB_OVERFLOW, DJANGO_SQL)),
    )
    (image,) = document(tmp_path)["images"]
    change = image["change"]
    assert (change["since"], change["new"], change["fixed"]) == ("2026-07-01", 1, 1)
    assert change["newBySeverity"] == {DJANGO_SQL.severity: 1}
    assert change["fixedBySeverity"] == {LOG4SHELL.severity: 1}
    assert change["verdictBefore"] == "Do not ship"
    assert image["verdict"]["words"] == "Fit to ship"


def test_what_only_changed_its_place_is_moved(tmp_path: Path) -> None:
    """Its fingerprint is another, and yet nobody brought it and nobody fixed it."""
    elsewhere = replace(DJANGO_SQL, fingerprint="5e" * 16)
    save(tmp_path / "1.json", result(day="2026-07-01", findings=(DJANGO_SQL,)))
    save(tmp_path / "2.json", result(day="2026-08-01", findings=(elsewhere,)))
    change = document(tmp_path)["images"][0]["change"]
    assert (change["new"], change["moved"], change["fixed"]) == (0, 1, 0)


def test_one_action_for_the_same_package_in_several_images(tmp_path: Path) -> None:
    """What closes most risk over all images comes first, with the images it is for."""
    save(tmp_path / "a.json", result(SHOP))
    save(tmp_path / "b.json", result(TILL))
    (action,) = document(tmp_path)["actions"]
    assert action["title"] == "Upgrade django to 3.2.13"
    assert action["images"] == [
        {"name": "registry.example/shop", "closes": 1},
        {"name": "registry.example/till", "closes": 1},
    ]
    assert action["closes"] == 2
    assert action["risk"] == 2 * DJANGO_SQL.risk.score


def test_an_upgrade_in_a_shared_layer_is_one_action_of_the_base(tmp_path: Path) -> None:
    """The layer's digest says that it is the same layer; the base that brings it is named."""
    fixable = replace(
        ZLIB_OVERFLOW, fixed_versions=("1:1.2.13.dfsg-2",), fix_state="fixed"
    )
    plan = (
        Action(
            kind="os-packages",
            title="Upgrade zlib",
            command="apt-get install zlib1g",
            layer=0,
            closes=(ZLIB_OVERFLOW.fingerprint,),
        ),
    )
    save(
        tmp_path / "0.json",
        result(
            "registry.example/base:1", layers=(DEBIAN,), findings=(fixable,), plan=plan
        ),
    )
    for tag, own in ((SHOP, A), (TILL, B)):
        save(
            tmp_path / f"{own[7:9]}.json",
            result(
                tag, layers=(DEBIAN, own), findings=(fixable, DJANGO_SQL), plan=plan
            ),
        )
    made = document(tmp_path)
    (action,) = made["actions"]
    assert (action["closes"], len(action["images"])) == (3, 3)
    assert action["base"] == "registry.example/base:1"
    assert action["command"] == "apt-get install zlib1g"
    (base,) = made["bases"]
    assert (base["name"], base["layers"], base["diffId"]) == (
        "registry.example/base:1",
        1,
        DEBIAN,
    )
    assert (base["findings"], base["fixable"]) == (3, 3)
    assert names(base["images"]) == [
        "registry.example/base",
        "registry.example/shop",
        "registry.example/till",
    ]


def test_bases_within_bases(tmp_path: Path) -> None:
    """Each run of layers that images share and then part from is a base, with its own images."""
    stacks = {
        "a": (DEBIAN, A, "sha256:1"),
        "b": (DEBIAN, A, "sha256:2"),
        "c": (DEBIAN, B),
    }
    for name, layers in stacks.items():
        save(
            tmp_path / f"{name}.json",
            result(f"registry.example/{name}:1", layers=layers),
        )
    bases = document(tmp_path)["bases"]
    assert {(base["layers"], len(base["images"])) for base in bases} == {(1, 3), (2, 2)}


def test_the_same_image_under_two_names_is_no_base(tmp_path: Path) -> None:
    """Nothing is built on it."""
    save(tmp_path / "a.json", result(SHOP))
    save(tmp_path / "b.json", result(TILL))
    assert document(tmp_path)["bases"] == []


def test_a_base_by_the_name_that_images_give(tmp_path: Path) -> None:
    """Where the layers differ, because each took another build of it."""
    for tag, layer in ((SHOP, A), (TILL, B)):
        save(
            tmp_path / f"{layer[7:9]}.json",
            result(tag, layers=(layer,), base="debian:12"),
        )
    (base,) = document(tmp_path)["bases"]
    assert (base["name"], base["layers"]) == ("debian:12", 0)
    assert (
        base["findings"] == 2
    )  # zlib in each: the one that is told to come from the base


def test_the_trend_carries_images_over(tmp_path: Path) -> None:
    """On each day an image counts with its newest result up to that day."""
    save(tmp_path / "a1.json", result(SHOP, "2026-08-01"))
    save(tmp_path / "b1.json", result(TILL, "2026-08-10", findings=(DJANGO_SQL,)))
    save(tmp_path / "a2.json", result(SHOP, "2026-08-20", findings=(DJANGO_SQL,)))
    points = document(tmp_path)["trend"]
    assert [(p["day"], p["images"], p["findings"], p["doNotShip"]) for p in points] == [
        ("2026-08-01", 1, 3, 1),
        ("2026-08-10", 2, 4, 1),
        ("2026-08-20", 2, 2, 0),
    ]


def test_vulnerabilities_with_the_images_they_are_in(tmp_path: Path) -> None:
    """The exploited come first, then the worst; each names its images."""
    save(tmp_path / "a.json", result(SHOP))
    save(tmp_path / "b.json", result(TILL, findings=(DJANGO_SQL, MINIMIST_POLLUTION)))
    made = document(tmp_path)
    found = {one["id"]: one["images"] for one in made["vulnerabilities"]}
    assert next(iter(found)) == LOG4SHELL.id
    assert found[DJANGO_SQL.id] == ["registry.example/shop", "registry.example/till"]
    assert found[MINIMIST_POLLUTION.id] == ["registry.example/till"]
    django = next(one for one in made["packages"] if one["name"] == "django")
    assert (django["findings"], len(django["images"])) == (2, 2)


def test_what_is_cut_is_counted(tmp_path: Path) -> None:
    """No list grows without bound, and none is cut in silence."""
    many = tuple(
        replace(DJANGO_SQL, id=f"CVE-2022-{at:05}", fingerprint=f"{at:032x}")
        for at in range(503)
    )
    save(tmp_path / "a.json", result(findings=many))
    made = document(tmp_path)
    assert len(made["vulnerabilities"]) == 500
    assert made["vulnerabilitiesCut"] == 3
    assert made["totals"]["vulnerabilities"] == 503


def test_worst_first(tmp_path: Path) -> None:
    """What does not ship stands above what does, whatever it has more of."""
    save(tmp_path / "a.json", result(SHOP, findings=(DJANGO_SQL,), verdict=passed()))
    save(tmp_path / "b.json", result(TILL, findings=(ZLIB_OVERFLOW,), verdict=closed()))
    assert names(document(tmp_path)["images"]) == [
        "registry.example/till",
        "registry.example/shop",
    ]
