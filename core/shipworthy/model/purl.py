"""
Package URLs: the names by which packages are known across tools (package-url
specification, ECMA-427).

Everything is written in canonical form: parts percent-encoded as UTF-8, names normalised
by the rules of their type, qualifiers sorted and without empty values. ``~`` and ``:``
stay as they are, because the specification forbids encoding them. Nothing here raises:
characters that have no UTF-8 form become ``?``, and what has no name has no package URL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shipworthy.model.package import Distro


_UNSAFE = re.compile(r"[^A-Za-z0-9._~:-]").search
_SEPARATORS = re.compile(r"[-_.]+")
_PLAIN = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:"
)
_HEX = tuple(chr(i) if i in _PLAIN else f"%{i:02X}" for i in range(256))

LOWER_NAME = frozenset(
    {"alpm", "apk", "bitbucket", "bitnami", "composer", "deb", "github", "gitlab"}
    | {"hex", "luarocks", "npm", "oci", "pub", "pypi"}
)
"""Types whose names know no case."""
LOWER_NAMESPACE = frozenset(
    {"alpm", "apk", "bitbucket", "composer", "deb", "github", "gitlab", "hex"}
    | {"luarocks", "qpkg", "rpm"}
)
"""Types whose namespaces know no case."""
_EMPTY = frozenset({""})
_DOTS = frozenset({"", ".", ".."})
_WITH_EPOCH = frozenset({"deb", "rpm"})


def purl(
    type: str,  # noqa: A002  # the specification's own word
    name: str,
    version: str = "",
    *,
    namespace: str = "",
    qualifiers: Mapping[str, str] | None = None,
    subpath: str = "",
) -> str:
    """
    The canonical package URL of a package; empty where ``name`` is.

    ``type`` and the keys of ``qualifiers`` are the caller's own words and must be legal
    ones; everything else may be any text. ``namespace`` and ``subpath`` hold segments
    separated by ``/``.
    """
    if type in LOWER_NAME:
        name = name.lower()
    if type == "pypi":
        name = name.replace("_", "-")
    name = name.strip("/")
    if not name:
        return ""
    out = f"pkg:{type}/"
    if namespace:
        if type in LOWER_NAMESPACE:
            namespace = namespace.lower()
        out += _encode_path(namespace, drop=_EMPTY, end="/")
    out += _encode(name)
    if version:
        out += "@" + _encode(version)
    if qualifiers:
        pairs = [f"{k}={_encode(v)}" for k, v in sorted(qualifiers.items()) if v]
        if pairs:
            out += "?" + "&".join(pairs)
    if subpath and (path := _encode_path(subpath, drop=_DOTS)):
        out += "#" + path
    return out


def pypi_purl(name: str, version: str) -> str:
    """The package URL of a Python distribution, its name normalised by PEP 503."""
    return purl("pypi", _SEPARATORS.sub("-", name), version)


def npm_purl(name: str, version: str) -> str:
    """The package URL of an npm package; of ``@scope/name`` the scope is the namespace."""
    scope, slash, base = name.partition("/")
    if slash and scope.startswith("@"):
        return purl("npm", base, version, namespace=scope.lower())
    return purl("npm", name, version)


def maven_purl(name: str, version: str) -> str:
    """The package URL of a Maven artifact ``group:artifact``, or ``artifact`` where no group is known."""
    group, _, artifact = name.rpartition(":")
    return purl("maven", artifact, version, namespace=group)


def golang_purl(name: str, version: str) -> str:
    """The package URL of a Go module by its path; GitHub's paths, which know no case, in lower case."""
    if name[:11].lower() == "github.com/":
        name = name.lower()
    namespace, _, base = name.strip("/").rpartition("/")
    return purl("golang", base, version, namespace=namespace)


def cargo_purl(name: str, version: str) -> str:
    """The package URL of a Rust crate."""
    return purl("cargo", name, version)


def os_purl(
    type: str,  # noqa: A002  # the specification's own word
    name: str,
    version: str,
    *,
    arch: str = "",
    source: str = "",
    source_version: str = "",
    modularity: str = "",
    distro: Distro | None = None,
) -> str:
    """
    The package URL of a package that the distribution's package manager installed.

    The fields are those of :class:`shipworthy.model.package.Package`. The epoch of a
    Debian or RPM version is a qualifier and not part of the version; ``upstream`` names
    the source package, with ``@version`` where that is not the package's own; ``distro``
    is ``debian-12`` or, of a release without a number, ``debian-sid``.
    """
    epoch = ""
    if type in _WITH_EPOCH and ":" in version:
        head, _, rest = version.partition(":")
        if head.isdecimal():
            epoch, version = head.lstrip("0"), rest
    upstream = source or (name if source_version else "")
    if source_version:
        upstream = f"{upstream}@{source_version}"
    namespace = release = ""
    if distro is not None:
        namespace = _namespace(distro.id)
        tail = distro.version or distro.branch or distro.codename
        release = f"{distro.id}-{tail}" if tail else distro.id
    qualifiers = {
        "arch": arch,
        "distro": release,
        "epoch": epoch,
        "modularitylabel": modularity,
        "upstream": upstream,
    }
    return purl(type, name, version, namespace=namespace, qualifiers=qualifiers)


def _namespace(distro: str) -> str:
    """The vendor that a distribution's packages are filed under: all of SUSE's under two names."""
    if distro.startswith("opensuse"):
        return "opensuse"
    return "suse" if distro.startswith(("sle", "sl-", "suse")) else distro


def _encode_path(path: str, *, drop: frozenset[str], end: str = "") -> str:
    """The segments of ``path`` that are not to be dropped, encoded, closed by ``end`` if any stay."""
    kept = [_encode(part) for part in path.split("/") if part not in drop]
    return "/".join(kept) + end if kept else ""


def _encode(text: str) -> str:
    if not _UNSAFE(text):
        return text
    return "".join([_HEX[byte] for byte in text.encode("utf-8", "replace")])
