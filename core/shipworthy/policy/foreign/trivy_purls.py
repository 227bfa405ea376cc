"""
The ``purls`` of an entry of Trivy's (aquasecurity/trivy ``pkg/purl``, ``PackageURL.Match``).

Type, namespace and name are the package's, version and qualifiers too where they are given. A
distribution's package is a binary one there, never the source that it was built from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shipworthy.errors import ParseError
from shipworthy.model.purl_parse import PackageUrl, parse_purl
from shipworthy.policy.foreign.grype_package import RuleError, exactly
from shipworthy.policy.foreign.interface import Reading, shown
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.further import OS_TYPES


_DISTROS = {"alma": "almalinux", "rhel": "redhat", "ol": "oracle", "amzn": "amazon"}
"""Namespaces of Trivy's that are called otherwise here."""


def on_packages(
    reading: Reading, entry: Suppression, purls: Iterable[tuple[str, int]]
) -> Iterator[Suppression]:
    """
    ``entry`` limited to the packages of ``purls``: one for all of libraries, one for each of a distribution.

    Raises:
        UsageError: One is no package URL.
    """
    libraries: list[str] = []
    for text, line in purls:
        try:
            purl = parse_purl(text)
        except ParseError:
            raise reading.wrong(line, "a package URL", text) from None
        try:
            if purl.type in OS_TYPES:
                yield _of_distro(entry, purl)
            else:
                libraries.append(_plain(text))
        except RuleError as error:
            reading.note(line, f"{shown(text)} is left out: {error}")
    if libraries:
        yield replace(entry, packages=tuple(libraries))


def _of_distro(entry: Suppression, purl: PackageUrl) -> Suppression:
    if further := set(purl.qualifiers) - {"epoch"}:
        raise RuleError(f"the qualifier {min(further)} is not told apart here")
    _plain(purl.name)
    epoch = purl.qualifiers.get("epoch", "")
    version = f"{epoch}:{purl.version}" if epoch and purl.version else purl.version
    distro = _DISTROS.get(purl.namespace, purl.namespace)
    return replace(
        entry,
        packages=(purl.name,),
        types=(purl.type,),
        distros=(distro,) if distro else (),
        versions=exactly(version) if version else "",
    )


def _plain(text: str) -> str:
    """``text`` without white space around it; raises :class:`RuleError` where it would be a glob here."""
    if "*" in text or ("?" in text and not text.startswith("pkg:")):
        raise RuleError("* and ? are no wildcards in Trivy")
    return text.strip()
