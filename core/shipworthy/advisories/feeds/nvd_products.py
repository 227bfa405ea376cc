"""
NVD's product configurations as statements of the bucket ``cpe``, filed under ``vendor:product``.

Source: schema of the CVE API 2.0, ``configurations[].nodes[].cpeMatch[]``, and the CPE name
specification (NIST IR 7695). Taken are applications (part ``a``) that are vulnerable, of the
products that images are searched for, with a range or an exact version; one without either
says nothing. Where a configuration needs a platform beside the product, it counts if Linux
is among those it may run on. Editions for another system or of another maker are others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from shipworthy.advisories.feeds.interface import Statement
from shipworthy.advisories.feeds.spans import before
from shipworthy.advisories.feeds.values import (
    MAX_VERSION,
    Broken,
    array,
    mapping,
    plain,
)
from shipworthy.model.advisory import Advisory, Range
from shipworthy.model.bucket import CPE
from shipworthy.model.products import CPES
from shipworthy.values import dataclass


MAX_NODES = 2_000
MAX_MATCHES = 20_000

_PART = re.compile(r"(?:[^:\\]|\\.)+")
_ESCAPED = re.compile(r"\\(.)")
_ANY = frozenset({"*", "-"})
_EDITIONS = _ANY | {"lts", "community", "open_source", "community_server"}
_LANGUAGES = frozenset({"go", "maven", "perl", "ruby", "rust"})
"""What some write into the field for the system: the language that the product itself is of."""
_SYSTEMS = _ANY | _LANGUAGES | {"linux", "linux_kernel", "docker"}
_LINUX = frozenset(
    {
        "linux",
        "debian",
        "canonical",
        "redhat",
        "fedoraproject",
        "opensuse",
        "suse",
        "alpinelinux",
    }
)


@dataclass(slots=True)
class _Held:
    ranges: list[Range] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)


def statements(cve: str, configurations: object, modified: str) -> list[Statement]:
    """What the configurations say of the products of the table, one statement each; raises ``Broken``."""
    held: dict[str, _Held] = {}
    for item in array(configurations, MAX_NODES):
        configuration = mapping(item)
        if _is_flag(configuration.get("negate")) or not _runs_on_linux(configuration):
            continue
        for match in _matches(configuration):
            _take(held, match)
    return [
        Statement(
            advisory=Advisory(
                id=cve,
                bucket=CPE,
                package=product,
                scheme="generic",
                feed="nvd",
                ranges=tuple(dict.fromkeys(said.ranges)),
                versions=tuple(sorted(set(said.versions))),
            ),
            modified=modified,
        )
        for product, said in sorted(held.items())
    ]


def _nodes(configuration: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for item in array(configuration.get("nodes"), MAX_NODES):
        yield mapping(item)


def _matches(configuration: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for node in _nodes(configuration):
        if not _is_flag(node.get("negate")):
            for item in array(node.get("cpeMatch"), MAX_MATCHES):
                yield mapping(item)


def _runs_on_linux(configuration: Mapping[str, object]) -> bool:
    """Whether what the product has to run on, if anything, may be Linux; two products at once are none of ours."""
    if configuration.get("operator") != "AND":
        return True
    for node in _nodes(configuration):
        matches = [mapping(m) for m in array(node.get("cpeMatch"), MAX_MATCHES)]
        if any(match.get("vulnerable") is True for match in matches):
            continue
        platforms = [_fields(match.get("criteria")) for match in matches]
        if not any(p[0] == "o" and p[1] in _LINUX for p in platforms):
            return False
    return sum(1 for node in _nodes(configuration) if _is_vulnerable(node)) == 1


def _is_vulnerable(node: Mapping[str, object]) -> bool:
    matches = array(node.get("cpeMatch"), MAX_MATCHES)
    return any(mapping(match).get("vulnerable") is True for match in matches)


def _fields(criteria: object) -> list[str]:
    """The eleven fields of a CPE 2.3 name, unescaped and in lower case."""
    if not isinstance(criteria, str) or not criteria.startswith("cpe:2.3:"):
        raise Broken
    parts = _PART.findall(plain(criteria, 1_000)[len("cpe:2.3:") :])
    if len(parts) != 11:
        raise Broken
    return [_ESCAPED.sub(r"\1", part).lower() for part in parts]


def _is_flag(value: object) -> bool:
    """Whether it is set; raises ``Broken`` for what is no flag."""
    if value is None or isinstance(value, bool):
        return value is True
    raise Broken


def _take(held: dict[str, _Held], match: Mapping[str, object]) -> None:
    if not _is_flag(match.get("vulnerable")):
        return
    part, vendor, product, version, update, _, _, edition, system, _, _ = _fields(
        match.get("criteria")
    )
    name = f"{vendor}:{product}"
    if part != "a" or name not in CPES:
        return
    if edition not in _EDITIONS or system not in _SYSTEMS:
        return
    events = _events(match)
    if events:
        held.setdefault(name, _Held()).ranges.append(Range(events=events))
    elif version not in _ANY:
        exact = version if update in _ANY else f"{version}{update}"
        before(exact)
        held.setdefault(name, _Held()).versions.append(exact)


def _events(match: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    first = _bound(match, "versionStartIncluding")
    if start := _bound(match, "versionStartExcluding"):
        # events cannot say "after": this is lower than whatever comes next
        first = f"{start}.0.0.0.1"
    fixed = _bound(match, "versionEndExcluding")
    last = _bound(match, "versionEndIncluding")
    if fixed:
        return (("introduced", first or "0"), ("fixed", fixed))
    if last:
        return (("introduced", first or "0"), ("last_affected", last))
    return (("introduced", first),) if first else ()


def _bound(match: Mapping[str, object], name: str) -> str:
    value = match.get(name)
    if value is None:
        return ""
    text = plain(value, MAX_VERSION)
    before(text)
    return text
