"""
Time, memory and traffic of whole processes: ``make bench [CORPUS=DIR]``.

The database, the policy and the reports always; scans of images where DIR holds ``big.tar`` and ``big.oci``. Every figure is
the median of five runs (``BENCH_RUNS``) after one that does not count, where it is not said otherwise.
"""

from __future__ import annotations

import compileall
import os
import shutil
import sys
from pathlib import Path

import bench_database
import bench_engines
import bench_images
import bench_policy
import bench_reports
import bench_sources
from measure import ROOT, RUNS, WORK, table


def main() -> int:
    """Run everything and print tables; gives the exit code."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if corpus is not None and not (corpus / "big.oci").is_dir():
        print(
            f"bench: {corpus} holds no big.oci; name the directory of the big images",
            file=sys.stderr,
        )
        return 2
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    # As an installed package has it, whatever the environment says of writing bytecode.
    compileall.compile_dir(ROOT / "core", quiet=1)
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, median of {RUNS}")
    table("database", bench_database.rows(corpus))
    table("policy", bench_policy.rows())
    table("reports", bench_reports.rows(corpus))
    if corpus is None:
        print("\nno images measured: make bench CORPUS=DIR, where DIR holds big.oci")
    else:
        table("images", bench_images.rows(corpus))
        table("registry", bench_sources.rows(corpus))
        table("engines", bench_engines.rows(corpus))
    return 0


if __name__ == "__main__":
    sys.exit(main())
