"""
Versions that a CycloneDX statement is limited to: single ones, and ranges.

Ranges are written as ``vers`` (https://github.com/package-url/vers-spec): ``vers:npm/>=1.0|<2.0|!=1.5``. Comparisons that
follow each other are read as the intervals that they bound, in the package's own scheme.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from shipworthy.errors import ShipworthyError
from shipworthy.model.bucket import SCHEMES as OF_TYPE
from shipworthy.model.package import Package
from shipworthy.versions import SCHEMES, compare


_VERS = re.compile(r"vers:([a-z][a-z0-9.+-]{0,40})/(.{1,4096})", re.ASCII | re.DOTALL)
_ONE = re.compile(r"(>=|<=|!=|=|<|>)?(.+)", re.DOTALL)
_MOST = 200


def within(limits: tuple[str, ...], package: Package) -> bool:
    """Whether the installed version is one of those; one that cannot be compared is none."""
    scheme = package.type if package.type in SCHEMES else OF_TYPE.get(package.type, "")
    return any(_within(limit, package.version, scheme or "generic") for limit in limits)


def _within(limit: str, version: str, scheme: str) -> bool:
    if limit == version:
        return True
    found = _VERS.fullmatch(limit)
    try:
        if found is not None:
            return _in_range(found[2], version, scheme)
        return not limit.startswith("vers:") and compare(scheme, limit, version) == 0
    except ShipworthyError:
        return False


def _in_range(text: str, version: str, scheme: str) -> bool:
    if text.strip() == "*":
        return True
    parts = text.split("|")
    if len(parts) > _MOST:
        return False
    low_holds, open_ = False, False
    inside = False
    for part in parts:
        found = _ONE.fullmatch(part.strip())
        if found is None:
            return False
        sign, order = (
            found[1] or "=",
            compare(scheme, version, unquote(found[2].strip())),
        )
        if sign in {"=", "!="}:
            if order == 0:
                return sign == "="
        elif sign[0] == ">":
            low_holds, open_ = order > 0 or (order == 0 and sign == ">="), True
        else:
            high_holds = order < 0 or (order == 0 and sign == "<=")
            inside = inside or (high_holds and (low_holds or not open_))
            low_holds, open_ = False, False
    return inside or (open_ and low_holds)
