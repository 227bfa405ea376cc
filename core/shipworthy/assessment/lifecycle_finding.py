"""From the end of support of something in an image to a finding: its id, words and evidence."""

from __future__ import annotations

import re

from shipworthy.assessment.risk import risk_of
from shipworthy.assessment.support import Standing
from shipworthy.model.advisory import Intel
from shipworthy.model.finding import AdvisoryRef, EndOfLife, Evidence, Finding
from shipworthy.model.package import Package
from shipworthy.values import dataclass


_FEED = "eol"
_SOURCE = "end of life"
_ALSO = 10
_UNSAFE = re.compile(r"[^A-Za-z0-9.+~-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Something in the image whose support ends or is limited."""

    package: Package
    version: str
    """The version that was held against the release line."""
    stands: Standing
    end: EndOfLife
    url: str
    constraint: str
    also: tuple[str, ...] = ()
    """Other packages of the same product and version."""
    release: str = ""
    """The distribution's release where that speaks of one of its packages: ``debian-12``."""
    limits: str = ""
    """The distribution's own words on it."""


def finding_of(ending: Ending) -> Finding:
    """The finding; its id is the same in every image: ``EOL-nodejs-14``, ``EOL-debian-12-webkit2gtk``."""
    end, package = ending.end, ending.package
    named = f"{ending.release}-{end.product}" if ending.release else ""
    id_ = _UNSAFE.sub("-", f"EOL-{named or f'{end.product}-{end.cycle}'}")
    layers = [place.layer for place in package.locations if place.layer >= 0]
    feed = "debian/security-support" if ending.release else _FEED
    note = ", ".join(ending.also[:_ALSO]) + (" …" if len(ending.also) > _ALSO else "")
    doubtful = "low-confidence" in package.notes
    return Finding(
        id=id_,
        aliases=(),
        package=package,
        severity=ending.stands.severity,
        severity_source=_SOURCE,
        title=_title(ending),
        description=_description(ending),
        cvss=(),
        cwes=(),
        epss=None,
        kev=None,
        fix_state="end-of-life",
        fixed_versions=(),
        layer=min(layers, default=-1),
        origin=package.origin,
        risk=risk_of((), ending.stands.severity, Intel()),
        advisories=(AdvisoryRef(id=id_, feed=feed, url=ending.url),),
        references=(ending.url,),
        evidence=(
            Evidence(
                advisory=id_,
                feed=feed,
                bucket=ending.release or _FEED,
                matched_name=end.product,
                matched_version=ending.version,
                scheme="deb" if ending.release else "release line",
                constraint=ending.constraint,
                confidence="low" if doubtful else "high",
                notes=(f"also {note}",) if note else (),
            ),
        ),
        kind="end-of-life",
        end_of_life=end,
    )


def _title(ending: Ending) -> str:
    end, left = ending.end, ending.stands.days_left
    name = f"{end.label} {end.cycle}" if end.cycle else end.label
    if ending.release:
        name = f"{end.product} in {end.label}"
    if end.limited:
        return f"{name}: security support is limited"
    if ending.stands.by_extended and left is not None and left >= 0:
        return f"{name}: regular security support ended on {end.ends}, extended support lasts until {end.extended}"
    if left is None:
        return f"{name}: security support has ended"
    last = end.extended if ending.stands.by_extended else end.ends
    if left < 0:
        return f"{name}: security support ended on {last}"
    return f"{name}: security support ends on {last}, in {left} day{'' if left == 1 else 's'}"


def _description(ending: Ending) -> str:
    end = ending.end
    words = [ending.limits]
    if not end.limited:
        words.append(
            "What is found in it from then on is not repaired by its publisher."
        )
    if end.extended and not ending.stands.by_extended:
        words.append(
            f"Extended support, which this image is not set up to get, lasts until {end.extended}."
        )
    if end.latest:
        words.append(f"The newest release of the line is {end.latest}.")
    if end.supported:
        words.append(f"Supported lines: {', '.join(end.supported)}.")
    return " ".join(word for word in words if word)
