"""
Times matching alone, in the process that it is started in: ``bench_match.py DATABASE TARGET``.

Prints one line of JSON: seconds of the first matching after the inventory is there, peak
MiB of the process, packages and findings. An image's layers must be in the cache, as a second scan has them.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from pathlib import Path

from measure import WORK

from shipworthy import __version__
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.images.target import open_image
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.remembered import recall
from shipworthy.layers.select import Selector
from shipworthy.matching.match import match
from shipworthy.model.package import Inventory
from shipworthy.sboms.read import read_sbom


def main() -> int:
    """Match once and print what it took."""
    database, target = sys.argv[1:]
    gc.disable()  # as the command line has it
    inventory = _inventory(target)
    with AdvisoryStore.open(Path(database)) as store:
        start = time.perf_counter()
        result = match(inventory, store)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"seconds": seconds, "mib": peak, "packages": len(inventory.packages)}
    print(json.dumps({**told, "findings": len(result.matches)}))
    return 0


def _inventory(target: str) -> Inventory:
    if target.startswith("sbom:"):
        return read_sbom(target.removeprefix("sbom:"), target=target)[1]
    from shipworthy.extensions import load
    from shipworthy.scan import _cataloger, _layers

    catalogers, _ = load("catalogers", _cataloger)
    cache = LayerCache(WORK / "cache", Selector(catalogers).fingerprint)
    image = open_image(target)
    layers, _ = _layers(image, "")
    found = recall(cache, layers, made_by=__version__)
    if found is None:
        raise SystemExit(f"bench: scan {target} first, its layers are not in the cache")
    return found


if __name__ == "__main__":
    sys.exit(main())
