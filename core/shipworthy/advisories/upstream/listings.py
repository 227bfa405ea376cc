"""
Which files a publisher has, found out from its own lists.

Lists are read by pattern: what does not look like a file of the feed is not there.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import defusedxml.ElementTree as Xml
import orjson
from defusedxml import DefusedXmlException

from shipworthy.advisories.upstream.source import Listing, Target
from shipworthy.errors import FeedError


CDN = "https://cdn.amazonlinux.com/"
FIRST_NVD_YEAR = 2002

_BRANCH = re.compile(r"href=\"(?:\./|/)?(v\d{1,3}\.\d{1,3}|edge)/\"", re.ASCII)
_TRACKED = re.compile(
    r"(?<![\w.-])((?:edge|\d{1,3}\.\d{1,3})-(?:main|community))(?![\w.-])", re.ASCII
)
"""In links of the page as well as in keys of the document, whichever is answered."""
_ARCHIVE = re.compile(r"[a-z_]{1,40}_\d{4}-\d{2}-\d{2}\.tar\.zst", re.ASCII)
_OVAL = re.compile(
    r"href=\"(?:[^\"]{0,200}/)?((?:suse|opensuse)\.[a-z0-9.-]{1,80}?)(-affected)?(\.xml\.gz)\"",
    re.ASCII,
)
_RECORD = re.compile(r"\bCVE-\d{4}-\d{4,12}\.json\b", re.ASCII)
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,12}\b", re.ASCII)
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,60}", re.ASCII)
_PHOTON = re.compile(r"\d{1,2}(?:\.\d{1,2})?", re.ASCII)
_FEDORA = re.compile(r"F\d{1,3}", re.ASCII)
_PACKED = re.compile(r"\.xml(\.(?:gz|xz|zst|bz2))?\Z", re.ASCII)
_SCORED = re.compile(rb"score_date:(\d{4}-\d{2}-\d{2})")
_PAGE = 100
_MOST_PAGES = 200


def osv(listing: Listing) -> Iterator[Target]:
    """The export of each ecosystem; one of a release is a part of its ecosystem's."""
    for name in listing.text("ecosystems.txt").splitlines():
        if name.strip() and ":" not in name:
            yield Target(
                path=f"osv/{name.strip()}/all.zip",
                url=f"{quote(name.strip(), safe='/')}/all.zip",
                optional=True,
            )


def alpine(listing: Listing) -> Iterator[Target]:
    """Both repositories of every branch."""
    for branch in _found(_BRANCH, listing.text("")):
        for repository in ("main", "community"):
            place = f"{branch}/{repository}.json"
            yield Target(
                path=f"alpine/{place}", url=place, optional=repository != "main"
            )


def alpine_tracker(listing: Listing) -> Iterator[Target]:
    """The tracker's branches, as it lists them."""
    for branch in _found(_TRACKED, listing.text("")):
        yield Target(
            path=f"alpine/security/{branch}.json",
            url=f"branch/{branch}",
            accept="application/ld+json",
        )


def redhat(listing: Listing) -> Iterator[Target]:
    """The two archives that are the latest, and the products of the repositories."""
    for folder in ("vex", "advisories"):
        place = f"csaf/v2/{folder}"
        name = listing.text(f"{place}/archive_latest.txt").strip()
        if not _ARCHIVE.fullmatch(name):
            raise FeedError(f"{place}/archive_latest.txt: expected an archive's name")
        yield Target(path=f"redhat/{place}/{name}", url=f"{place}/{name}")
    products = "metrics/repository-to-cpe.json"
    yield Target(path=f"redhat/{products}", url=products)


def suse(listing: Listing) -> Iterator[Target]:
    """One file a product: what is not fixed included, where that is published."""
    text = listing.text("")
    files: dict[str, str] = {}
    for product, affected, ending in _OVAL.findall(text):
        if not product.endswith("-patch") and (affected or product not in files):
            files[product] = f"{product}{affected}{ending}"
    for name in _some(sorted(files.values())):
        yield Target(path=f"suse/oval/{name}", url=name)


def amazon(listing: Listing) -> Iterator[Target]:
    """The update information of core in each release, and of the extras of release 2."""
    repositories = [
        ("2", "core", "2/core/latest"),
        ("2022", "core", "al2022/core/mirrors/latest"),
        ("2023", "core", "al2023/core/mirrors/latest"),
    ]
    catalog = _object(listing.text("2/extras-catalog.json"), "extras-catalog.json")
    for topic in _items(catalog, "topics"):
        name = topic.get("n")
        if isinstance(name, str) and _TOPIC.fullmatch(name):
            repositories.append(("2", name, f"2/extras/{name}/latest"))
    for release, name, place in repositories:
        extra = name != "core"
        mirrors = listing.text(f"{place}/x86_64/mirror.list", optional=extra).strip()
        if not mirrors and extra:
            continue
        base = _repository(mirrors)
        href = _update_information(listing.text(f"{base}repodata/repomd.xml"))
        ending = _PACKED.search(href)
        if not ending and not extra:
            raise FeedError(f"{base}repodata/repomd.xml: no updateinfo in it")
        if ending:
            path = f"amazon/{release}/{name}/updateinfo.xml{ending[1] or ''}"
            yield Target(path=path, url=base + href)


def photon(listing: Listing) -> Iterator[Target]:
    """The releases that ``photon_versions.json`` names."""
    document = _object(listing.text("photon_versions.json"), "photon_versions.json")
    branches = document.get("branches")
    names = branches if isinstance(branches, list) else []
    for release in _some([str(n) for n in names if _PHOTON.fullmatch(str(n))]):
        name = f"cve_data_photon{release}.json"
        yield Target(path=f"photon/{name}", url=name)


def fedora(listing: Listing) -> Iterator[Target]:
    """The pages of security updates of every release that is supported."""
    current = _object(
        listing.text(f"releases/?state=current&rows_per_page={_PAGE}"), "releases"
    )
    names = {
        name
        for release in _items(current, "releases")
        if release.get("id_prefix") == "FEDORA"
        and _FEDORA.fullmatch(name := str(release.get("name")))
    }
    for name in _some(sorted(names)):
        query = f"updates/?type=security&status=stable&releases={name}"
        total = _object(listing.text(f"{query}&rows_per_page=1"), query).get("total")
        if not isinstance(total, int) or not 0 <= total <= _MOST_PAGES * _PAGE:
            raise FeedError(f"{query}: expected the number of updates")
        for page in range(1, -(-total // _PAGE) + 1):
            yield Target(
                path=f"fedora/bodhi-{name}-{page}.json",
                url=f"{query}&rows_per_page={_PAGE}&page={page}",
            )


def openssl(listing: Listing) -> Iterator[Target]:
    """The record of each CVE on the page of vulnerabilities; not all that it names are OpenSSL's."""
    for cve in _found(_CVE, listing.text("")):
        yield Target(
            path=f"projects/openssl/{cve}.json",
            url=f"secjson/{cve}.json",
            optional=True,
        )


def httpd(listing: Listing) -> Iterator[Target]:
    """The records in the server's folder."""
    for name in _found(_RECORD, listing.text("")):
        yield Target(path=f"projects/httpd/{name}", url=name)


def nvd(listing: Listing) -> Iterator[Target]:
    """A file a year; this year's may not be there on its first day."""
    for year in range(FIRST_NVD_YEAR, listing.year + 1):
        name = f"nvdcve-2.0-{year}.json.gz"
        yield Target(path=f"nvd/{name}", url=name, optional=year == listing.year)


def scores_path(path: Path) -> str:
    """Where a file of EPSS scores belongs, by the date in its first line."""
    try:
        with gzip.open(path) as file:
            found = _SCORED.search(file.read(200))
    except (OSError, EOFError, zlib.error):
        found = None
    if not found:
        raise FeedError("expected EPSS scores with their date in the first line")
    return f"epss/epss_scores-{found[1].decode()}.csv.gz"


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    """What a list names, each once, sorted; a list without any is none."""
    return _some(sorted(set(pattern.findall(text))))


def _some(names: list[str]) -> list[str]:
    if not names:
        raise FeedError("its list names no file of the feed")
    return names


def _object(text: str, name: str) -> dict[str, object]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise FeedError(f"{name}: expected JSON ({error})") from None
    if not isinstance(document, dict):
        raise FeedError(f"{name}: expected an object")
    return document


def _items(document: dict[str, object], field: str) -> Iterable[dict[str, object]]:
    items = document.get(field)
    if not isinstance(items, list):
        raise FeedError(f"expected a list of {field}")
    return [item for item in items if isinstance(item, dict)]


def _repository(mirrors: str) -> str:
    """A repository's address below the base, as its mirror list names it first."""
    address = mirrors.partition("\n")[0].strip()
    if not address.startswith(CDN):
        raise FeedError(f"mirror.list: expected an address below {CDN}")
    below = address.removeprefix(CDN).replace("$basearch", "x86_64")
    return below.rstrip("/") + "/"


def _update_information(text: str) -> str:
    """The address of the update information in ``repomd.xml``; empty where there is none."""
    try:
        document = Xml.fromstring(text, forbid_dtd=True)
    except (Xml.ParseError, DefusedXmlException, ValueError) as error:
        raise FeedError(f"repomd.xml: expected XML ({str(error)[:100]})") from None
    for data in document.iterfind("{*}data[@type='updateinfo']"):
        location = data.find("{*}location")
        if location is not None:
            return location.get("href") or ""
    return ""
