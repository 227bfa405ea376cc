"""Which reports a step writes, and what their files are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from shipworthy.errors import UsageError


ALWAYS = ("json", "html", "csv", "markdown")
"""What every platform gets: for programs, for people, for spreadsheets, for comments."""
RESULT = "result.json"
"""The JSON result's file, which a later build is compared with."""

FILES = {
    "asff": "asff.jsonl",
    "cloudevents": "event.json",
    "csv": "findings.csv",
    "cyclonedx": "sbom.cdx.json",
    "cyclonedx-xml": "sbom.cdx.xml",
    "gitlab": "gl-container-scanning-report.json",
    "gitlab-codequality": "gl-code-quality-report.json",
    "html": "report.html",
    "inspector-csv": "inspector.csv",
    "inspector-json": "inspector.json",
    "json": RESULT,
    "junit": "junit.xml",
    "markdown": "summary.md",
    "openvex": "openvex.json",
    "sarif": "shipworthy.sarif",
    "sarif-github": "github.sarif",
    "slack": "slack.json",
    "spdx": "sbom.spdx.json",
    "table": "summary.txt",
    "teams": "teams.json",
    "warnings-ng": "warnings-ng.json",
}
"""File names by format; under another name than the platform expects, a report is not found."""

PAGES = "report"
"""The folder of the page, where its style stands beside it."""

OVERVIEW = "overview"
"""The page over several images, or its folder."""

_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_SCHEME = re.compile(
    r"(?:docker-archive|oci-archive|oci|dir|sbom|docker|podman|containerd|registry):"
)
_BUILD = re.compile(
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?(?:@[A-Za-z0-9]+:[0-9A-Fa-f]+)?$"
)
"""A tag and a digest at the end of a reference: what changes from build to build."""
_LONGEST = 64


def parse_reports(text: str, usual: Iterable[str]) -> tuple[str, ...]:
    """
    The formats that a list with commas, blanks or line ends names; ``usual`` where it is empty.

    ``+sarif,junit`` adds to the usual ones. JSON is always among them. Raises ``UsageError`` for a
    name that is no format.
    """
    wanted = text.strip()
    names = [name for name in re.split(r"[\s,]+", wanted.lstrip("+")) if name]
    for name in names:
        if name not in FILES:
            raise UsageError(
                f"--reports: no report called {name}",
                hint="known: " + ", ".join(sorted(FILES)),
            )
    chosen = [*usual, *names] if not wanted or wanted.startswith("+") else names
    return tuple(dict.fromkeys(("json", *chosen)))


def names_for(targets: Iterable[str]) -> tuple[str, ...]:
    """
    A name for each target's files, made of what is harmless in it; no two alike, on any file system.

    A tag or digest is left out where the targets differ without it, so that a later build, whose
    tag is another one, finds what belongs to it. A target that loses nothing but its sorts of
    separators keeps the same name in every job.
    """
    listed = tuple(targets)
    kept = [_lasting(target) for target in listed]
    often = Counter(one.lower() for one in kept)
    names: list[str] = []
    taken = {OVERVIEW, f"{OVERVIEW}.html"}
    for target, lasting in zip(listed, kept, strict=True):
        text = lasting if often[lasting.lower()] == 1 else target
        name = _ODD.sub("-", text).strip("-.")
        lossy = not name or len(name) > _LONGEST or name.lower() in taken
        if lossy:
            digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
            name = f"{name[:_LONGEST]}-{digest}".lstrip("-")
        while name.lower() in taken:  # the same target twice
            name += "-again"
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def _lasting(target: str) -> str:
    """The target without its tag and digest."""
    scheme = _SCHEME.match(target)
    start = scheme.end() if scheme else 0
    return target[:start] + (_BUILD.sub("", target[start:]) or target[start:])


def file_of(folder: Path, name: str, *, external: bool = False) -> Path:
    """Where the report of a format goes; the page to a folder of its own where its style stands beside it."""
    if name == "html" and external:
        return folder / PAGES
    return folder / FILES[name]


def page_of(place: Path) -> Path:
    """The file to open of what :func:`file_of` gave."""
    return place / "index.html" if place.name == PAGES else place
