"""
Where Red Hat's components are filed: release, channel and line by CPE, package by its URL.

Source: Red Hat's guides to CPEs and package URLs
(https://redhatproductsecurity.github.io/security-data-guidelines/cpe/ and ``…/purl/``).
``enterprise_linux:9::appstream`` is the main line of RHEL 9; ``rhel_eus:9.2::baseos`` one of
the channels sold beside it; ``openshift:4.16::el9`` another product's packages for RHEL 9, which
an image holds when its content sets say so. A product whose CPE names no RHEL release
(``openshift:4``) is filed apart. Containers, Maven and npm components and Red Hat as a whole
(``cpe:/a:redhat``) are no packages of an image's package manager and are filed nowhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote

from shipworthy.advisories.feeds.values import MAX_NAME, MAX_VERSION, plain
from shipworthy.model.bucket import REDHAT_PRODUCTS
from shipworthy.model.cpe import parse_cpe
from shipworthy.values import dataclass
from shipworthy.versions.disttag import dist_tag


SOURCE_SUFFIX = ".src"
"""Ends the name under which a statement on a source package is filed, as in Red Hat's own ids: all its binaries."""

_CHANNEL = re.compile(
    r"(?:rhel|enterprise_linux)_(aus|e2s|e4s|els|ens|eus|eus_long_life|tus)"
)
_RELEASE = re.compile(r"([0-9]{1,2})(?:\.[0-9]{1,3})*")
_EDITION = re.compile(r"el([0-9]{1,2})")
_EPOCH = re.compile(r"-([0-9]{1,9}):")
_MINOR = re.compile(r"-([0-9]{1,2}\.[0-9]{1,3})(?:[.:-]|$)")
_SYMBOLS = ("-debuginfo", "-debugsource")
_APART = frozenset({"fastdatapath"})
"""Editions of ``enterprise_linux`` with packages of their own beside the release's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a product's statements are filed."""

    bucket: str
    channel: str = ""
    line: str = ""
    """Whose versions they are, where not RHEL's: statements of several lines are not told together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rpm:
    """A package of rpm as Red Hat's package URL names it."""

    name: str
    version: str = ""
    """With epoch and release; empty where all versions are meant."""
    arch: str = "noarch"
    """``src`` for a source package; ``noarch`` where the URL names none."""
    module: str = ""
    """``name:stream`` of its module."""


def place_of(cpe: str, version: str = "") -> Place | None:
    """
    Where a product is filed; ``None`` for what is no product of packages.

    ``version`` is that of a fixed package: its dist tag tells the release where the CPE does not.
    """
    place = _place_of(cpe)
    if place is None or not version or place.bucket != REDHAT_PRODUCTS:
        return place
    tag = dist_tag(version)
    return replace(place, bucket=f"redhat-{int(tag.major)}") if tag else place


@lru_cache(maxsize=1 << 14)
def _place_of(cpe: str) -> Place | None:
    found = parse_cpe(cpe)
    if found is None or found.vendor != "redhat" or not found.product:
        return None
    release = _RELEASE.fullmatch(found.version)
    if found.product == "enterprise_linux":
        if release is None:
            return None
        line = found.edition if found.edition in _APART else ""
        return Place(bucket=f"redhat-{int(release[1])}", line=line)
    if kind := _CHANNEL.fullmatch(found.product):
        if release is None:
            return None
        channel = f"{kind[1].replace('_', '-')}-{found.version}"
        return Place(bucket=f"redhat-{int(release[1])}", channel=channel)
    edition = _EDITION.fullmatch(found.edition)
    bucket = f"redhat-{int(edition[1])}" if edition else REDHAT_PRODUCTS
    return Place(bucket=bucket, line=f"{found.product}:{found.version}")


@lru_cache(maxsize=1 << 16)
def rpm_of(purl: str, id_: str, module: str) -> Rpm | None:
    """
    The package that a package URL means; ``None`` for containers, modules, debug symbols and all that is no rpm.

    ``id_`` is the component's id, which has the epoch where the URL leaves it out;
    ``module`` the URL of its module, where the document has one. Raises :class:`Broken` where a
    part of it can be no such part.
    """
    path, _, query = purl.partition("#")[0].partition("?")
    kind, _, rest = path.partition("/redhat/")
    if kind not in {"pkg:rpm", "pkg:rpmmod"} or not rest:
        return None
    name, _, version = rest.partition("@")
    head, slash, name = unquote(name).rpartition("/")
    qualifiers = dict(part.partition("=")[::2] for part in query.split("&"))
    stream = _stream(unquote(qualifiers.get("rpmmod", "")))
    if slash:
        # nodejs:18/nodejs; any other path in front is not one of rpm's names
        stream = _stream(head)
    elif module and not stream:
        stream = _stream_of_module(module)
    if (
        not name
        or name.endswith(_SYMBOLS)
        or (kind == "pkg:rpmmod" and not slash)
        or (not stream and (slash or module or "rpmmod" in qualifiers))
    ):
        return None
    text = unquote(version)
    epoch = qualifiers.get("epoch") or _epoch_in(id_)
    if text and epoch not in {"", "0"}:
        text = f"{epoch}:{text}"
    return Rpm(
        name=plain(name, MAX_NAME),
        version=plain(text, MAX_VERSION) if text else "",
        arch=plain(qualifiers.get("arch", "noarch"), MAX_NAME),
        module=plain(stream, MAX_NAME) if stream else "",
    )


@lru_cache(maxsize=1 << 16)
def minor_of(product: str, version: str) -> str:
    """
    The minor release that a fix was made for, ``9.2``; empty where neither product nor version tells.

    ``AppStream-9.2.0.Z.MAIN.EUS``, ``rhel-9.5``, or a version with ``.el9_2``.
    """
    found = _MINOR.search(product.partition(":")[0])
    if found:
        return found[1]
    tag = dist_tag(version)
    return tag.stream if tag else ""


def _stream(label: str) -> str:
    """``nodejs:18`` of ``nodejs:18:8090020…:rhel8``; empty where there is no stream."""
    name, _, rest = label.partition(":")
    stream = rest.partition(":")[0]
    return f"{name}:{stream}" if name and stream else ""


def _stream_of_module(purl: str) -> str:
    """``pkg:rpmmod/redhat/nodejs@18:8090020…:rhel8``."""
    name, _, version = unquote(purl.partition("?")[0].rpartition("/")[2]).partition("@")
    return _stream(f"{name}:{version}")


def _epoch_in(id_: str) -> str:
    found = _EPOCH.search(id_)
    return found[1] if found else ""
