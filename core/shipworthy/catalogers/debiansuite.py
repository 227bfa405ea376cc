"""
Whether a Debian image installs from unstable or from testing.

Both say ``forky/sid`` in their os-release and debian_version files, which come from one package
(https://wiki.debian.org/DebianUnstable, Debian's ``base-files``); the suites of apt's sources
tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shipworthy.catalogers.aptsources import SOURCES, SOURCES_DIR, sources_of
from shipworthy.catalogers.distro import SUITE
from shipworthy.catalogers.interface import Evidence, LayerFile, Wants


_ARCHIVE = re.compile(r"[a-z+]{3,20}:\S{0,400}/debian(?:/\S{0,50})?", re.ASCII)
_NAME = re.compile(r"[a-z]{1,30}", re.ASCII)
_BESIDE = frozenset({"experimental"})
"""Suites that only add to another."""


class DebianSuiteCataloger:
    """Finds the suites of Debian's own archive that apt installs from."""

    name = "debiansuite"
    version = 1
    grouped = False
    wants = Wants(
        paths=frozenset({SOURCES}),
        prefixes=frozenset({SOURCES_DIR}),
        max_size=4 * 1024 * 1024,
    )

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the suites of each file as facts; a file that names none gives no evidence."""
        for file in files:
            suites = {
                suite
                for source in sources_of(file.path, file.data)
                if _ARCHIVE.fullmatch(source.address)
                for suite in source.suites
                if _NAME.fullmatch(suite) and suite not in _BESIDE
            }
            if suites:
                facts = tuple((f"{SUITE}{suite}", "") for suite in sorted(suites))
                yield Evidence(path=file.path, facts=facts)
