"""
What other systems know a result and its findings by: names without a tag, and ids that are the same in every build.

GitLab, Jenkins and readers of JUnit follow an issue from run to run by what a report calls it. So nothing here
depends on a tag, a digest or the clock, and no two findings of one result get the same id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from shipworthy.reports.image_purl import name_from_target, repository_of
from shipworthy.reports.sharing import once
from shipworthy.reports.text import line, quiet


Document = Mapping[str, Any]
"""The JSON result or a part of it."""

NO_DAY = "1970-01-01"
"""The day of a result that tells none."""

DOCKERFILE = "Dockerfile"

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNFIT = re.compile(r"[^A-Za-z0-9._:-]+")
_PATH_LIMIT = 255


def repository(document: Document) -> str:
    """The image's repository with its registry; a name made of the target where no tag tells one."""
    for tag in document["image"]["tags"]:
        if found := repository_of(tag):
            return found
    return name_from_target(document["target"]["name"])


def reference(document: Document) -> str:
    """
    What the image was called: its first tag with a repository, else the target as the caller named it.

    ``unknown`` where neither says anything.
    """
    tags = (tag for tag in document["image"]["tags"] if repository_of(tag))
    named = next(tags, "") or document["target"]["name"].strip()
    return quiet(line(named, _PATH_LIMIT)) or "unknown"


def path_of(document: Document) -> str:
    """
    The repository as a relative path that leads nowhere: a file's place for readers that ask for one.

    ``Dockerfile`` where the plan names lines of it.
    """
    if any(action["line"] for action in document["remediation"]):
        return DOCKERFILE
    parts = (_UNFIT.sub("-", part) for part in repository(document).split("/"))
    kept = "/".join(part for part in parts if part.strip(".-"))
    return kept[:_PATH_LIMIT].rstrip("/") or "image"


def lines_by_finding(document: Document) -> dict[str, int]:
    """The lines of the Dockerfile to change, by the fingerprints of the findings that this closes."""
    return {
        mark: action["line"]
        for action in document["remediation"]
        if action["line"]
        for mark in action["closes"]
    }


def day_of(document: Document) -> str:
    """The day that was judged by, else the database's, ``YYYY-MM-DD``."""
    for told in (document["verdict"]["day"], document["database"]["date"]):
        found = _DAY.match(told)
        if found and _is_day(found[0]):
            return found[0]
    return NO_DAY


def digests(document: Document) -> Mapping[int, str]:
    """
    An id for each finding, 64 hexadecimal digits, by its identity: its fingerprint in this repository.

    Findings that share a fingerprint, such as one package in two architectures, are told apart by their order.
    """
    return once(_digests, document)


def _digests(document: Document) -> dict[int, str]:
    home, findings = repository(document), document["findings"]
    keys = list(map(_mark, findings))
    if len(set(keys)) < len(keys):
        keys = list(map("\0".join, apart(keys)))
    return {
        id(finding): sha256(
            f"{home}\0{key}".encode("utf-8", "backslashreplace")
        ).hexdigest()
        for finding, key in zip(findings, keys, strict=True)
    }


def apart(keys: Iterable[str]) -> list[tuple[str, ...]]:
    """``keys``, each that came before with how often it did."""
    seen: dict[str, int] = {}
    made: list[tuple[str, ...]] = []
    for key in keys:
        often = seen.get(key, 0)
        made.append((key, str(often)) if often else (key,))
        seen[key] = often + 1
    return made


def label(finding: Document) -> str:
    """The finding as rules and actions name it: ``ID package@version``."""
    return f"{finding['id']}{label_of(finding['package'])}"


def label_of(package: Document) -> str:
    """What stands behind the id in the label of a package's findings."""
    return f" {package['name']}@{package['version']}"


def _mark(finding: Document) -> str:
    """The fingerprint, or what stands for one in results of older releases."""
    if finding["fingerprint"]:
        return str(finding["fingerprint"])
    package = finding["package"]
    return "\0".join((finding["id"], package["type"], package["name"]))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
