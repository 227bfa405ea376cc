"""
What producers tell of a component beside its purl.

CycloneDX leaves properties to each producer (``components[].properties``): syft writes
``syft:location:N:path`` and ``:layerID``, Trivy ``aquasecurity:trivy:FilePath``, ``LayerDiffID`` and ``Src…``,
Inspector's generator ``amazon:inspector:sbom_generator:source_path`` and ``duplicate_purl``, cdxgen
``SrcFile``; ``evidence.occurrences`` is the standard's own way to name places. Our own SBOMs tell all that a scan
goes by in ``shipworthy:package:…``, and the layer of a place as its ``additionalContext``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from shipworthy.model.image import Origin


TRIVY = "aquasecurity:trivy:"
INSPECTOR = "amazon:inspector:sbom_generator:"
OURS = "shipworthy:"

_SYFT_PLACE = "syft:location:"
_SYFT_MARK = "syft:package:type"
_TRIVY_MARK = f"{TRIVY}PkgType"
_OURS = f"{OURS}package:"
_OUR_MARK = f"{_OURS}type"
_PATHS = frozenset(
    {
        f"{TRIVY}FilePath",
        f"{INSPECTOR}source_path",
        "amazon:inspector:sbom_collector:path",
        "SrcFile",
    }
)
_NAMES = _PATHS | {_SYFT_MARK, f"{INSPECTOR}duplicate_purl"}
_ORIGINS: Mapping[str, Origin] = {"base": "base", "own": "own"}
_TEXT = 4096
_MOST = 10_000


class Told(NamedTuple):
    """What one component's producer tells of it."""

    places: Sequence[tuple[str, str]] = ()
    """(path, diff ID of the layer or nothing)."""
    source: str = ""
    source_version: str = ""
    modularity: str = ""
    owner: str = ""
    """purl of the OS package that installed it."""
    vendor: str = ""
    """Who built it, where the producer is known to copy that from the package's own header."""
    is_file: bool = False
    """It stands for a lock file or a program and is no package itself (Trivy)."""
    arch: str = ""
    origin: Origin = "unknown"
    notes: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    whole: bool = False
    """Our own SBOM tells it: what is not told is not so, whatever the package's type."""


NOTHING = Told()


def told_of(component: Mapping[str, Any]) -> Told:
    """What the component's properties and occurrences tell; wrong types tell nothing."""
    if "properties" not in component and "evidence" not in component:
        return NOTHING
    named: dict[str, str] = {}
    paths: list[str] = []
    syft: dict[str, dict[str, str]] = {}
    for name, value in _pairs(component.get("properties"), _wanted):
        if name.startswith(_SYFT_PLACE):
            index, _, what = name[len(_SYFT_PLACE) :].partition(":")
            syft.setdefault(index, {})[what] = value
        elif name in _PATHS:
            paths.append(value)
        else:
            named.setdefault(name, value)
    places = [
        (place["path"], place.get("layerID", ""))
        for place in syft.values()
        if "path" in place
    ]
    if "evidence" in component:
        paths += _occurrences(component)
    if _OUR_MARK in named:
        return _ours(component)
    if _SYFT_MARK in named:
        places += [(path, "") for path in paths]
        return Told(places, vendor=text_of(component, "publisher"))
    layer = named.get(f"{TRIVY}LayerDiffID", "")
    places += [(path, layer) for path in paths]
    return Told(
        places,
        source=named.get(f"{TRIVY}SrcName", ""),
        source_version=_trivy_version(named),
        modularity=named.get(f"{TRIVY}Modularitylabel", ""),
        owner=named.get(f"{INSPECTOR}duplicate_purl", ""),
        vendor=_vendor(component, named),
        is_file=_TRIVY_MARK not in named and f"{TRIVY}Type" in named,
    )


def _ours(component: Mapping[str, Any]) -> Told:
    """What our own SBOM tells, which is all of it."""
    said = named(component)
    supplier = component.get("supplier")
    origin = said.get(f"{_OURS}origin", "")
    return Told(
        _placed(component),
        source=said.get(f"{_OURS}source", ""),
        source_version=said.get(f"{_OURS}sourceVersion", ""),
        modularity=said.get(f"{_OURS}modularity", ""),
        owner=said.get(f"{_OURS}owner", ""),
        vendor=text_of(supplier, "name") if type(supplier) is dict else "",
        arch=said.get(f"{_OURS}arch", ""),
        origin=_ORIGINS.get(origin, "unknown"),
        notes=tuple(values_of(component, f"{_OURS}note")),
        licences=tuple(_licences(component)),
        whole=True,
    )


def values_of(component: Mapping[str, Any], name: str) -> list[str]:
    """All values of the properties of that name, in order."""
    return [v for n, v in _pairs(component.get("properties")) if n == name]


def named(component: Mapping[str, Any]) -> dict[str, str]:
    """The component's properties by name; the first of several counts."""
    found: dict[str, str] = {}
    for name, value in _pairs(component.get("properties")):
        found.setdefault(name, value)
    return found


def text_of(component: Mapping[str, Any], key: str) -> str:
    """The text under ``key``; nothing where it is none or too long to be one."""
    value = component.get(key)
    return value if type(value) is str and _is_text(value) else ""


def _is_text(value: str) -> bool:
    """Whether it is of a text's length and can be written as UTF-8."""
    if len(value) > _TEXT:
        return False
    if value.isascii():
        return True
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _wanted(name: str) -> bool:
    """Whether a component's property of that name says anything that is used: most are not."""
    return name in _NAMES or name.startswith((_SYFT_PLACE, TRIVY, _OURS))


def _all(_: str) -> bool:
    return True


def _pairs(
    properties: object, wanted: Callable[[str], bool] = _all
) -> list[tuple[str, str]]:
    if type(properties) is not list:
        return []
    found = []
    for entry in properties[:_MOST]:
        if type(entry) is dict:
            name, value = entry.get("name"), entry.get("value")
            if (
                type(name) is str
                and wanted(name)
                and type(value) is str
                and value
                and _is_text(value)
            ):
                found.append((name, value))
    return found


def _occurrences(component: Mapping[str, Any]) -> list[str]:
    return [path for path, _ in _placed(component)]


def _placed(component: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every place of ``evidence.occurrences`` with its context."""
    evidence = component.get("evidence")
    found = evidence.get("occurrences") if type(evidence) is dict else None
    if type(found) is not list:
        return []
    entries = [entry for entry in found[:_MOST] if type(entry) is dict]
    return [
        (path, text_of(entry, "additionalContext"))
        for entry in entries
        if (path := text_of(entry, "location"))
    ]


def _licences(component: Mapping[str, Any]) -> list[str]:
    """What is stated as an expression, an identifier or a name."""
    found = component.get("licenses")
    texts = []
    for entry in found[:_MOST] if type(found) is list else ():
        if type(entry) is not dict:
            continue
        licence = entry.get("license")
        inner = licence if type(licence) is dict else {}
        text = text_of(entry, "expression") or text_of(inner, "id")
        texts.append(text or text_of(inner, "name"))
    return [text for text in texts if text]


def _trivy_version(named: Mapping[str, str]) -> str:
    """``[EPOCH:]VERSION[-RELEASE]`` of the source package, which Trivy writes apart."""
    version = named.get(f"{TRIVY}SrcVersion", "")
    if not version:
        return ""
    epoch = named.get(f"{TRIVY}SrcEpoch", "0")
    release = named.get(f"{TRIVY}SrcRelease", "")
    whole = f"{version}-{release}" if release else version
    return whole if epoch == "0" else f"{epoch}:{whole}"


def _vendor(component: Mapping[str, Any], named: Mapping[str, str]) -> str:
    supplier = component.get("supplier")
    if _TRIVY_MARK in named and type(supplier) is dict:
        return text_of(supplier, "name")
    return ""
