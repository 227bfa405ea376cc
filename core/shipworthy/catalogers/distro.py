"""
Which distribution an image is: one answer from the release files that are left of all layers.

The order of the files, the other names of distributions and the code names come from the
distributions' own documentation: os-release(5), wiki.debian.org/DebianReleases,
wiki.ubuntu.com/Releases, wiki.postmarketos.org.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from shipworthy.catalogers.osrelease import (
    OS_RELEASE,
    OS_RELEASE_DIR,
    RELEASE_FILES,
    REPOSITORIES,
    REPOSITORY_DIRS,
    newness,
)
from shipworthy.catalogers.releases import (
    ALIASES,
    ANONYMOUS,
    DEBIAN,
    POSTMARKETOS,
    TITLES,
    UBUNTU,
)
from shipworthy.model.package import Distro
from shipworthy.values import dataclass


Facts = Mapping[str, str]

CHANNEL = "channel:"
"""Begins the key of a fact that names one of :attr:`shipworthy.model.package.Distro.channels`; its value says nothing."""
SUITE = "suite:"
"""Begins the key of a fact that names a suite of Debian's archive that apt installs from; its value says nothing."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~+-]{0,63}")
_RELEASE = re.compile(
    r"(.*?)[ \t]+(?:release[ \t]+)?v?(\d[\w.]*)(?:[ \t(].*)?", re.ASCII
)
_CODENAME = re.compile(r"([a-z]+)(?:/sid)?")
_OR_SID = re.compile(r"\b([a-z]+)/sid\b")
_UNSTABLE = frozenset({"sid", "unstable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """What one file states."""

    distro: Distro
    facts: Facts


def identify(facts: Mapping[str, Facts]) -> Distro | None:
    """
    The distribution that the visible files state; ``None`` where none of them names one.

    ``facts`` is path to facts. The first file that names a distribution decides, in the
    order of os-release(5) and then of ``RELEASE_FILES``; when it does not tell the release, a
    later file of the same distribution may.
    """
    stated = [found for path in _order(facts) if (found := _stated(path, facts[path]))]
    if not stated:
        return None
    first = _settled(stated[0])
    if not first.version and not first.branch:
        for other in map(_settled, stated[1:]):
            if other.id == first.id and (other.version or other.branch):
                first = replace(
                    first,
                    version=other.version,
                    branch=other.branch,
                    codename=first.codename or other.codename,
                )
                break
    if first.id == "alpine":
        first = _alpine(first, facts)
    if first.id == "debian":
        first = _unstable(first, facts)
    return replace(first, channels=_named(facts, CHANNEL))


def _named(facts: Mapping[str, Facts], kind: str) -> tuple[str, ...]:
    """What any visible file states by facts whose keys begin with ``kind``, sorted."""
    return tuple(
        sorted(
            {
                key.removeprefix(kind)
                for stated in facts.values()
                for key in stated
                if key.startswith(kind)
            }
        )
    )


def _order(facts: Mapping[str, Facts]) -> list[str]:
    variants = sorted(path for path in facts if path.startswith(OS_RELEASE_DIR))
    return [p for p in (*OS_RELEASE, *variants, *RELEASE_FILES) if p in facts]


def _stated(path: str, facts: Facts) -> _Stated | None:
    """The distribution in the file's own words."""
    if path == "etc/debian_version":
        distro = _debian_version(facts.get("text", ""))
    elif path == "etc/alpine-release":
        distro = _made("alpine", facts.get("text", ""))
    elif path == "etc/lsb-release":
        distro = _lsb(facts)
    elif path in RELEASE_FILES:
        distro = _titled(facts)
    else:
        distro = _os_release(facts)
    return _Stated(distro=replace(distro, path=path), facts=facts) if distro else None


def _made(
    id_: str, version: str, *, codename: str = "", name: str = ""
) -> Distro | None:
    """A distribution of that name, if it is one; a version that cannot be one is left out."""
    id_ = id_.strip().lower()
    if not _ID.fullmatch(id_) or id_ in ANONYMOUS:
        return None
    version, codename = version.strip(), codename.strip().lower()
    return Distro(
        id=ALIASES.get(id_, id_),
        version=version if _VERSION.fullmatch(version) else "",
        codename=codename if _ID.fullmatch(codename) else "",
        name=name,
    )


def _os_release(facts: Facts) -> Distro | None:
    distro = _made(
        facts.get("ID", ""),
        facts.get("VERSION_ID", ""),
        codename=facts.get("VERSION_CODENAME", ""),
        name=facts.get("PRETTY_NAME") or facts.get("NAME", ""),
    )
    if distro is None:
        return None
    likes = facts.get("ID_LIKE", "").lower().split()
    return replace(distro, id_like=tuple(like for like in likes if _ID.fullmatch(like)))


def _lsb(facts: Facts) -> Distro | None:
    name = facts.get("DISTRIB_ID", "")
    return _made(
        TITLES.get(name.lower(), name),
        facts.get("DISTRIB_RELEASE", ""),
        codename=facts.get("DISTRIB_CODENAME", ""),
        name=facts.get("DISTRIB_DESCRIPTION") or name,
    )


def _titled(facts: Facts) -> Distro | None:
    """``CentOS Linux release 7.6.1810 (Core)``, ``openSUSE 13.2 (x86_64)``, ``VMware Photon OS 4.0``."""
    text = facts.get("text", "")
    match = _RELEASE.fullmatch(text)
    if not match:
        return None
    title, version = match[1].lower(), match[2]
    id_ = next((id_ for start, id_ in TITLES.items() if title.startswith(start)), "")
    if id_ == "sles" and (level := facts.get("PATCHLEVEL", "0")) != "0":
        version = f"{version}.{level}"
    return _made(id_, version, name=text)


def _debian_version(text: str) -> Distro | None:
    if match := _CODENAME.fullmatch(text):
        return _made("debian", "", codename=match[1])
    return _made("debian", text) if text[:1].isdecimal() else None


def _settled(stated: _Stated) -> Distro:
    """The distribution after the names, numbers and branches that its own rules give."""
    rule = _RULES.get(stated.distro.id, _derived)
    return rule(stated.distro, stated.facts)


def _amazon(distro: Distro, _: Facts) -> Distro:
    """Amazon Linux 1 is known by the dates of its releases: ``2018.03``."""
    old = distro.version.startswith("201")
    return replace(distro, branch="1") if old else distro


def _azure(distro: Distro, _: Facts) -> Distro:
    """Release files give the build's date after the release: ``3.0.20240624``."""
    return replace(distro, version=".".join(distro.version.split(".")[:2]))


def _coreos(distro: Distro, facts: Facts) -> Distro:
    """Its ``VERSION_ID`` is OpenShift's; the packages are those of ``RHEL_VERSION``."""
    version = facts.get("RHEL_VERSION", "")
    known = version if _VERSION.fullmatch(version) else ""
    return replace(distro, id="redhat", version=known)


def _opensuse(distro: Distro, _: Facts) -> Distro:
    """Leap called itself plainly ``opensuse`` when it was 42."""
    leap = distro.version.startswith("42.")
    return replace(distro, id="opensuse-leap") if leap else distro


def _postmarketos(distro: Distro, _: Facts) -> Distro:
    """Alpine of another name; a service pack is the third number."""
    release = ".".join(distro.version.removeprefix("v").split(".")[:2])
    branch = POSTMARKETOS.get(release, "")
    return replace(distro, id="alpine", version="", branch=branch)


def _debian(distro: Distro, facts: Facts) -> Distro:
    """A release by its code name where it has no number yet; ``sid`` never gets one."""
    codename = distro.codename
    if not codename and not distro.version:
        words = f"{facts.get('VERSION', '')} {facts.get('PRETTY_NAME', '')}"
        if match := _OR_SID.search(words):
            codename = match[1]
    if distro.version:
        return distro
    if codename in _UNSTABLE:
        return replace(distro, codename="sid", branch="sid")
    return replace(distro, codename=codename, version=DEBIAN.get(codename, ""))


def _unstable(distro: Distro, facts: Mapping[str, Facts]) -> Distro:
    """Unstable where what calls itself ``forky/sid`` installs from nothing but unstable."""
    suites = _named(facts, SUITE)
    either = _OR_SID.search(distro.name) or distro.path == "etc/debian_version"
    if either and distro.codename and suites and _UNSTABLE.issuperset(suites):
        return replace(distro, codename="sid", version="", branch="sid")
    return distro


def _derived(distro: Distro, facts: Facts) -> Distro:
    """What is built from Ubuntu's or Debian's packages counts as the release it is built on."""
    if distro.id != "ubuntu":
        codename = facts.get("UBUNTU_CODENAME", "").lower()
        if version := UBUNTU.get(codename):
            return replace(distro, id="ubuntu", version=version, codename=codename)
    codename = facts.get("DEBIAN_CODENAME", "").lower()
    if distro.id == "linuxmint" and (version := DEBIAN.get(codename)):
        return replace(distro, id="debian", version=version, codename=codename)
    return distro


def _alpine(distro: Distro, facts: Mapping[str, Facts]) -> Distro:
    """The branch that ``/etc/apk/repositories`` installs from, where it is not the release's."""
    version, branch = distro.version, distro.branch
    if "_alpha" in version or version == "edge":
        branch = "edge"
    lists = [
        facts[path]
        for path in facts
        if path == REPOSITORIES or path.startswith(REPOSITORY_DIRS)
    ]
    for component in ("main", "community"):
        found = max((f.get(component, "") for f in lists), key=newness, default="")
        if newness(found):
            branch = found
            break
    if branch == ".".join(version.split(".")[:2]):
        branch = ""
    return replace(distro, branch=branch)


_RULES = {
    "amazon": _amazon,
    "azurelinux": _azure,
    "debian": _debian,
    "mariner": _azure,
    "opensuse": _opensuse,
    "postmarketos": _postmarketos,
    "rhcos": _coreos,
}
