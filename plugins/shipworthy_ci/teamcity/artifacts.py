"""
What the build keeps, as rules of artifacts, and the test reports that it reads.

Source: jetbrains.com/help/teamcity/configuring-general-settings.html, "Artifact Paths": a rule a line, ``path => folder``;
``*`` and ``?`` stand for others, ``+:`` and ``-:`` begin a rule. Every file is named, so that nothing which an earlier
build left in the checkout passes for one of this build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from shipworthy.reports.text import line, quiet
from shipworthy_ci.job import Job
from shipworthy_ci.surroundings import Surroundings
from shipworthy_ci.teamcity.checkout import inside
from shipworthy_ci.teamcity.messages import message


USUAL = "shipworthy-report"
"""The folder among the artifacts, where the report folder's own name cannot be taken."""

_ACTS = re.compile(r"[,\n\r*?%]|=>|^[+-]:|^\s|\s$")
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60


def folder_of(job: Job) -> str:
    """What the folder of the reports is called among the artifacts."""
    name = _NO_NAME.sub("-", job.folder.name).strip("-.")[:_LONGEST]
    return name.rstrip("-.") or USUAL


def published(job: Job, more: tuple[Path, ...], around: Surroundings) -> Iterator[str]:
    """
    The messages that publish the reports, one an image; ``more`` are files of all images together.

    A path that would be another rule than meant is not published, and a message says so.
    """
    top = folder_of(job)
    groups = [(top, more)] if more else []
    for one in job.scanned:
        target = top if one.folder == job.folder else f"{top}/{one.name}"
        groups.append((target, tuple(one.reports.values())))
    for target, paths in groups:
        told = [inside(path, around) or str(around.folder / path) for path in paths]
        good = [path for path in told if not _ACTS.search(path)]
        if good:
            yield message(
                "publishArtifacts", "\n".join(f"{path} => {target}" for path in good)
            )
        if len(good) < len(told):
            yield _warning(
                f"not published, for a rule of artifacts cannot name it: {job.folder}"
            )


def tested(job: Job, around: Surroundings) -> Iterator[str]:
    """
    The messages that import the test reports; none where a closed gate lets the build pass, for a failed test does not.
    """
    if job.no_fail:
        return
    for one in job.scanned:
        path = one.reports.get("junit")
        if path is None:
            continue
        told = inside(path, around)
        if told and not _ACTS.search(told):
            yield message("importData", type="junit", path=told)
        else:
            yield _warning(
                f"no tests: the report folder lies outside of the checkout: {job.folder}"
            )
            return


def _warning(text: str) -> str:
    return message(
        "message", text=quiet(line(f"shipworthy: {text}", 1_000)), status="WARNING"
    )
