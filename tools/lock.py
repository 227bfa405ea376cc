"""
Lock what shipworthy runs on, and what builds it: ``plugins/requirements.txt`` and ``plugins/requirements-build.txt``.

Each file pins every package, direct or not, for all platforms and for Python 3.10 and newer, with the hashes of
all files of that version. What is locked already stays unless ``--upgrade`` is given, so the same input gives the
same bytes. The index is the one that pip is configured to use; its name goes into no file.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path


if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "requirements.txt"
BUILD = "requirements-build.txt"
_ABOUT = {
    RUNTIME: "What shipworthy runs on",
    BUILD: "What builds shipworthy's wheel",
}
_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
_COMPILE = (
    *(sys.executable, "-m", "uv", "pip", "compile", "-"),
    *("--universal", "--python-version", "3.10", "--generate-hashes"),
    *("--no-header", "--no-annotate", "--no-config", "--quiet"),
)


def wanted() -> dict[str, list[str]]:
    """What ``pyproject.toml`` asks for, by the file that locks it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        RUNTIME: project["project"]["dependencies"],
        BUILD: project["build-system"]["requires"],
    }


def main() -> int:
    """Write both files; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest")
    parser.add_argument("--into", type=Path, default=ROOT / "plugins")
    options = parser.parse_args()
    for name, asked in wanted().items():
        place = options.into / name
        pins = _compiled(asked, place, upgrade=options.upgrade)
        if pins is None:
            print(f"lock: {name} could not be made", file=sys.stderr)
            return 1
        place.write_text(f"# {_ABOUT[name]}, by `make lock`.\n{pins}", "utf-8")
        print(f"written: {place}")
    return 0


def _compiled(asked: list[str], place: Path, *, upgrade: bool) -> str | None:
    """The pins for what is asked, or nothing where they cannot be found."""
    known = [f"--output-file={place}"] if place.exists() else []
    done = subprocess.run(
        [*_COMPILE, *known, *(["--upgrade"] if upgrade else [])],
        input="\n".join(asked),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        env={**_index(), **os.environ},
    )
    if done.returncode:
        return None
    return place.read_text("utf-8") if known else done.stdout


def _index() -> dict[str, str]:
    """The index that pip is configured to use, in uv's words."""
    asked = subprocess.run(
        [*_PIP, "config", "get", "global.index-url"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    url = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    return {"UV_DEFAULT_INDEX": url} if url else {}


if __name__ == "__main__":
    sys.exit(main())
