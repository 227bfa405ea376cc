"""
The extras topics that an Amazon Linux 2 image installs from.

Format: ``etc/yum.repos.d/amzn2-extras.repo`` as ``amazon-linux-extras`` writes it (yum.conf(5)):
sections ``[amzn2extra-docker]`` with ``enabled = 1``. A section without the key is enabled.
Each enabled topic is a fact that names a channel, ``extras-docker``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shipworthy.catalogers.distro import CHANNEL
from shipworthy.catalogers.interface import Evidence, LayerFile, Wants


PATH = "etc/yum.repos.d/amzn2-extras.repo"

_SECTION = re.compile(r"\[(?:amzn2extra-([A-Za-z0-9][A-Za-z0-9._+-]{0,79})|.*)\]")
_OTHERS = ("-source", "-debuginfo")
_ON = frozenset({"1", "yes", "true", "on"})
_MAX_LINES = 20_000
_MAX_TOPICS = 1_000


class AmazonExtrasCataloger:
    """Finds the topics that are enabled."""

    name = "amazonextras"
    version = 1
    grouped = False
    wants = Wants(paths=frozenset({PATH}), max_size=4 * 1024 * 1024)

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the topics as channels; no evidence where none is enabled."""
        for file in files:
            topics = enabled(bytes(file.data).decode("utf-8", "replace"))
            if topics:
                facts = tuple((f"{CHANNEL}extras-{topic}", "1") for topic in topics)
                yield Evidence(path=file.path, facts=facts)


def enabled(text: str) -> list[str]:
    """The topics of the sections that are enabled, sorted; their source and debug repositories do not count."""
    found: dict[str, bool] = {}
    topic = ""
    for line in text.split("\n", _MAX_LINES)[:_MAX_LINES]:
        if section := _SECTION.fullmatch(line.strip()):
            topic = section[1] or ""
            if topic.endswith(_OTHERS) or len(found) >= _MAX_TOPICS:
                topic = ""
            if topic:
                found[topic] = True
            continue
        key, equals, value = line.partition("=")
        if topic and equals and key.strip().lower() == "enabled":
            found[topic] = value.strip().lower() in _ON
    return sorted(name for name, on in found.items() if on)
