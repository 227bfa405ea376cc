"""Finding Java components in archives and in directories that archives were unpacked to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen, Wants
from shipworthy.errors import ParseError


_POM = "pom.properties"
_MAX_POM = 64 * 1024
_MAX_SIZE = 2 * 1024 * 1024 * 1024
_SUFFIXES = (".jar", ".war", ".ear", ".par", ".sar", ".hpi", ".jpi", ".nar", ".kar")


class JavaCataloger:
    """
    Finds Java components: jars, wars, ears and their kin, with all that is nested in them.

    An unpacked ``META-INF/maven/GROUP/ARTIFACT/pom.properties`` counts too. A file with a
    suffix that other formats share (``.par``, ``.sar``, ``.nar``, ``.kar``) and that is no zip archive
    is passed over, as is an empty one; any other that is none raises ``ParseError``.
    """

    name = "java"
    version = 1
    wants = Wants(
        names=frozenset({_POM}), suffixes=frozenset(_SUFFIXES), max_size=_MAX_SIZE
    )
    grouped = False

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the components of each of ``files``."""
        for file in files:
            if file.path.rpartition("/")[2] == _POM:
                yield from _unpacked(file)
            elif len(file.data):
                yield from _archive(file)


def _archive(file: LayerFile) -> Iterable[Evidence]:
    from shipworthy.catalogers.java.archive import SURE, read_archive

    try:
        packages, problems = read_archive(file.path, file.data)
    except ParseError:
        if file.path.lower().endswith(SURE):
            raise
        return
    if packages or problems:
        yield Evidence(path=file.path, packages=tuple(packages), problems=problems)


def _unpacked(file: LayerFile) -> Iterable[Evidence]:
    from shipworthy.catalogers.java.manifest import pom_place, read_pom_properties
    from shipworthy.model.purl import maven_purl

    if not all(pom_place(file.path)):
        return
    data = bytes(file.data[:_MAX_POM])
    group, artifact, version = read_pom_properties(data, file.path)
    if group and artifact and version:
        name = f"{group}:{artifact}"
        purl = maven_purl(name, version)
        seen = PackageSeen(type="maven", name=name, version=version, purl=purl)
        yield Evidence(path=file.path, packages=(seen,))
