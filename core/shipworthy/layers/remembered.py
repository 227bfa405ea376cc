"""The inventory of a whole image, remembered beside the records of its layers (:mod:`shipworthy.layers.memory`)."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

from shipworthy.layers.memory import Memory
from shipworthy.model.columns import Shape, dump, load
from shipworthy.model.package import Distro, Inventory, Location, Package, Status


INVENTORY_VERSION = 6
"""Raised whenever the same records would give another inventory."""

PACKAGE = Shape(
    of=Package,
    some={"locations": Shape(of=Location)},
    # Lists of files are kept apart, counts are of saved results alone.
    apart=frozenset({"file_list", "file_count"}),
)
STATUS = Shape(of=Status)
_DISTRO = Shape(of=Distro)
_NAME = f"inventory {INVENTORY_VERSION}"
_END = b"\n"
"""Ends the document; the packages' file lists follow as they are, which JSON would write out at length."""


def recall(memory: Memory) -> Inventory | None:
    """The inventory that these layers gave before to the same release, or nothing."""
    raw = memory.recall(_NAME)
    if not raw:
        return None
    import orjson

    # A view: there are megabytes of file lists, and each is wanted by itself.
    view, end = memoryview(raw), raw.find(_END)
    try:
        return _inventory(orjson.loads(view[:end]), view[end + 1 :])
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def remember(memory: Memory, inventory: Inventory) -> None:
    """Keep the inventory of these layers."""
    import orjson

    packages = inventory.packages
    file_lists = [package.file_list.encode() for package in packages]
    document = {
        "distro": dump(_DISTRO, [inventory.distro] if inventory.distro else []),
        "packages": dump(PACKAGE, packages),
        "statuses": dump(STATUS, inventory.statuses),
        "counts": [inventory.entries, inventory.files_read, inventory.files_failed],
        "files": list(map(len, file_lists)),
    }
    memory.keep(_NAME, orjson.dumps(document) + _END + b"".join(file_lists))


def _inventory(document: dict[str, Any], file_lists: memoryview) -> Inventory:
    entries, files_read, files_failed = document["counts"]
    distros = load(_DISTRO, document["distro"])
    ends = pairwise((0, *accumulate(document["files"])))
    lists = [str(file_lists[start:end], "utf-8") for start, end in ends]
    return Inventory(
        distro=distros[0] if distros else None,
        packages=tuple(load(PACKAGE, document["packages"], {"file_list": lists})),
        statuses=tuple(load(STATUS, document["statuses"])),
        entries=entries,
        files_read=files_read,
        files_failed=files_failed,
    )
