"""Inspector's formats, held against what the reference service and its plug-ins wrote."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from reports_endings import ended
from reports_policy import CHECKS
from reports_sample import (
    DJANGO_SQL,
    LOG4SHELL,
    OPENSSL,
    SIX,
    ZLIB_OVERFLOW,
    bare,
    sample,
    undecided,
    warned,
)

from shipworthy.model.advisory import SEVERITIES
from shipworthy.model.finding import CvssScore, Finding
from shipworthy.model.result import Coverage, ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.inspector_csv import COLUMNS, InspectorCsvReport
from shipworthy.reports.inspector_json import InspectorJsonReport


REFERENCE = Path(__file__).parents[3] / "shared" / "conformance" / "inspector"
RESULTS = {
    "bare": bare,
    "closed": sample,
    "ended": ended,
    "undecided": undecided,
    "warned": warned,
}
NAMESPACE = UUID("b5f5f9a2-3f51-5f0c-8a3e-6d3f0f7c1f5e")
"""Of serial numbers; what is made with it once may not change."""
PREFIX = "amazon:inspector:sbom_scanner:"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference service's answers are not here"
)
# Names of ours where the service has a value of its own in the key.
NUMBERED = re.compile(r"comp-\d+$|(?<=dockerfile_finding:).*$")


def bom(result: ScanResult) -> dict[str, Any]:
    """The answer's document."""
    answer = json.loads(InspectorJsonReport().render(to_document(result)))
    assert set(answer) == {"sbom"}
    return dict(answer["sbom"])


def table(result: ScanResult) -> list[list[str]]:
    """The lines of the table as a reader sees them."""
    data = InspectorCsvReport().render(to_document(result)).decode()
    return list(csv.reader(io.StringIO(data, newline=""), strict=True))


def only(*findings: Finding) -> ScanResult:
    """A result of the sample's image with these findings and packages alone."""
    packages = tuple(dict.fromkeys(finding.package for finding in findings))
    return replace(sample(), findings=findings, packages=packages, checks=())


def told(entry: dict[str, Any]) -> dict[str, str]:
    """The properties of a component, vulnerability or the metadata, by name."""
    return {
        one["name"].removeprefix(PREFIX): one["value"]
        for one in entry.get("properties", ())
    }


@lru_cache(maxsize=1)
def samples() -> tuple[dict[str, Any], ...]:
    """What the service answered for real images and for cases made by hand."""
    return tuple(_samples())


def _samples() -> Iterator[dict[str, Any]]:
    for folder in ("scans", "dockerfile_checks", "report_rows"):
        for path in sorted((REFERENCE / folder).glob("*.json")):
            answer = json.loads(path.read_text())
            if isinstance(answer, dict) and "sbom" in answer:
                yield answer["sbom"]


def reference_rows(path: Path) -> list[list[str]]:
    """The lines of a file of the plug-in."""
    text = path.read_bytes().decode()
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def shape(value: object, at: str = "") -> set[tuple[str, str]]:
    """Every path in a JSON value with the type that stands there; properties by their name."""
    if isinstance(value, dict):
        if set(value) == {"name", "value"}:
            name = NUMBERED.sub("…", value["name"])
            return {(f"{at}.{name}", type(value["value"]).__name__)}
        parts = (shape(part, f"{at}.{key}") for key, part in value.items())
        return {(at, "dict")}.union(*parts)
    if isinstance(value, list):
        return {(at, "list")}.union(*(shape(part, f"{at}[]") for part in value))
    return {(at, "number" if type(value) in {int, float} else type(value).__name__)}


@lru_cache(maxsize=1)
def known_shape() -> set[tuple[str, str]]:
    """Every path with its type that an answer of the service has."""
    return set().union(*map(shape, samples()))


@needs_reference
@pytest.mark.parametrize("name", sorted(RESULTS))
def test_json_has_the_service_s_shape(name: str) -> None:
    """Every path of ours is one that the service writes, with the same type there."""
    known = known_shape()
    # The attack itself is in the service's guide and in none of the samples.
    known = known | {(f".vulnerabilities[].properties[].{PREFIX}is_malicious", "str")}
    assert shape(bom(RESULTS[name]())) - known == set()


@needs_reference
def test_json_has_what_the_service_always_writes() -> None:
    """What every answer, component, vulnerability and rating of the service has, ours have too."""
    real = samples()
    ours = [bom(result()) for result in RESULTS.values()]

    def always(answers: list[dict[str, Any]], part: str) -> set[str]:
        entries = [set(one) for answer in answers for one in answer.get(part) or ()]
        return set.intersection(*entries)

    assert set.intersection(*map(set, real)) <= set.intersection(*map(set, ours))
    scans = [answer for answer in real if len(answer.get("components") or ()) > 9]
    wanted = always(scans, "vulnerabilities") - {"created"}  # not every feed tells it
    assert wanted <= always(ours, "vulnerabilities")
    assert always(scans, "components") <= always(ours, "components")
    for answer in ours:
        assert list(told(answer["metadata"])) == [
            f"{word}_vulnerabilities"
            for word in ("critical", "high", "medium", "low", "other")
        ]


@needs_reference
def test_json_uses_the_service_s_words() -> None:
    """Severities, methods, states, types and messages are words that the service writes."""

    def words(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for component in answer.get("components") or ():
            yield "type", component["type"]
            yield "info", told(component).get("info", "")
        for each in answer.get("vulnerabilities") or ():
            yield "state", (each.get("analysis") or {}).get("state", "")
            for rating in each.get("ratings") or ():
                yield "severity", rating["severity"]
                yield "rater", rating["source"]["name"]
                yield "method", rating["method"]

    known = {word for answer in samples() for word in words(answer)}
    known |= {("method", one) for one in ("CVSSv2", "CVSSv3", "CVSSv4")}  # its guide's
    known |= {("rater", "GITHUB"), ("rater", "MITRE"), ("info", "")}
    ours = {word for result in RESULTS.values() for word in words(bom(result()))}
    assert ours - known == set()


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_members_stand_in_the_order_of_their_names(name: str) -> None:
    """They are written as they were put together, and are as if they had been sorted; so is what the serial number is of."""
    data = InspectorJsonReport().render(to_document(RESULTS[name]()))
    answer = json.loads(data)
    told = json.dumps(answer, indent=2, sort_keys=True, ensure_ascii=False)

    assert data.decode() == f"{told}\n"
    number = answer["sbom"].pop("serialNumber")
    content = orjson.dumps(answer["sbom"], option=orjson.OPT_SORT_KEYS)
    assert number == uuid5(NAMESPACE, content.hex()).urn


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_json_is_cyclonedx(name: str) -> None:
    """The document under ``sbom`` is valid CycloneDX 1.5, formats of dates and links included."""
    error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(
        json.dumps(bom(RESULTS[name]()))
    )
    assert error is None, error


@needs_reference
def test_the_service_s_own_answers_are_cyclonedx() -> None:
    """Answers of the service validate in the same way, so that it is a fair test; only nulls and a package without a name do not."""
    validator = JsonStrictValidator(SchemaVersion.V1_5)
    reasons = []
    for answer in samples():
        # Links are left out: some hold blanks, and the format of each takes long to check.
        found = [
            {key: value for key, value in one.items() if key != "advisories"}
            for one in (answer.get("vulnerabilities") or ())[:5]
        ]
        error = validator.validate_str(json.dumps({**answer, "vulnerabilities": found}))
        reasons += [] if error is None else [str(error)]
    assert len(reasons) <= len(samples()) / 3
    known = ("'name' is a required property", "None is not of type")
    assert [one for one in reasons if not one.startswith(known)] == []


@needs_reference
@pytest.mark.parametrize("name", sorted(RESULTS))
def test_csv_has_the_plug_in_s_lines(name: str) -> None:
    """The two lines of counts and the header are those of every file of the plug-in, and so is the quoting."""
    ours = table(RESULTS[name]())
    for path in sorted((REFERENCE / "scan_results").glob("*.csv")):
        rows = reference_rows(path)
        for mine, theirs in zip(ours[:2], rows[:2], strict=True):
            keys = [cell.partition(":")[0] for cell in theirs]
            assert [cell.partition(":")[0] for cell in mine] == keys
        assert ours[2] == rows[2] == list(COLUMNS)
    data = InspectorCsvReport().render(to_document(RESULTS[name]())).decode()
    for line in data.split("\r\n")[:-1]:
        assert line.startswith('"')
        assert line.endswith('"')


@needs_reference
def test_csv_cells_have_the_plug_in_s_forms() -> None:
    """Each column has the forms of its cells: the plug-in's own files and ours pass the same test."""
    forms = {
        "Severity": r"critical|high|medium|low|info|none|untriaged|null",
        "Source": r"NVD|MITRE|GITHUB|GITLAB|AMAZON_INSPECTOR|Ubuntu Linux|Amazon Linux|null",
        "CVSS": r"\d+\.\d|null",
        "Installed Package": r"pkg:[^;]+(;pkg:[^;]+)*|null",
        "Path": r"/[^;]+(;/[^;]+)*|null",
        "EPSS": r"0\.\d{1,5}|null",
        "Exploit Available": r"true|null",
        "Exploit Last Seen": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|null",
        "CWEs": r"CWE-\d+(;CWE-\d+)*|null",
    }
    files = map(reference_rows, sorted((REFERENCE / "scan_results").glob("*.csv")))
    for rows in (*files, *(table(result()) for result in RESULTS.values())):
        for row in rows[3:]:
            for column, cell in zip(COLUMNS, row, strict=True):
                assert re.fullmatch(forms.get(column, ".+"), cell), (column, cell)


@needs_reference
def test_the_plug_in_s_rows_follow_from_our_json() -> None:
    """Packages, fixes, paths, CWEs and EPSS are in the CSV what the plug-in would make of the JSON."""
    document = bom(sample())
    components = {one["bom-ref"]: one for one in document["components"]}
    rows = {row[0]: row for row in table(sample())[3:]}
    for each in document["vulnerabilities"]:
        row = rows.get(each["id"])
        if row is None:
            assert each["id"] in {check.id for check in CHECKS}
            continue
        hit = [components[one["ref"]] for one in each["affects"]]
        urls = [one["purl"].replace("%40", "@") for one in hit]
        fixes = [v for k, v in told(each).items() if k.startswith("fixed_version:")]
        paths = [told(one)["path"] for one in hit if "path" in told(one)]
        cwes = [f"CWE-{number}" for number in each.get("cwes", ())]
        cells = (urls, fixes, paths)
        assert row[4:7] == [";".join(cell) or "null" for cell in cells]
        assert row[10] == (";".join(cwes) or "null")
        epss = [r["score"] for r in each["ratings"] if r["source"]["name"] == "EPSS"]
        assert row[7] == (str(epss[0]) if epss else "null")


@pytest.mark.parametrize(
    ("severity", "rating", "cell", "counted"),
    [
        ("critical", "critical", "critical", "critical"),
        ("high", "high", "high", "high"),
        ("medium", "medium", "medium", "medium"),
        ("low", "low", "low", "low"),
        ("negligible", "info", "info", "other"),
        ("none", "none", "none", "other"),
        ("unknown", "unknown", "untriaged", "other"),
    ],
)
def test_severities(severity: Any, rating: str, cell: str, counted: str) -> None:
    """Each severity has the service's word in ratings, cells and counts."""
    assert severity in SEVERITIES
    result = only(replace(ZLIB_OVERFLOW, severity=severity))
    (found,) = bom(result)["vulnerabilities"]
    assert found["ratings"][0]["severity"] == rating
    assert table(result)[3][1] == cell
    assert told(bom(result)["metadata"])[f"{counted}_vulnerabilities"] == "1"
    assert f"{counted}_vulnerabilities:1" in ",".join(table(result)[1])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("nvd", "NVD"),
        ("ghsa", "GITHUB"),
        ("cna", "MITRE"),
        ("ubuntu", "Ubuntu Linux"),
        ("amazon", "Amazon Linux"),
        ("debian/tracker", "AMAZON_INSPECTOR"),
        ("", "AMAZON_INSPECTOR"),
    ],
)
def test_raters(source: str, name: str) -> None:
    """Publishers have the service's names, and all that it does not know stand under the scanner's."""
    result = only(replace(ZLIB_OVERFLOW, severity_source=source))
    assert bom(result)["vulnerabilities"][0]["ratings"][0]["source"]["name"] == name
    assert table(result)[3][2] == name


def test_ratings_begin_with_the_verdict_s() -> None:
    """The severity that the gate judged comes first, with its publisher's score; others follow with their bands."""
    score = CvssScore(
        source="nvd",
        version="3.1",
        vector="CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L",
        score=3.7,
    )
    finding = replace(DJANGO_SQL, cvss=(score, *DJANGO_SQL.cvss))
    (found,) = bom(only(finding))["vulnerabilities"]
    assert [
        (one["source"]["name"], one["severity"], one["method"], one["score"])
        for one in found["ratings"]
    ] == [
        ("GITHUB", "high", "CVSSv3", 7.5),
        ("NVD", "low", "CVSSv31", 3.7),
        ("EPSS", "none", "other", 0.02113),
    ]


def test_one_row_a_vulnerability() -> None:
    """A vulnerability of two packages is one row and one entry, with both packages and both fixes."""
    result = sample()
    rows = [row for row in table(result)[3:] if row[0] == "CVE-2023-5678"]
    (row,) = rows
    assert [url.partition("@")[0] for url in row[4].split(";")] == [
        "pkg:deb/debian/libssl3",
        "pkg:deb/debian/openssl",
    ]
    assert row[5] == "0:3.0.13-1~deb12u1;0:3.0.13-1~deb12u1"
    found = [
        one for one in bom(result)["vulnerabilities"] if one["id"] == "CVE-2023-5678"
    ]
    assert len(found) == 1
    assert len(found[0]["affects"]) == 2


def test_the_worst_of_a_vulnerability_counts() -> None:
    """Where its packages are rated differently, a vulnerability has the worst severity in rows, ratings and counts."""
    mild = replace(ZLIB_OVERFLOW, id="CVE-2021-44228", severity="low", state="new")
    result = only(mild, replace(LOG4SHELL, state="existing"))
    assert [row[1] for row in table(result)[3:]] == ["critical"]
    assert told(bom(result)["metadata"])["critical_vulnerabilities"] == "1"
    assert told(bom(result)["metadata"])["low_vulnerabilities"] == "0"


def test_exploits_are_told() -> None:
    """Known exploitation gives the state, the mark and CISA's dates; without it there are none of them."""
    found = {one["id"]: one for one in bom(sample())["vulnerabilities"]}
    log4shell, django = found["CVE-2021-44228"], found["CVE-2022-28346"]
    assert log4shell["analysis"] == {"state": "exploitable"}
    facts = told(log4shell)
    assert facts["exploit_available"] == "true"
    assert facts["cisa_kev_date_added"] == "2021-12-10T00:00:00Z"
    assert facts["cisa_kev_date_due"] == "2021-12-24T00:00:00Z"
    assert django["analysis"] == {"state": "in_triage"}
    assert "exploit_available" not in told(django)


def test_suppressed_findings_are_left_out() -> None:
    """What was taken out is in no row, and its package is not called free of vulnerabilities."""
    document = bom(sample())
    ids = {one["id"] for one in document["vulnerabilities"]}
    assert ids.isdisjoint({"CVE-2024-7001", "CVE-2024-7002", "PYSEC-2099-1"})
    (six,) = [one for one in document["components"] if one["name"] == "six"]
    assert "info" not in told(six)


def test_clean_packages_are_told_from_unknown_ones() -> None:
    """A package that was looked up is clean; one whose kind the database does not hold was skipped."""
    result = replace(only(), packages=(SIX, OPENSSL), suppressed=())
    coverage: Coverage = replace(result.coverage, unmatched=(("debian-12", 1),))
    components = bom(replace(result, coverage=coverage))["components"]
    infos = {one["name"]: told(one).get("info") for one in components}
    assert infos == {
        "Debian GNU/Linux": None,
        "six": "Component scanned: no vulnerabilities found.",
        "openssl": "Component skipped: no rules found.",
    }


def test_ends_and_attacks() -> None:
    """The end of the distribution has the service's id and date, and an attack its mark; others keep their ids."""
    document = bom(ended())
    found = {one["id"]: one for one in document["vulnerabilities"]}
    end = found["IN-DISCONTINUED-001"]
    assert end["affects"] == [{"ref": "comp-1"}]
    assert end["cwes"] == [1104]
    assert end["source"]["name"] == "AMAZON_INSPECTOR"
    assert document["components"][0]["type"] == "operating-system"
    assert told(document["components"][0])["end_of_life"] == "2022-09-10T00:00:00Z"
    assert told(found["MAL-2025-20690"])["is_malicious"] == "true"
    assert "EOL-nodejs-14" in found


def test_checks_stand_with_their_files() -> None:
    """What checks found is counted and listed with its file, and is in no row of packages, as in the service's reports."""
    result = replace(only(), checks=CHECKS)
    document = bom(result)
    root, key = document["vulnerabilities"]
    files = {one["bom-ref"]: one for one in document["components"]}
    dockerfile = files[root["affects"][0]["ref"]]
    assert (dockerfile["type"], dockerfile["name"]) == (
        "file",
        "dockerfile:Dockerfile",
    )
    assert told(dockerfile) == {
        "dockerfile_finding:config/root-user": "affected_lines:0-0"
    }
    assert files[key["affects"][0]["ref"]]["name"] == "srv/web/server.key"
    assert told(document["metadata"])["high_vulnerabilities"] == "1"
    assert len(table(result)) == 3
    assert table(result)[1][1] == "high_vulnerabilities:1"


def test_nothing_found() -> None:
    """Without packages and findings there are counts and nothing else, as the service answers."""
    assert set(bom(bare())) == {"bomFormat", "metadata", "serialNumber", "specVersion"}
    assert table(bare())[0] == [
        "#artifact_name:dir:rootfs",
        "artifact_type:repository",
        "artifact_hash:null",
        "build_id:null",
    ]


def test_serial_numbers_are_of_the_content() -> None:
    """The same result has the same serial number, another result another."""
    assert bom(sample())["serialNumber"] == bom(sample())["serialNumber"]
    assert bom(sample())["serialNumber"] != bom(warned())["serialNumber"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bom(sample())["serialNumber"])
