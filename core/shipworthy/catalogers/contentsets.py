"""
Which repositories a Red Hat image was built from: content manifests.

Source: https://redhatproductsecurity.github.io/security-data-guidelines/scanning-vendors/,
"Content Manifest JSON files" and "Content Sets JSON files". Images since June 2020 have one
manifest a layer in ``root/buildinfo/content_manifests/``, newer ones a ``content-sets.json`` in
``usr/share/buildinfo/``; both name ``content_sets``. Each becomes a channel ``repo:NAME``
of the distribution; what the repository holds is the database's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shipworthy.catalogers.distro import CHANNEL
from shipworthy.catalogers.interface import Evidence, LayerFile, Wants
from shipworthy.model.package import REPOSITORY


MAX_SETS = 2_000

_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,199}", re.ASCII)
_NO_PACKAGES = re.compile(r"-(?:source|debug)(?:-rpms)?(?:__|$)")
"""Repositories of sources and of debug symbols hold nothing that is installed."""


class ContentSetsCataloger:
    """Finds the content sets of Red Hat's images."""

    name = "contentsets"
    version = 1
    grouped = False
    wants = Wants(
        prefixes=frozenset({"root/buildinfo/content_manifests", "usr/share/buildinfo"}),
        max_size=4 * 1024 * 1024,
    )

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give a fact for each repository; other files of the directories, and manifests of nothing, give no evidence."""
        import json

        for file in files:
            if not file.path.endswith(".json"):
                continue
            try:
                names = content_sets(json.loads(bytes(file.data)))
            except (ValueError, RecursionError):
                problem = "is no content manifest, expected JSON"
                yield Evidence(path=file.path, problems=(problem,))
                continue
            if names:
                facts = tuple((f"{CHANNEL}{REPOSITORY}{name}", "") for name in names)
                yield Evidence(path=file.path, facts=facts)


def content_sets(manifest: object) -> tuple[str, ...]:
    """The names of the repositories of packages that a manifest lists, sorted and once each."""
    listed = manifest.get("content_sets") if isinstance(manifest, dict) else None
    if not isinstance(listed, list):
        return ()
    return tuple(
        sorted(
            {
                name
                for name in listed[:MAX_SETS]
                if isinstance(name, str)
                and _NAME.fullmatch(name)
                and not _NO_PACKAGES.search(name)
            }
        )
    )
