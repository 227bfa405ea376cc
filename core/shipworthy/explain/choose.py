"""Which finding or package the caller means, and what comes near where there is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from shipworthy.errors import UsageError
from shipworthy.explain.saved import Saved
from shipworthy.model.package import Inventory, Package
from shipworthy.reports.fields import Json, mapping, text, texts


_MOST = 20
_NEAR = 3
_CUTOFF = 0.6


def choose_findings(
    saved: Saved, id_: str, package: str
) -> list[tuple[Json, Json | None]]:
    """
    The findings of that id, alias or advisory, of that package where one is named; maybe none.

    Each comes with its suppression, if it has one.
    """
    wanted = id_.strip().upper()
    found = [
        (finding, suppressed)
        for finding, suppressed in saved.findings()
        if wanted in {name.upper() for name in _names(finding)}
    ]
    if package:
        found = [pair for pair in found if _is_of(mapping(pair[0], "package"), package)]
    return found


def choose_packages(inventory: Inventory, wanted: str) -> list[Package]:
    """
    The packages of that purl or name: by whole purl, purl without qualifiers, name, name and
    version, or name of the source package, whichever first gives any; at most twenty.

    Raises ``UsageError`` naming near misses where there is none.
    """
    packages = inventory.packages
    ways: Sequence[Iterable[Package]] = (
        (one for one in packages if one.purl == wanted),
        (one for one in packages if one.purl and _bare(one.purl) == wanted),
        (one for one in packages if one.name == wanted),
        (one for one in packages if f"{one.name}@{one.version}" == wanted),
        (one for one in packages if one.source == wanted),
        (one for one in packages if one.name.lower() == wanted.lower()),
    )
    for way in ways:
        if found := list(way):
            return found[:_MOST]
    names = {one.name for one in packages}
    raise UsageError(
        f"no package {wanted!r} was found", hint=_did_you_mean(wanted, names)
    )


def no_finding(saved: Saved, id_: str, package: str) -> UsageError:
    """The error for an id that no finding has, with what comes near."""
    names = {name for finding, _ in saved.findings() for name in _names(finding)}
    of = f" of {package}" if package else ""
    wanted = id_.strip()
    if package and wanted.upper() in {name.upper() for name in names}:
        near = "other packages have it"
    else:
        near = _did_you_mean(wanted, names)
    why = "name a package with --package to see why it does not match"
    return UsageError(
        f"no finding {id_!r}{of} is in the result",
        hint="; ".join(filter(None, (near, why))),
    )


def _names(finding: Json) -> set[str]:
    advisories = finding.get("advisories")
    refs = advisories if type(advisories) is list else []
    ids = [text(ref, "id") for ref in refs if type(ref) is dict]
    return {text(finding, "id"), *texts(finding, "aliases"), *ids} - {""}


def _is_of(package: Json, wanted: str) -> bool:
    name, version = text(package, "name"), text(package, "version")
    purl = text(package, "purl")
    return wanted in {
        purl,
        _bare(purl),
        name,
        f"{name}@{version}",
        text(package, "source"),
    }


def _bare(purl: str) -> str:
    return purl.partition("?")[0]


def _did_you_mean(wanted: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(wanted, sorted(names), n=_NEAR, cutoff=_CUTOFF)
    return f"did you mean {' or '.join(near)}?" if near else ""
