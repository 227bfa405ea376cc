"""
Which distribution an SBOM's packages are of.

Its operating-system component says so in one of three ways: as os-release does (syft,
in properties ``syft:distro:*``; we, in ``shipworthy:distro:*``), by os-release's id or a scanner's own word for it (Trivy:
``redhat``, ``amazon``), or by the distribution's title (``Debian GNU/Linux``). Where there is no such
component the packages' own purls say it: ``distro=alpine-3.19.1`` (syft), ``distro=3.19.1`` (Trivy),
``distro=bookworm`` (Inspector's generator), ``os_name=debian&os_version=12`` (Docker Scout). All are put into the
words of os-release, so that one set of rules names distributions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from shipworthy.catalogers.distro import identify
from shipworthy.catalogers.releases import DEBIAN, TITLES, UBUNTU
from shipworthy.model.package import Distro
from shipworthy.model.purl_parse import PackageUrl
from shipworthy.sboms.properties import OURS


Hint = tuple[str, str, str, str]
"""Namespace, ``distro`` or ``os_name``, ``os_version`` and ``os_distro`` of a package's purl."""

_WORDS = {
    "amazon": "amzn",
    "amazonlinux": "amzn",
    "oracle": "ol",
    "redhat": "rhel",
    "suse": "sles",
    "opensuse.leap": "opensuse-leap",
    "opensuse.tumbleweed": "opensuse-tumbleweed",
}
"""Others' words for distributions, and os-release's."""

_TITLES = {
    "debian": "debian",
    "ubuntu": "ubuntu",
    "alpine": "alpine",
    "alma": "almalinux",
    "sles": "sles",
    "arch linux": "arch",
    "minimos": "minimos",
    **TITLES,
}
_SYFT_WORDS = tuple(
    f"syft:distro:{word}"
    for word in ("id", "versionID", "versionCodename", "prettyName")
)
_OUR_WORDS = tuple(
    f"{OURS}distro:{word}" for word in ("id", "version", "codename", "name")
)
_OS_RELEASE = "etc/os-release"


def from_component(
    name: str, version: str, properties: Mapping[str, str]
) -> Distro | None:
    """The distribution that an operating-system component names; ``None`` where it names none."""
    for words in (_SYFT_WORDS, _OUR_WORDS):
        id_, release, codename, title = (properties.get(word, "") for word in words)
        if id_:
            return _identified(id_, release, codename=codename, name=title)
    # "2 (Karoo)", "2023.3.20240312 (Amazon Linux)": the release is the first word.
    release = version.split(maxsplit=1)[0] if version.strip() else ""
    return _identified(_id_of(name), *_numbered(release), name=name)


def hint_of(url: PackageUrl) -> Hint | None:
    """What the purl of an OS package says of its distribution; ``None`` where it says nothing."""
    said = url.qualifiers
    if distro := said.get("distro", ""):
        return url.namespace, distro, "", ""
    if name := said.get("os_name", ""):
        return (
            url.namespace,
            name,
            said.get("os_version", ""),
            said.get("os_distro", ""),
        )
    return None


def from_hints(hints: Counter[Hint]) -> Distro | None:
    """The distribution that most packages' purls name; ``None`` where none does."""
    for hint, _ in sorted(hints.items(), key=lambda item: (-item[1], item[0])):
        if found := from_hint(hint):
            return found
    return None


def from_hint(hint: Hint) -> Distro | None:
    """The distribution of one package's purl; ``None`` where it names none that can be one."""
    namespace, word, version, codename = hint
    word = word.strip().lower()
    if version or codename:
        return _identified(word, version, codename=codename)
    head, dash, tail = word.rpartition("-")
    if dash and head and tail[:1].isdecimal():
        return _identified(head, tail)
    if dash and tail in (DEBIAN.keys() | UBUNTU.keys() | {"sid", "edge"}):
        return _identified(head, *_numbered(tail))
    if word[:1].isdecimal() or word in DEBIAN or word in UBUNTU or word == "sid":
        return _identified(namespace, *_numbered(word))
    return _identified(word, "")


def _numbered(release: str) -> tuple[str, str]:
    """Release and code name, of what may be either."""
    if release[:1].isdecimal() or release == "edge":
        return release, ""
    return "", release


def _id_of(name: str) -> str:
    """os-release's id for a title, a scanner's word, or itself."""
    folded = " ".join(name.lower().split())
    if " " not in folded:
        return folded
    return next((id_ for title, id_ in _TITLES.items() if folded.startswith(title)), "")


def _identified(
    id_: str, version: str, codename: str = "", *, name: str = ""
) -> Distro | None:
    id_ = _WORDS.get(id_.lower(), id_.lower())
    if id_ == "ubuntu" and not version:
        version = UBUNTU.get(codename.lower(), "")
    facts = {
        "ID": id_,
        "VERSION_ID": version,
        "VERSION_CODENAME": codename,
        "PRETTY_NAME": name,
    }
    found = identify({_OS_RELEASE: facts})
    return replace(found, path="") if found else None
