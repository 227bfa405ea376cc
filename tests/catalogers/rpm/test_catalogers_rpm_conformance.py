"""Real databases, with what rpm itself and the upstream tests say is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import SHARED

from shipworthy.catalogers.interface import Evidence, LayerFile
from shipworthy.catalogers.rpm import RpmCataloger


CASES = sorted((SHARED / "conformance/rpmdb").glob("*/expected.json"))
DETAILED = [case for case in CASES if case.with_name("detail.json").exists()]


def _read(case: Path) -> Evidence:
    files = [
        LayerFile(path=f"var/lib/rpm/{path.name}", data=path.read_bytes())
        for path in sorted(case.parent.iterdir())
        if path.suffix != ".json"
    ]
    (evidence,) = RpmCataloger().parse(files)
    return evidence


def _stated(entry: dict[str, Any]) -> dict[str, object]:
    """The fields of our model that an expected entry determines."""
    plain = f"{entry['version']}-{entry['release']}"
    source = str(entry["sourcerpm"]).removesuffix(".src.rpm")
    name, version, release = source.rsplit("-", 2)
    licence = entry.get("licence", "")
    return {
        "name": entry["name"],
        "version": f"{entry['epoch']}:{plain}" if entry["epoch"] else plain,
        "arch": entry["arch"],
        "source": "" if name == entry["name"] else name,
        "source_version": ""
        if f"{version}-{release}" == plain
        else f"{version}-{release}",
        "vendor": entry["vendor"],
        "modularity": entry.get("modularitylabel", ""),
        "licences": (licence,) if licence else (),
    }


@pytest.mark.skipif(not CASES, reason="the data beside the checkout is not there")
class TestConformance:
    """Every database of the conformance data."""

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.name)
    def test_packages(self, case: Path) -> None:
        """Each package is found with all its fields, none is missing and none invented."""
        evidence = _read(case)
        expected = [_stated(entry) for entry in json.loads(case.read_text())]
        found = [
            {key: getattr(package, key) for key in expected[0]}
            for package in evidence.packages
        ]

        def order(entry: dict[str, object]) -> tuple[str, str]:
            return str(entry["name"]), str(entry["version"])

        assert sorted(expected, key=order) == sorted(found, key=order)
        assert () == evidence.problems

    @pytest.mark.parametrize("case", DETAILED, ids=lambda case: case.parent.name)
    def test_files(self, case: Path) -> None:
        """The packages that are known in detail list exactly their files."""
        detail = case.with_name("detail.json")
        lists = {package.name: package.file_list for package in _read(case).packages}
        for entry in json.loads(detail.read_text()):
            expected = [path.lstrip("/") for path in entry["files"]]

            assert expected == lists[entry["name"]].split("\0")
