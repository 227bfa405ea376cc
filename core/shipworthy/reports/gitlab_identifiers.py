"""What GitLab's container scanning report (schema 15.1.4) calls a vulnerability, and where it is told of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from shipworthy.reports.gitlab_members import (
    NAME_MOST,
    bounded,
    list_member,
)
from shipworthy.reports.json import written_at
from shipworthy.reports.text import link, links


Advisories = tuple[tuple[str, str], ...]
"""Ids and addresses."""

IDENTIFIERS = 20
"""Most identifiers of a vulnerability that GitLab keeps."""
LINKS = 50

_CWE = re.compile(r"CWE-([0-9]{1,7})", re.IGNORECASE)
_PAGES = {
    "cve": "https://nvd.nist.gov/vuln/detail/",
    "ghsa": "https://github.com/advisories/",
}
_PLAIN_MOST = 64


def _around(kind: str, page: str) -> list[str]:
    """What stands around an id of that kind, wherever it stands in its object."""
    told = {"name": "\0", "type": kind, "url": f"{page}\0", "value": "\0"}
    return written_at(told, 4).decode().split(r"\u0000")


_AROUND = {kind.upper(): _around(kind, page) for kind, page in _PAGES.items()}
_BETWEEN_LINKS = '"\n        },\n        {\n          "url": "'


def identifiers(ids: Iterable[str], told: Advisories) -> bytes:
    """Each of ``ids`` once, as a member; GitLab takes the first for the vulnerability's own."""
    urls = dict(told)
    every = islice(dict.fromkeys(ids), IDENTIFIERS)
    return list_member(b"identifiers", [_identifier(id_, urls) for id_ in every])


def addresses(told: Advisories, references: Iterable[str]) -> bytes:
    """Those of advisories, then those that are known anyway, each once, as a member."""
    found = dict.fromkeys(links((*[url for _, url in told], *references)))
    if not found:
        return b'"links": []'
    # A link has no sign that JSON escapes.
    urls = _BETWEEN_LINKS.join(islice(found, LINKS)).encode()
    return list_member(b"links", (b'{\n          "url": "%b"\n        }' % urls,))


def _identifier(id_: str, urls: dict[str, str]) -> bytes:
    prefix, _, rest = id_.partition("-")
    around = _AROUND.get(prefix)
    if around and _is_plain(rest):
        return id_.join(around).encode()
    return _weakness(id_) or _anyhow(id_, urls)


def _is_plain(text: str) -> bool:
    """Whether it can stand in JSON and in an address as it is."""
    is_short = len(text) <= _PLAIN_MOST
    return is_short and text.isascii() and text.replace("-", "").isalnum()


@lru_cache(maxsize=1 << 10)
def _weakness(id_: str) -> bytes:
    """One of CWE, of which few differ; nothing where it is none."""
    found = _CWE.fullmatch(id_)
    if found is None:
        return b""
    page = f"https://cwe.mitre.org/data/definitions/{found[1]}.html"
    told = {"type": "cwe", "name": id_, "value": found[1], "url": page}
    return written_at(told, 4)


def _anyhow(id_: str, urls: dict[str, str]) -> bytes:
    """Any, with its page where that is known."""
    prefix, dash, _ = id_.partition("-")
    is_kind = dash and 2 <= len(prefix) <= 16 and prefix.isascii() and prefix.isalpha()
    kind = prefix.lower() if is_kind else "shipworthy"
    name = bounded(id_, NAME_MOST) or "unknown"
    told = {"type": kind, "name": name, "value": name}
    url = _PAGES[kind] + id_ if kind in _PAGES else urls.get(id_, "")
    if address := link(url):
        told["url"] = address
    return written_at(told, 4)
