"""The rules of language ecosystems, each by a real package and a real vulnerability."""

from __future__ import annotations

import pytest
from judging import Shelf, advisory, inventory, package

from shipworthy.matching import ecosystems
from shipworthy.matching.families.composer import BRANCH
from shipworthy.matching.interface import Lookup, MatchResult, Skip
from shipworthy.matching.links import link_of
from shipworthy.matching.match import match
from shipworthy.model.advisory import Advisory, Range
from shipworthy.model.package import Location, Package


def judged(found: Package, *held: Advisory) -> MatchResult:
    """One package by these advisories."""
    return match(inventory(found), Shelf(held))


def between(*events: tuple[str, str]) -> dict[str, object]:
    """One range of these events."""
    return {"ranges": (Range(events=events),)}


CASES = [
    # names: PEP 503 for dots too, crates' underscores, the ecosystems without case
    (
        "pypi",
        "Products.ATContentTypes",
        "3.0.5",
        "products-atcontenttypes",
        "CVE-2022-23599",
        "3.0.6",
        True,
    ),
    ("cargo", "serde_yaml", "0.8.3", "serde-yaml", "RUSTSEC-2018-0005", "0.8.4", True),
    (
        "nuget",
        "Newtonsoft.Json",
        "12.0.3",
        "newtonsoft.json",
        "CVE-2024-21907",
        "13.0.1",
        True,
    ),
    (
        "composer",
        "GuzzleHttp/PSR7",
        "v2.4.4",
        "guzzlehttp/psr7",
        "CVE-2023-29197",
        "2.4.5",
        True,
    ),
    ("hex", "Phoenix", "1.6.13", "phoenix", "CVE-2022-42975", "1.6.14", True),
    (
        "swift",
        "https://github.com/Apple/swift-nio-http2.git",
        "1.19.1",
        "github.com/apple/swift-nio-http2",
        "CVE-2022-24666",
        "1.19.2",
        True,
    ),
    # versions: epoch, local label, pre-release in plain order, platform, build, four numbers
    ("pypi", "torch", "2.5.1+cu118", "torch", "CVE-2025-32434", "2.6.0", True),
    ("pypi", "torch", "2.6.0+cu124", "torch", "CVE-2025-32434", "2.6.0", False),
    ("pypi", "sample", "1!1.0", "sample", "PYSEC-2", "2.0", False),
    ("npm", "next", "12.3.5-canary.1", "next", "CVE-2025-29927", "12.3.5", True),
    (
        "gem",
        "nokogiri",
        "1.13.3-x86_64-linux",
        "nokogiri",
        "CVE-2022-24836",
        "1.13.4",
        True,
    ),
    ("gem", "nokogiri", "1.13.4-java", "nokogiri", "CVE-2022-24836", "1.13.4", False),
    (
        "golang",
        "github.com/docker/docker",
        "v20.10.23+incompatible",
        "github.com/docker/docker",
        "CVE-2023-28840",
        "20.10.24+incompatible",
        True,
    ),
    (
        "golang",
        "github.com/docker/docker",
        "v20.10.24+incompatible",
        "github.com/docker/docker",
        "CVE-2023-28840",
        "20.10.24+incompatible",
        False,
    ),
    (
        "golang",
        "golang.org/x/crypto",
        "v0.0.0-20220314234659-1baeb1ce4c0b",
        "golang.org/x/crypto",
        "CVE-2022-27191",
        "0.0.0-20220314234659-1baeb1ce4c0b",
        False,
    ),
    (
        "golang",
        "golang.org/x/crypto",
        "v0.0.0-20210921155107-089bfa567519",
        "golang.org/x/crypto",
        "CVE-2022-27191",
        "0.0.0-20220314234659-1baeb1ce4c0b",
        True,
    ),
    (
        "golang",
        "example.org/tool",
        "v1.4.0+dirty",
        "example.org/tool",
        "GO-1",
        "1.4.0",
        False,
    ),
    ("golang", "stdlib", "go1.22.3 X:boringcrypto", "stdlib", "GO-2", "1.22.4", True),
    ("golang", "stdlib", "go1.22.4-fips", "stdlib", "GO-2", "1.22.4", False),
    (
        "maven",
        "com.microsoft.sqlserver:mssql-jdbc",
        "12.10.2.jre11",
        "com.microsoft.sqlserver:mssql-jdbc",
        "CVE-2025-59250",
        "12.10.2",
        False,
    ),
    (
        "maven",
        "com.microsoft.sqlserver:mssql-jdbc",
        "12.10.1.jre8",
        "com.microsoft.sqlserver:mssql-jdbc",
        "CVE-2025-59250",
        "12.10.2.jre11",
        True,
    ),
    (
        "maven",
        "org.jenkins-ci.plugins:git",
        "4.11.3",
        "org.jenkins-ci.plugins:git",
        "CVE-2022-36882",
        "4.11.4",
        True,
    ),
    (
        "maven",
        "org.apache.logging.log4j:log4j-api",
        "2.14.1",
        "org.apache.logging.log4j:log4j-core",
        "CVE-2021-44228",
        "2.15.0",
        False,
    ),
    ("nuget", "Sample", "4.5.0.1", "sample", "GHSA-1", "4.5.0.2", True),
    ("nuget", "Sample", "4.5.0.0", "sample", "GHSA-1", "4.5", False),
    ("bitnami", "postgresql", "16.4.0-2", "postgresql", "BIT-1", "16.4.0", False),
    ("bitnami", "postgresql", "16.3.0-r12", "postgresql", "BIT-1", "16.4.0", True),
    ("cran", "commonmark", "1.7-1", "commonmark", "RSEC-2023-6", "1.8", True),
    ("hackage", "aeson", "1.5.6.0", "aeson", "HSEC-2023-0001", "2.0.1.0", True),
]


@pytest.mark.parametrize(
    ("type_", "name", "version", "filed", "id_", "fixed", "is_found"), CASES
)
def test_names_and_versions(
    type_: str,
    name: str,
    version: str,
    filed: str,
    id_: str,
    fixed: str,
    is_found: bool,
) -> None:
    """A package is found under its ecosystem's name and by its ecosystem's order."""
    result = judged(package(type_, name, version), advisory(id_, type_, filed, fixed))

    assert [one.id for one in result.matches] == ([id_] if is_found else [])
    assert not any(status.partial for status in result.statuses)


def test_a_branch_of_composer_is_no_release() -> None:
    """It is told, and is no hole in the scan; a development line of releases compares."""
    family = ecosystems.family_for("composer", ())
    branch = family.look_up(package("composer", "a/b", "dev-main"))
    line = family.look_up(package("composer", "a/b", "2.x-dev"))

    assert isinstance(branch, Skip)
    assert branch.reason == BRANCH
    assert not BRANCH.partial
    assert isinstance(line, Lookup)


def test_bundled_by_npm_names_the_npm() -> None:
    """Tar inside npm 6.14.4 is mended by another npm (nodejs/docker-node#690)."""
    root = "usr/local/lib/node_modules/npm/"
    npm = package(
        "npm", "npm", "6.14.4", locations=(Location(path=root + "package.json"),)
    )
    tar = package(
        "npm",
        "tar",
        "4.4.13",
        locations=(Location(path=root + "node_modules/tar/package.json"),),
    )
    held = advisory("CVE-2021-32803", "npm", "tar", "4.4.15")
    (one,) = match(inventory(npm, tar), Shelf([held])).matches

    assert one.evidence[0].notes == (
        "bundled-by npm 6.14.4: an update of npm itself brings the fix",
    )
    assert one.evidence[0].confidence == "high"


def test_npm_names_of_another_case_are_less_sure() -> None:
    """JSONStream may be filed as jsonstream, which is a package's name too."""
    held = advisory("GHSA-1", "npm", "jsonstream", "1.3.6")
    same = advisory("GHSA-2", "npm", "JSONStream", "1.3.6")
    loose, exact = judged(package("npm", "JSONStream", "1.3.5"), held, same).matches

    assert (loose.id, loose.evidence[0].confidence) == ("GHSA-1", "medium")
    assert loose.evidence[0].notes == ("name-case: the advisory is on jsonstream",)
    assert (exact.id, exact.evidence[0].confidence) == ("GHSA-2", "high")
    assert not judged(package("npm", "jsonstream", "1.3.5"), same).matches


def test_what_only_tests_read_is_less_sure() -> None:
    """A package.json among the fixtures of another package was not installed to run."""
    place = Location(path="app/node_modules/x/test/fixtures/lodash/package.json")
    found = package("npm", "lodash", "4.17.15", locations=(place,))
    (one,) = judged(
        found, advisory("CVE-2020-8203", "npm", "lodash", "4.17.19")
    ).matches

    assert one.evidence[0].confidence == "medium"
    assert one.evidence[0].notes[0].startswith("test-fixture")


@pytest.mark.parametrize(
    ("more", "confidence", "note"),
    [
        (
            {
                "locations": (
                    Location(path="usr/lib/python3/site-packages/pip/_vendor/urllib3"),
                )
            },
            "high",
            "bundled-by pip: an update of pip itself brings the fix",
        ),
        (
            {"file_list": "a/urllib3-2.0.6.dist-info/direct_url.json\0a/urllib3/x.py"},
            "medium",
            "direct-url: not installed by name from an index",
        ),
        ({"notes": ("source-vcs",)}, "low", "source-vcs"),
    ],
)
def test_where_a_python_package_came_from(
    more: dict[str, object], confidence: str, note: str
) -> None:
    """What pip vendors, what a URL brought and what a repository brought is told apart."""
    found = package("pypi", "urllib3", "2.0.6", **more)
    held = advisory("CVE-2023-45803", "pypi", "urllib3", "2.0.7")
    (one,) = judged(found, held).matches

    assert one.evidence[0].confidence == confidence
    assert one.evidence[0].notes == (note,)


def test_default_gems_come_with_ruby() -> None:
    """Rexml among the default gems is brought by the installed Ruby."""
    path = "usr/local/lib/ruby/gems/3.2.0/specifications/default/net-imap-0.3.4.gemspec"
    found = package("gem", "net-imap", "0.3.4", locations=(Location(path=path),))
    (one,) = judged(
        found, advisory("CVE-2025-25186", "gem", "net-imap", "0.3.8")
    ).matches

    assert one.evidence[0].notes == (
        "bundled-by ruby: a default gem of the installed Ruby",
    )


def test_go_ids_and_github_ids_are_one_finding() -> None:
    """The Go database and GitHub speak of one CVE by two records (anchore/grype#3511)."""
    held = [
        advisory(
            id_,
            "golang",
            "golang.org/x/net",
            "0.23.0",
            aliases=("CVE-2023-45288",),
        )
        for id_ in ("GO-2024-2687", "GHSA-4v7x-pqxf-cx7m")
    ]
    (one,) = judged(package("golang", "golang.org/x/net", "v0.22.0"), *held).matches

    assert one.id == "CVE-2023-45288"
    assert one.aliases == ("GHSA-4v7x-pqxf-cx7m", "GO-2024-2687")


def test_events_are_sorted_before_they_are_read() -> None:
    """Two lines of one range, in whatever order they stand, with the last affected one inside."""
    held = advisory(
        "GHSA-2",
        "npm",
        "sample",
        "",
        **between(
            ("fixed", "2.3.1"),
            ("introduced", "0"),
            ("introduced", "2.0.0"),
            ("last_affected", "1.4.0"),
        ),
    )
    for version, is_found in (
        ("1.4.0", True),
        ("1.4.1", False),
        ("2.3.0", True),
        ("2.3.1", False),
    ):
        result = judged(package("npm", "sample", version), held)
        assert bool(result.matches) is is_found


def test_software_that_nobody_speaks_of_is_told() -> None:
    """It is not clean by that; a product without a database is a hole in the scan."""
    held = advisory("CVE-2023-0286", "generic", "openssl", "3.0.8")
    result = match(
        inventory(
            package("generic", "swipl", "9.1.0"), package("generic", "openssl", "3.0.8")
        ),
        Shelf([held]),
    )
    (told,) = [s for s in result.statuses if s.subject == "software without advisories"]
    assert "swipl 9.1.0" in told.message
    assert not told.partial

    alone = match(inventory(package("generic", "openssl", "3.0.7")), Shelf([]))
    assert [s.subject for s in alone.statuses if s.partial] == ["generic"]


@pytest.mark.parametrize(
    ("id_", "bucket", "url"),
    [
        ("CURL-CVE-2023-38545", "generic", "https://curl.se/docs/CVE-2023-38545.html"),
        ("CVE-2024-7347", "cpe", "https://nvd.nist.gov/vuln/detail/CVE-2024-7347"),
        ("CVE-2024-7347", "generic", "https://www.cve.org/CVERecord?id=CVE-2024-7347"),
        ("MAL-2022-1", "npm", "https://osv.dev/vulnerability/MAL-2022-1"),
    ],
)
def test_pages(id_: str, bucket: str, url: str) -> None:
    """Each is shown where its publisher shows it."""
    assert link_of(id_, bucket) == url
