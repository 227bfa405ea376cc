"""
Where each finding stands on the HTML page, by a name that outlives the page.

A link to a finding is posted in a chat and opened on next week's page, so its name is made of
the finding's fingerprint (the same in every build) and not of its place in the list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from shipworthy.reports.markup import NAMES, esc


_SHORT = 8
_HEX = re.compile(r"[0-9a-f]{8,}")


def anchors(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The name of each finding, in the same order; no two are the same."""
    short = [_name(finding) for finding in findings]
    often = Counter(short)
    taken: set[str] = set()
    made: list[str] = []
    for finding, name in zip(findings, short, strict=True):
        whole = name if often[name] == 1 else f"{name}-{_copy(finding)}"
        number = 2
        anchor = whole
        while anchor in taken:
            anchor = f"{whole}-{number}"
            number += 1
        taken.add(anchor)
        made.append(anchor)
    return made


class Places(dict[str, str]):
    """
    Findings by the label that rules and actions have for each, as their ids, which lead to their places on the page.

    What is no finding of the page is its id alone. They stand in several rules and actions, so each is written once.
    """

    def __init__(
        self, findings: Sequence[Mapping[str, Any]], names: Sequence[str]
    ) -> None:
        self._names: dict[str, str] = {}
        known = self._names
        for finding, name in zip(findings, names, strict=True):
            package, id_ = finding["package"], finding["id"]
            label = f"{id_} {package['name']}@{package['version']}"
            if label not in known:
                known[label] = name
                if id_ and " " not in id_:
                    self[label] = f"<a href=#{name}>{NAMES[id_]}</a>"

    def __missing__(self, label: str) -> str:
        id_, package = parted(label)
        self[label] = made = self.leading(f"{id_} {package}", id_)
        return made

    def leading(self, label: str, shown: str) -> str:
        """What is called ``shown``, as a link where ``label`` has a place."""
        name = self._names.get(label)
        return esc(shown) if name is None else f"<a href=#{name}>{esc(shown)}</a>"


def parted(label: str) -> tuple[str, str]:
    """The id in a label and its package, which is all of what names no finding."""
    id_, _, package = label.partition(" ")
    return (id_, package) if package else ("", id_)


def _name(finding: Mapping[str, Any]) -> str:
    mark = finding["fingerprint"]
    if not _HEX.match(mark):
        package = finding["package"]
        mark = _digest(finding["id"], package["type"], package["name"])
    return f"f{mark[:_SHORT]}"


def _copy(finding: Mapping[str, Any]) -> str:
    """Which of several copies of a package it is."""
    package = finding["package"]
    places = (place["path"] for place in package["locations"])
    return _digest(package["version"], package["arch"], *places)[:4]


def _digest(*parts: str) -> str:
    text = "\0".join(parts)
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
