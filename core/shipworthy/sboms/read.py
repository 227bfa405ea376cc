"""
An SBOM as a target: what it says in the same two values that an image's layers come to.

CycloneDX in JSON is the one format that is read. Another one is a module beside
:mod:`shipworthy.sboms.cyclonedx`, chosen here.
"""

from __future__ import annotations

from dataclasses import replace

from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Inventory, Status
from shipworthy.sboms.cyclonedx import read_cyclonedx
from shipworthy.sboms.source import read_bytes


def read_sbom(path: str, *, target: str, base: str = "") -> tuple[ImageInfo, Inventory]:
    """
    The image that the SBOM at ``path`` is of, as far as it says, and the software in it.

    Args:
        path: Where the SBOM is; ``-`` is standard input.
        target: What the caller calls it.
        base: The base image that the caller named; an SBOM cannot be told apart by
            it, which is said in a status.

    Raises:
        ImageNotFoundError: Nothing is there.
        ImageError: It cannot be read or is no SBOM that is understood.
        LimitError: It is larger or deeper than is allowed.
    """
    image, inventory = read_cyclonedx(read_bytes(path), target=target)
    if base:
        status = Status(
            source="base",
            subject=base,
            message="an SBOM does not say which layers are the base's,"
            " so what is ours and what is the base's stays unknown",
            partial=False,
        )
        inventory = replace(inventory, statuses=(*inventory.statuses, status))
    return image, inventory
