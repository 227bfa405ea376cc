"""
Which components a jar is and holds, from the least doubtful evidence to the most.

1. Every ``pom.properties`` is a component. The one that fits the file name or the
   manifest is the jar itself; the others were merged into it and are noted ``shaded``.
2. Without one for the jar itself, the file name gives artifact and version, the manifest
   what the file name lacks; the group comes from a ``pom.xml``'s place, from a table of
   well-known artifacts checked against the jar's classes, or from the manifest, else it
   stays empty and the name is the artifact alone. All this is noted ``low-confidence``.
3. A version is never invented: without one there is no component.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.catalogers.interface import PackageSeen
from shipworthy.catalogers.java.groups import known_group, usual_artifact
from shipworthy.catalogers.java.manifest import (
    manifest_artifact,
    manifest_group,
    manifest_version,
    plugin_identity,
    pom_place,
)
from shipworthy.catalogers.java.names import FileName, extends_by_classifier, read_name
from shipworthy.model.purl import maven_purl
from shipworthy.values import dataclass


_PLUGINS = (".hpi", ".jpi")
_RUNTIME = "Java Runtime Environment"
_LOW = ("low-confidence",)
_SHADED = ("shaded",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pom:
    """One ``pom.properties``: a component of the jar, with the licences of the ``pom.xml`` beside it."""

    group: str
    artifact: str
    version: str
    licences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """What one jar shows of itself."""

    path: str
    inner: str
    poms: Sequence[Pom]
    pom_paths: Sequence[str]
    """Paths of all ``pom.xml``: their directories name group and artifact."""
    attributes: dict[str, str]
    licences: tuple[str, ...]
    """Licences that the manifest states."""
    directory: bytes
    """The raw central directory."""


def components(jar: Jar) -> list[PackageSeen]:
    """The jar's own component first, if it can be told, then those merged into it."""
    name = read_name(jar.path)
    main = _main_pom(jar, name)
    found: dict[tuple[str, str], PackageSeen] = {}
    own = None if main is not None else _own(jar, name)
    if own is not None:
        found[own.name, own.version] = own
    ordered = sorted(jar.poms, key=lambda pom: pom is not main)
    for pom in ordered:
        full = f"{pom.group}:{pom.artifact}" if pom.group else pom.artifact
        if (full, pom.version) in found:
            continue
        is_main = pom is main
        found[full, pom.version] = PackageSeen(
            type="maven",
            name=full,
            version=pom.version,
            purl=maven_purl(full, pom.version),
            licences=pom.licences or (jar.licences if is_main else ()),
            notes=() if is_main else _SHADED,
            inner=jar.inner,
        )
    return list(found.values())


def _main_pom(jar: Jar, name: FileName) -> Pom | None:
    """The ``pom.properties`` that describes the jar itself and not something merged into it."""
    stem = jar.path.rpartition("/")[2].rpartition(".")[0]
    spellings = {_plain(name.artifact), _plain(stem)}
    same = [pom for pom in jar.poms if _plain(pom.artifact) in spellings]
    for pom in same:
        if pom.version == name.version or extends_by_classifier(
            name.version, pom.version
        ):
            return pom
    if same:
        return same[0]
    artifact = manifest_artifact(jar.attributes)
    version = manifest_version(jar.attributes)
    if jar.path.lower().endswith(_PLUGINS):
        artifact = plugin_identity(jar.attributes, name)[1]
    for pom in jar.poms:
        if pom.artifact == artifact and version in {"", pom.version}:
            return pom
    alike = [pom for pom in jar.poms if pom.version in {name.version, version} - {""}]
    if len(alike) == 1:
        return alike[0]
    return jar.poms[0] if len(jar.poms) == 1 and not name.version else None


def _plain(artifact: str) -> str:
    """An artifact without the separators that distributors exchange for each other."""
    return artifact.replace("_", "-").replace(".", "-")


def _own(jar: Jar, name: FileName) -> PackageSeen | None:
    """The jar itself out of manifest and file name; none where no version can be told."""
    if jar.attributes.get("implementation-title") == _RUNTIME:
        return None
    if jar.path.lower().endswith(_PLUGINS):
        group, artifact, version = plugin_identity(jar.attributes, name)
    else:
        group, artifact, version = _guess(jar, name)
    if not version or not artifact:
        return None
    full = f"{group}:{artifact}" if group else artifact
    return PackageSeen(
        type="maven",
        name=full,
        version=version,
        purl=maven_purl(full, version),
        licences=jar.licences,
        notes=_LOW,
        inner=jar.inner,
    )


def _guess(jar: Jar, name: FileName) -> tuple[str, str, str]:
    attributes = jar.attributes
    stated = manifest_version(attributes)
    version = name.version or stated
    if stated and extends_by_classifier(name.version, stated):
        version = stated
    artifact = name.artifact
    if not name.version:
        if jar.poms and not (stated and manifest_artifact(attributes)):
            return "", "", ""  # an application's file name: nothing says what it is
        artifact = manifest_artifact(attributes) or artifact
    title = attributes.get("implementation-title", "")
    artifact = usual_artifact(artifact, title, jar.directory)
    for path in jar.pom_paths:
        group, place = pom_place(path)
        if place == artifact and group:
            return group, artifact, version
    group = known_group(artifact, jar.directory) or manifest_group(attributes, artifact)
    return group, artifact, version
