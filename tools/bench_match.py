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

from shipworthy.advisories.store import AdvisoryStore
from shipworthy.contents import read_contents
from shipworthy.matching.match import match


def main() -> int:
    """Match once and print what it took."""
    database, target = sys.argv[1:]
    gc.disable()  # as the command line has it
    inventory = read_contents(target, cache_dir=WORK / "cache").inventory
    with AdvisoryStore.open(Path(database)) as store:
        start = time.perf_counter()
        result = match(inventory, store)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"seconds": seconds, "mib": peak, "packages": len(inventory.packages)}
    print(json.dumps({**told, "findings": len(result.matches)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
