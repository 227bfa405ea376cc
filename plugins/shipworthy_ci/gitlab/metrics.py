"""
What a merge request's page compares with the target branch: the figures of a job, as OpenMetrics.

Source: "Metrics reports", docs.gitlab.com, and the text format of OpenMetrics 1.0: gauges with a ``# TYPE`` and a
``# HELP`` line each, ``# EOF`` at the end. GitLab compares each name with its labels as text, so an image is named
without its tag and folders, which differ from run to run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shipworthy.reports.image_purl import name_from_target
from shipworthy.reports.text import line
from shipworthy_ci.facts import Counts, counts_of
from shipworthy_ci.job import Job


FILE = "metrics.txt"
"""What the report is called by default on GitLab."""
_NAME = 120
_PLAIN = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def metrics(job: Job) -> str:
    """The whole report; an image that was not scanned has no figures, and says so in one."""
    text = ""
    for name, (words, values) in _gauges(job).items():
        text += f"# TYPE {name} gauge\n# HELP {name} {words}\n"
        text += "".join(f"{name}{{{labels}}} {value}\n" for labels, value in values)
    return f"{text}# EOF\n"


def _gauges(job: Job) -> dict[str, tuple[str, list[tuple[str, int]]]]:
    findings: list[tuple[str, int]] = []
    figures: dict[str, list[tuple[str, int]]] = {name: [] for name in _FIGURES}
    for image, counts in _named(job):
        figures["shipworthy_scanned"].append((image, int(counts is not None)))
        if counts is None:
            continue
        for severity, number in counts.severities.items():
            findings.append((f'{image},severity="{severity}"', number))
        for name, number in (
            ("shipworthy_fixable", counts.fixable),
            ("shipworthy_exploited", counts.exploited),
            ("shipworthy_suppressed", counts.suppressed),
            ("shipworthy_packages", counts.packages),
        ):
            figures[name].append((image, number))
    told = {"shipworthy_findings": ("Findings by severity.", findings)}
    return told | {name: (_FIGURES[name], values) for name, values in figures.items()}


_FIGURES = {
    "shipworthy_fixable": "Findings that an update repairs.",
    "shipworthy_exploited": "Findings that are known to be exploited.",
    "shipworthy_suppressed": "Findings that the policy took out.",
    "shipworthy_packages": "Packages that were judged.",
    "shipworthy_scanned": "Whether the image could be scanned.",
}


def _named(job: Job) -> Iterator[tuple[str, Counts | None]]:
    """Each image as a label, no two alike, with its figures."""
    seen: Counter[str] = Counter()
    for one in job.scanned:
        name = line(name_from_target(one.target), _NAME)
        seen[name] += 1
        told = name if seen[name] == 1 else f"{name} ({seen[name]})"
        counts = None if one.document is None else counts_of(one.document)
        yield f'image="{told.translate(_PLAIN)}"', counts
