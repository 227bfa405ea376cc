"""
Which software of an image is which product of endoflife.date.

Package URLs come from endoflife.date itself. The tables here name what these do not: the
distributions by os-release's ``ID``, the Go toolchain by the standard library in a binary,
runtimes by the names that catalogers give to a runtime outside of any package manager.
A Java runtime whose maker is not known goes by Eclipse Temurin's dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from shipworthy.model.bucket import normal_name
from shipworthy.model.lifecycle import distro_key, package_key


_DISTROS: dict[str, tuple[str, ...]] = {
    "almalinux": ("almalinux",),
    "alpine-linux": ("alpine",),
    "amazon-linux": ("amzn",),
    "centos": ("centos",),
    "centos-stream": ("centos-stream",),
    "debian": ("debian",),
    "fedora": ("fedora",),
    "mageia": ("mageia",),
    "opensuse": ("opensuse-leap", "opensuse"),
    "oracle-linux": ("ol",),
    "photon": ("photon",),
    "rhel": ("redhat", "rhel"),
    "rocky-linux": ("rocky",),
    "sles": ("sles", "sled"),
    "ubuntu": ("ubuntu",),
}
_PACKAGES: dict[str, tuple[str, ...]] = {
    "amazon-corretto": ("generic/corretto", "generic/amazon-corretto"),
    "azul-zulu": ("generic/zulu", "generic/azul-zulu"),
    "dotnet": (
        "generic/dotnet",
        "generic/dotnet-runtime",
        "nuget/microsoft.aspnetcore.app",
    ),
    "eclipse-temurin": (
        "generic/temurin",
        "generic/eclipse-temurin",
        "generic/openjdk",
        "generic/java",
    ),
    "go": ("golang/stdlib",),
    "nodejs": ("generic/node", "generic/nodejs"),
    "oracle-jdk": ("generic/oracle-jdk",),
    "php": ("generic/php",),
    "python": ("generic/python", "generic/cpython"),
    "ruby": ("generic/ruby",),
    "tomcat": (
        "maven/org.apache.tomcat:tomcat-catalina",
        "maven/org.apache.tomcat.embed:tomcat-embed-core",
    ),
}
_TYPES = frozenset(
    {"cargo", "composer", "gem", "generic", "golang", "hex", "maven", "npm"}
    | {"nuget", "pub", "pypi"}
)
"""Types of package that an image shows outside of its distribution's package manager."""


def keys_of(product: str, purls: Iterable[object]) -> tuple[str, ...]:
    """The keys that lead to ``product``: its distributions, its own packages, then those of ``purls``."""
    found = dict.fromkeys(distro_key(id_) for id_ in _DISTROS.get(product, ()))
    found.update(dict.fromkeys(_PACKAGES.get(product, ())))
    found.update(dict.fromkeys(key for url in purls if (key := _key(url))))
    return tuple(found)


def _key(url: object) -> str:
    """The key of a package URL; empty where it is none, or of a kind that images do not show."""
    if not isinstance(url, str) or len(url) > 500 or not url.startswith("pkg:"):
        return ""
    type_, _, rest = url[4:].partition("/")
    if type_ not in _TYPES or "?" in rest or "#" in rest:
        return ""
    name = unquote(rest.partition("@")[0]).strip("/")
    if not name or not name.isprintable():
        return ""
    if type_ == "maven":
        group, _, artifact = name.rpartition("/")
        name = f"{group}:{artifact}"
    return package_key(type_, normal_name(type_, name))
