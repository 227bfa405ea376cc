"""The public conformance cases of ignore files, held through the engine of entries."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ignoring import DEBIAN, at, ignored, on
from judging import package
from policing import scanned
from support import SHARED

from shipworthy.errors import UsageError
from shipworthy.model.check import Check, CheckKind
from shipworthy.model.package import Distro, Package
from shipworthy.policy.foreign.interface import ForeignFile
from shipworthy.policy.foreign.read import read_foreign, read_ignore_file
from shipworthy.policy.rules import Settings
from shipworthy.policy.suppressions.apply import suppress
from shipworthy.policy.suppressions.terms import has_ended


VECTORS = SHARED / "conformance" / "ignorefiles"


def _load(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((VECTORS / name).read_text())
    return loaded


def _read(case: dict[str, Any]) -> ForeignFile:
    return read_foreign(case["as_name"], (VECTORS / case["file"]).read_bytes())


def _package(item: dict[str, Any]) -> Package:
    purl = item.get("purl", "pkg:golang/example.com/other@v1.0.0")
    type_, _, rest = purl.removeprefix("pkg:").partition("/")
    name, _, version = rest.rpartition("@")
    place = at(item["target"])
    return package(type_, name, version, purl=purl, locations=place)


@pytest.mark.parametrize("case", _load("ignore.json"), ids=lambda case: case["as_name"])
def test_vulnerabilities_are_ignored_as_the_owner_does(case: dict[str, Any]) -> None:
    """Each vulnerability is taken out or not, on the day that the case names."""
    file = _read(case)
    for item in case["vulnerabilities"]:
        taken = ignored(file, on(_package(item), item["id"]), day=case["now"])
        assert taken == (item["ignored"],), item


@pytest.mark.parametrize("case", _load("ignore.json"), ids=lambda case: case["as_name"])
def test_what_checks_find_is_ignored_as_the_owner_does(case: dict[str, Any]) -> None:
    """Misconfigurations, by id or alias, and secrets are taken out or not."""
    file = _read(case)
    kinds: tuple[tuple[str, CheckKind], ...] = (
        ("misconfigurations", "config"),
        ("secrets", "secret"),
    )
    for section, kind in kinds:
        for item in case[section]:
            checks = tuple(
                Check(id=id_, kind=kind, severity="high", title="", path=item["target"])
                for id_ in (item["id"], *item.get("aliases", ()))
            )
            here = scanned(
                checks=checks,
                looked_for=frozenset({"config", "secrets"}),
                day=case["now"],
            )
            parted = suppress((), file.entries, here, Settings())
            assert bool(parted.suppressed_checks) == item["ignored"], item


@pytest.mark.parametrize("case", _load("ignore.json"), ids=lambda case: case["as_name"])
def test_licences_are_named_as_the_owner_does(case: dict[str, Any]) -> None:
    """An entry about licences names the licence or not; entries that have ended are not counted."""
    file = _read(case)
    held = [one for one in file.entries if not has_ended(one.expires, case["now"])]
    assert len(held) == case["entries"]
    named = {id_ for one in held if "licence" in one.about for id_ in one.ids}
    for item in case["licences"]:
        assert (item["name"] in named) == item["ignored"], item


@pytest.mark.parametrize(
    "case", _load("osv_config.json"), ids=lambda case: case["file"]
)
def test_configurations_load_or_are_refused(case: dict[str, Any]) -> None:
    """A file loads with so many entries, or is refused naming the key that nobody knows."""
    path = VECTORS / case["file"]
    if not case["loads"]:
        with pytest.raises(UsageError, match=r"\.toml:\d+: ") as caught:
            read_ignore_file(path)
        assert case.get("unknown_key", "regular expression") in caught.value.message
        return
    file = read_ignore_file(path)
    ids = [id_ for entry in file.entries for id_ in entry.ids]
    assert ids == case["ignored_vulns"]
    assert len(file.entries) - len(ids) == case["package_overrides"]


def _toml(value: object, name: str) -> str:
    times = {"past": "2020-01-01T00:00:00Z", "future": "2099-01-01T00:00:00Z"}
    if name in {"IgnoreUntil", "EffectiveUntil"}:
        return times[str(value)]
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_toml(v, key)}" for key, v in value.items())
        return f"{{ {inner} }}"
    return json.dumps(value)


def _as_file(config: dict[str, list[dict[str, object]]]) -> bytes:
    lines = []
    for array, tables in config.items():
        for table in tables:
            lines.append(f"[[{array}]]")
            lines.extend(f"{key} = {_toml(value, key)}" for key, value in table.items())
    return "\n".join(lines).encode()


def _subject(item: dict[str, Any]) -> tuple[Package, Distro]:
    if "vulnID" in item:
        return package("golang", "example.com/x", "v1.0.0"), DEBIAN
    metadata = item.get("Metadata", {})
    notes = tuple(f"group:{group}" for group in metadata.get("DepGroupVals", ()))
    type_ = item.get("PURLType", "generic")
    subject = package(type_, item["Name"], item["Version"], notes=notes)
    if "OSID" not in metadata:
        return subject, DEBIAN
    return subject, Distro(id=metadata["OSID"].lower(), version=metadata["OSVersionID"])


@pytest.mark.parametrize(
    "case", _load("osv_rules.json"), ids=lambda c: f"{c['kind']}: {c['name']}"
)
def test_rules_apply_as_the_owner_does(case: dict[str, Any]) -> None:
    """An entry applies to the vulnerability or package, or not; an invalid expression refuses the file."""
    data = _as_file(case["config"])
    item = case["package_or_id"]
    if case["name"] == "Invalid_regex_does_not_match":
        with pytest.raises(UsageError, match="regular expression"):
            read_foreign("osv-scanner.toml", data)
        return
    file = read_foreign("osv-scanner.toml", data)
    subject, distro = _subject(item)
    if case["kind"] == "override licence":
        entries = [one for one in file.entries if "licence" in one.about]
        # The engine takes findings out; of licences the same entry is asked about a vulnerability.
        file = replace(
            file, entries=tuple(replace(e, about=("vulnerability",)) for e in entries)
        )
    found = on(subject, item.get("vulnID", "CVE-2021-0001"))
    assert ignored(file, found, distro=distro) == (case["applies"],)
