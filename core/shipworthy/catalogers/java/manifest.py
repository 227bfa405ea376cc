"""
Reading ``META-INF/MANIFEST.MF`` and ``pom.properties``, and what they say of a jar's identity.

Formats: JAR File Specification (manifest), ``java.util.Properties`` (line-oriented form),
the Maven archiver's ``META-INF/maven/GROUP/ARTIFACT/pom.properties``.
"""

from __future__ import annotations

import re

from shipworthy.catalogers.java.names import FileName


_MAX_TEXT = 256
_MAX_HEADERS = 2_000

_END = re.compile(rb"\r?\n\r?\n|\r\r")
_FOLD = re.compile(rb"\r?\n |\r ")
_COORDINATE = re.compile(r"[A-Za-z0-9_.\-+]+").fullmatch
_VERSION = re.compile(r"(?=.*\d)[A-Za-z0-9_.\-+~]+").fullmatch
_GROUP = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+").fullmatch
_PROPERTY = re.compile(
    r"^[ \t\f]*(groupId|artifactId|version)[ \t\f]*[=: \t\f][ \t\f]*([^\r\n]*)",
    re.MULTILINE,
)
_NOT_A_GROUP = frozenset(
    {"org.apache", "org.eclipse", "com.sun", "java.net", "com.oracle"}
)


def read_manifest(data: bytes) -> dict[str, str]:
    """The main attributes of a manifest, names in lower case; the first of equal names counts."""
    end = _END.search(data)
    head = data[: end.start()] if end else data
    text = _FOLD.sub(b"", head).decode("utf-8", "replace")
    attributes: dict[str, str] = {}
    for line in text.splitlines()[:_MAX_HEADERS]:
        name, colon, value = line.partition(":")
        if colon:
            attributes.setdefault(name.strip().lower(), value.strip())
    return attributes


def read_pom_properties(data: bytes, path: str) -> tuple[str, str, str]:
    """
    Group, artifact and version that a ``pom.properties`` states, empty where it does not.

    Group and artifact may come out of ``path``, the version never does. Placeholders
    that no build replaced (``${project.version}``) count as absent.
    """
    found = {
        key: value.strip() for key, value in _PROPERTY.findall(data.decode("latin-1"))
    }
    group, artifact = pom_place(path)
    stated_group = coordinate(found.get("groupId", ""))
    stated_artifact = coordinate(found.get("artifactId", ""))
    return (
        stated_group or group,
        stated_artifact or artifact,
        version_word(found.get("version", "")),
    )


def pom_place(path: str) -> tuple[str, str]:
    """Group and artifact out of ``…META-INF/maven/GROUP/ARTIFACT/FILE``; empty where it lies elsewhere."""
    parts = path.split("/")
    if len(parts) >= 5 and parts[-5:-3] == ["META-INF", "maven"]:
        return coordinate(parts[-3]), coordinate(parts[-2])
    return "", ""


def coordinate(text: str) -> str:
    """``text`` when it can be part of a Maven coordinate, else nothing."""
    return text if len(text) <= _MAX_TEXT and _COORDINATE(text) else ""


def version_word(text: str) -> str:
    """The first word of ``text`` when it can be a version, else nothing."""
    word = text.split(None, 1)[0].strip("\"'") if text.strip() else ""
    return word if len(word) <= _MAX_TEXT and _VERSION(word) else ""


def manifest_version(attributes: dict[str, str]) -> str:
    """The version that the manifest gives to the jar itself, never that of a specification."""
    for key in ("implementation-version", "plugin-version", "bundle-version"):
        if word := version_word(attributes.get(key, "")):
            return word
    return ""


def manifest_artifact(attributes: dict[str, str]) -> str:
    """The artifact that the manifest names; empty for titles in prose."""
    for key in ("implementation-title", "bundle-symbolicname"):
        text = attributes.get(key, "").partition(";")[0].strip()
        if key == "bundle-symbolicname" and "." in text:
            continue
        if (found := coordinate(text)) and not found[0].isdigit():
            return found
    return ""


def manifest_group(attributes: dict[str, str], artifact: str) -> str:
    """
    The group that the manifest lets assume for ``artifact``; empty where it tells nothing.

    Maven and sbt write it as ``Implementation-Vendor-Id``; the bundle plug-in joins
    group and artifact into ``Bundle-SymbolicName``.
    """
    vendor = attributes.get("implementation-vendor-id", "")
    if _GROUP(vendor) and len(vendor) <= _MAX_TEXT and vendor not in _NOT_A_GROUP:
        return vendor
    symbolic = attributes.get("bundle-symbolicname", "").partition(";")[0].strip()
    if len(symbolic) > _MAX_TEXT or not _GROUP(symbolic):
        return ""
    base = re.sub(r"_\d+(?:\.\d+)*$", "", artifact)
    for name in (artifact, base):
        if symbolic.endswith(f".{name}"):
            group = symbolic[: -len(name) - 1]
            return group if "." in group and group not in _NOT_A_GROUP else symbolic
    if "-" in base:
        first, _, rest = base.partition("-")
        group = symbolic.removesuffix("." + base.replace("-", "."))
        if group != symbolic and first in group.split("."):
            return group
        for tail in (rest, rest.replace("-", ".")):
            group = symbolic.removesuffix(f".{tail}")
            if group != symbolic and group.endswith(f".{first}"):
                return "" if group in _NOT_A_GROUP else group
    return ""


def plugin_identity(attributes: dict[str, str], name: FileName) -> tuple[str, str, str]:
    """Group, artifact and version of a Jenkins plug-in (``.hpi``, ``.jpi``)."""
    artifact = coordinate(attributes.get("short-name", "")) or coordinate(
        attributes.get("extension-name", "")
    )
    group = coordinate(attributes.get("group-id", "")) or "org.jenkins-ci.plugins"
    version = version_word(attributes.get("plugin-version", ""))
    return (
        group,
        artifact or name.artifact,
        version or manifest_version(attributes) or name.version,
    )
