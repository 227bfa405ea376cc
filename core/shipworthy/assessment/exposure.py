"""
What the image's configuration says of how its software can be reached, and CVSS under that.

CVSS lets those who run software correct how it can be reached (v3.1 and v4.0: Modified
Attack Vector). An image tells little of that; this is the one thing it tells: **it has a
program to start (entrypoint or command) and declares no port (``EXPOSE``)**. Then a
vulnerability that is attacked over any network is counted as if from the adjacent network:
nothing is published to the outside by the image's own word, while what shares the
container's network may still reach it, and software that goes out to fetch something
still meets its answers. It is a small step down on purpose, from 9.8 to 8.8, and it
changes the risk score alone, never the severity or the scores that are shown. Where
nothing is known of the configuration (a directory, an SBOM, a base image without a
program) nothing is changed.
"""

from __future__ import annotations

from shipworthy.assessment.cvss import base_score
from shipworthy.model.finding import CvssScore
from shipworthy.model.image import ImageInfo


_WITHOUT_CONFIG = frozenset({"dir", "sbom"})
_NETWORK, _ADJACENT = "AV:N", "AV:A"


def declares_no_port(image: ImageInfo) -> bool:
    """Whether the image has a program to start and says that it listens on no port."""
    config = image.config
    starts = bool(config.entrypoint or config.cmd)
    return image.kind not in _WITHOUT_CONFIG and starts and not config.exposed_ports


def from_adjacent(score: CvssScore) -> float:
    """The score that the vector has from the adjacent network; the score itself where it is not of the network."""
    metrics = score.vector.strip("()").split("/")
    if _NETWORK not in metrics:
        return score.score
    nearer = "/".join(_ADJACENT if one == _NETWORK else one for one in metrics)
    rated = base_score(nearer)
    return score.score if rated is None else min(rated[1], score.score)
