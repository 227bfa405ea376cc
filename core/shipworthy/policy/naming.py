"""
Which packages a policy names, in ``when`` as in a suppression: by name, by package URL, or by a glob on either.

- A *name* is the package's own, as the report shows it, in any spelling of its ecosystem (PEP 503).
- A *package URL* without a version is every version. Its qualifiers must agree with those that the
  package's own URL has. Of a distribution's package it is the source package as well, and fits all
  that is built from it: advisories go by sources, and so do their readers. With an ``arch`` it is
  that binary package alone; ``arch=source`` is how the specification names a source.
- A *glob* that begins with ``pkg:`` is held against the URL, its version and its qualifiers apart,
  any other against the name; a star is anything at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from shipworthy import versions
from shipworthy.errors import ParseError, VersionError
from shipworthy.model.bucket import SCHEMES, normal_name
from shipworthy.model.package import Distro, Package
from shipworthy.model.purl_parse import PackageUrl, parse_purl
from shipworthy.policy.globs import is_glob, loose
from shipworthy.values import dataclass


OS_SCHEMES = {"alpm": "alpm", "apk": "apk", "deb": "deb", "rpm": "rpm"}
"""Types of distributions' packages, with the scheme that their versions are written in."""

MAX_TEXT = 1_000
"""Characters of one text of an entry; a longer one fits nothing."""

_SEPARATORS = re.compile(r"[-_.]+")
_PREFIX = "pkg:"
_WILD = re.compile(r"[*?]+")

OS_TYPES = frozenset({*OS_SCHEMES, "os"})
"""Types of what a distribution is made of; ``os`` is the distribution itself."""

Fits = Callable[["Subject"], bool]
"""Whether a package is one that was meant."""


def scheme_of_type(type_: str) -> str:
    """The version scheme of a package type; empty where none is known."""
    return OS_SCHEMES.get(type_, "") or SCHEMES.get(type_, "")


class Subject:
    """A package as a policy looks at it; its URL is taken apart once, when first asked for."""

    __slots__ = ("_plain", "_url", "distro", "keys", "names", "package")

    def __init__(self, package: Package, distro: Distro | None) -> None:
        self.package = package
        self.distro = distro
        normal = normal_name(package.type, package.name)
        self.names = tuple({package.name: None, normal: None})
        """Its own name, and the ecosystem's spelling of it."""
        self.keys = {_key(package.name), _key(normal), _key(package.source)} - {""}
        self._url: PackageUrl | None = None
        self._plain: tuple[str, ...] | None = None

    @property
    def url(self) -> PackageUrl:
        """The parts of its package URL, or what stands for them where it has none."""
        if self._url is None:
            package = self.package
            try:
                self._url = _normal(parse_purl(package.purl))
            except ParseError:
                self._url = PackageUrl(package.type, "", package.name, "", {}, "")
        return self._url

    @property
    def plain(self) -> tuple[str, ...]:
        """
        Its package URL without version and qualifiers, decoded.

        Of a distribution's package that of the source follows, where it has another name.
        """
        if self._plain is None:
            package = self.package
            head = package.purl.partition("?")[0].partition("#")[0]
            own = unquote(_versioned(head)[0])
            self._plain = (own,)
            if package.source and package.type in OS_SCHEMES:
                source = f"{own.rpartition('/')[0]}/{package.source}"
                self._plain = (own, source)
        return self._plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What one text means."""

    fits: Fits
    key: str = ""
    """What the last part of the name must be to be worth a look; empty for a glob."""
    literal: str = ""
    """What must be in the text that a glob is held against."""
    meets: Callable[[str], bool] | None = None
    """The glob itself, where it is one."""
    on_url: bool = False
    """Whether the glob is held against the package URL, and not the name."""


def named(text: str) -> Named:
    """Read one text of an entry; one that cannot be read fits nothing."""
    text = text.strip()
    if len(text) > MAX_TEXT:
        return _NOTHING
    if text.startswith(_PREFIX):
        return _by_glob_on_url(text) if "*" in text else _by_url(text)
    if is_glob(text):
        meets = loose(text)
        return Named(
            fits=lambda subject: any(map(meets, subject.names)),
            literal=_literal(text),
            meets=meets,
        )
    return Named(fits=lambda subject: _is_called(subject.package, text), key=_key(text))


def _key(name: str) -> str:
    """The last part of a name, in one spelling: only a first guess."""
    last = name.replace(":", "/").rstrip("/").rpartition("/")[2]
    return _SEPARATORS.sub("-", last.removesuffix(".git")).casefold()


def _is_called(package: Package, text: str) -> bool:
    name = package.name
    return name == text or (
        normal_name(package.type, name) == normal_name(package.type, text)
    )


def _by_glob_on_url(text: str) -> Named:
    head, _, query = text.partition("?")
    try:
        wanted = parse_purl(f"pkg:x/x?{query}")
    except ParseError:
        return _NOTHING
    path, version = _versioned(head)
    path = unquote(path)
    meets, meets_version = loose(path), loose(unquote(version))

    def fits(subject: Subject) -> bool:
        if not any(map(meets, subject.plain)):
            return False
        versions_of = {subject.package.version, subject.url.version}
        if version and not any(map(meets_version, versions_of)):
            return False
        return _agree(wanted, subject)

    return Named(fits=fits, literal=_literal(path), meets=meets, on_url=True)


def _versioned(head: str) -> tuple[str, str]:
    """A package URL without qualifiers in two: all before the version, and the version."""
    path, at, version = head.rpartition("@")
    if not at or "/" in version or path[-1:] in {"/", ""}:
        return head, ""  # the sign of an npm scope
    return path, version


def _literal(glob: str) -> str:
    return max(_WILD.split(glob), key=len)


def _by_url(text: str) -> Named:
    try:
        wanted = _normal(parse_purl(text))
    except ParseError:
        return _NOTHING
    return Named(fits=lambda subject: _is_meant(wanted, subject), key=_key(wanted.name))


def _is_meant(wanted: PackageUrl, subject: Subject) -> bool:
    package, url = subject.package, subject.url
    if wanted.type != url.type or not _in_namespace(wanted, url):
        return False
    arch = wanted.qualifiers.get("arch", "")
    of_source = wanted.type in OS_SCHEMES and arch in {"", "source"}
    is_own = wanted.name == url.name and arch != "source"
    source = package.source or package.name
    is_source = of_source and wanted.name.casefold() == source.casefold()
    if not is_own and not is_source:
        return False
    if wanted.version and not (
        (is_own and _is_version(wanted, package.version, package.type))
        or (
            is_source
            and _is_version(
                wanted, package.source_version or package.version, package.type
            )
        )
    ):
        return False
    return _agree(wanted, subject)


def _in_namespace(wanted: PackageUrl, url: PackageUrl) -> bool:
    """A distribution's package without vendor is anybody's; the image has one distribution."""
    any_vendor = wanted.type in OS_SCHEMES and not wanted.namespace
    return any_vendor or wanted.namespace == url.namespace


def _is_version(wanted: PackageUrl, version: str, type_: str) -> bool:
    """The same text or, by the type's own order, the same version; an epoch may stand in either place."""
    text = wanted.version
    epoch = wanted.qualifiers.get("epoch", "")
    if epoch and ":" not in text:
        text = f"{epoch}:{text}"
    bare = version.partition(":")[2] if type_ in {"deb", "rpm"} else ""
    if text in {version, bare}:
        return True
    scheme = scheme_of_type(type_)
    try:
        return bool(scheme) and versions.compare(scheme, version, text) == 0
    except VersionError:
        return False


def _agree(wanted: PackageUrl, subject: Subject) -> bool:
    own = subject.url.qualifiers
    for key, value in wanted.qualifiers.items():
        if key in {"epoch", "arch"} and (key == "epoch" or value == "source"):
            continue
        if key == "arch" and subject.package.is_of_several:
            return False
        if key == "distro":
            if own.get(key, value) != value and value not in _releases(subject.distro):
                return False
        elif own.get(key, value) != value:
            return False
    return True


def _releases(distro: Distro | None) -> frozenset[str]:
    """The names that a release goes by: ``debian-12``, ``bookworm``, ``debian-bookworm``."""
    if distro is None:
        return frozenset()
    names = {distro.version, distro.codename} - {""}
    return frozenset(names | {f"{distro.id}-{name}" for name in names})


def _normal(url: PackageUrl) -> PackageUrl:
    """The parts in the spelling that packages are compared in."""
    name, namespace = normal_name(url.type, url.name), url.namespace
    if url.type == "golang" and f"{namespace}/".lower().startswith("github.com/"):
        name, namespace = name.lower(), namespace.lower()
    return url._replace(name=name, namespace=namespace)


_NOTHING = Named(fits=lambda subject: False, key=" ")  # noqa: ARG005  # whatever it is
"""What cannot be read."""
