"""
What the file name of a jar tells: ``ARTIFACT-VERSION[-CLASSIFIER].jar``.

The layout is that of a Maven repository; OSGi's ``NAME_1.2.3.qualifier.jar`` and names
such as ``py4j0.10.9.jar`` are understood too. Where an artifact's own name holds numbers
(``log4j-1.2-api-2.17.1``) the last dotted number begins the version; what ends in ``-api`` or ``-spec`` has none.
"""

from __future__ import annotations

import re

from shipworthy.values import dataclass


_MAX_STEM = 200

_DOTTED = re.compile(r"\d+(?:\.(?![xX*+])[0-9A-Za-z_]+)+").fullmatch
_PLAIN = re.compile(r"(?:r?\d+)[A-Za-z]?\d*").fullmatch
_SNAPSHOT_STAMP = re.compile(r"\d{8}\.\d{6}").fullmatch
_QUALIFIER = re.compile(
    r"(?:alpha|beta|a|b|m|rc|cr|milestone|preview|ea|snapshot|final|ga|release|sp|pre|dev"
    r"|jre|android|incubating|redhat|jbossorg|build|patch|hotfix|v)[\d.]*|\d+[a-z]?",
    re.IGNORECASE,
).fullmatch
_BEFORE_MORE = re.compile(
    r"(?:alpha|beta|rc|cr|milestone|preview|ea|snapshot|sp|pre|redhat|jbossorg|build|patch)",
    re.IGNORECASE,
).fullmatch
_CLASSIFIER = re.compile(
    r"-(?:(?:test-)?sources|tests?|javadoc|shaded|all|uber|fat|exec|standalone|nodeps|no_aop"
    r"|jar-with-dependencies|with-dependencies|client|classes|runner|boot|plain|natives?(?:-.*)?"
    r"|(?:linux|osx|macos|windows|freebsd)(?:-.*)?)$"
).search
_OF_NAMES = frozenset({"api", "spec"})
_OSGI = re.compile(r"(.+)_(\d+\.\d+\.\d+(?:\.[\w-]+)?)").fullmatch
_GLUED = re.compile(r"(.*[A-Za-z])(\d+(?:\.\d+){2,})").fullmatch


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file name says; ``version`` is empty where it says none, ``artifact`` then is the whole stem."""

    artifact: str
    version: str


def read_name(path: str) -> FileName:
    """Artifact and version out of the last part of a path; total, never raises."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    if len(stem) > _MAX_STEM:
        return FileName(stem, "")
    tokens = stem.split("-")
    at = _version_at(tokens)
    if at:
        artifact, version = "-".join(tokens[:at]), "-".join(tokens[at:])
        while (match := _CLASSIFIER(version)) is not None:
            version = version[: match.start()]
        return FileName(artifact, version)
    match = _OSGI(stem) or _GLUED(stem)
    if match is not None:
        return FileName(match[1], match[2])
    return FileName(stem, "")


def _version_at(tokens: list[str]) -> int:
    """Index of the token that begins the version; 0 where none does."""
    found = 0
    for index in range(len(tokens) - 1, 0, -1):
        token = tokens[index]
        if _DOTTED(token) and not _SNAPSHOT_STAMP(token):
            found = index
            if not _BEFORE_MORE(tokens[index - 1]):
                break
    if found:
        return 0 if _OF_NAMES.intersection(tokens[found + 1 :]) else found
    for index in range(1, len(tokens)):
        if _PLAIN(tokens[index]) and all(map(_QUALIFIER, tokens[index + 1 :])):
            return index
    return 0


def extends_by_classifier(longer: str, version: str) -> bool:
    """Whether ``longer`` is ``version`` and behind it words that belong to no version: ``1.4.0-shaded-protobuf``."""
    if not version or not longer.startswith(f"{version}-"):
        return False
    return _QUALIFIER(longer[len(version) + 1 :].partition("-")[0]) is None
