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
from shipworthy_ci.job import Job, Scanned
from shipworthy_ci.surroundings import Surroundings
from shipworthy_ci.teamcity.checkout import inside
from shipworthy_ci.teamcity.messages import message
from shipworthy_ci.teamcity.tab import page_files


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
    groups = [[(path, top) for path in more]]
    groups += [list(_files(one, job, top)) for one in job.scanned]
    for files in groups:
        told = [
            (inside(path, around) or str(around.folder / path), target)
            for path, target in files
        ]
        good = [f"{path} => {to}" for path, to in told if not _ACTS.search(path)]
        if good:
            yield message("publishArtifacts", "\n".join(good))
        if len(good) < len(told):
            why = "not published, for a rule of artifacts cannot name it"
            yield _warning(f"{why}: {job.folder}")


def _files(one: Scanned, job: Job, top: str) -> Iterator[tuple[Path, str]]:
    """The reports of an image, each with its folder among the artifacts."""
    target = top if one.folder == job.folder else f"{top}/{one.name}"
    for path in one.reports.values():
        if path.parent == one.folder:
            yield path, target
            continue
        for file in page_files(path).values():
            yield file, f"{target}/{path.parent.name}"


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
