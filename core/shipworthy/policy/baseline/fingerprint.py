"""
The fingerprint of a finding: the same for a vulnerability in a package and place, whatever build it is seen in.

It is made of the vulnerability's canonical id, the package's type and name, and its places
(:mod:`shipworthy.policy.baseline.place`); of no version, architecture, layer, tag, severity or date (ADR 0022).
Only a new id changes it: a GHSA that becomes a CVE. Comparing goes by all ids and so bridges that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from hashlib import sha256

from shipworthy.model.bucket import normal_name
from shipworthy.model.comparison import State
from shipworthy.model.finding import Finding
from shipworthy.policy.baseline.place import places_of


LENGTH = 32
"""Hexadecimal digits: 128 bits, so that no two findings of any image share them by chance."""

_RECIPE = "shipworthy-finding-1"
_CVE = re.compile(r"(?:[A-Z]+-)?(CVE-([0-9]{4})-([0-9]{4,19}))")
_SLOTS = tuple(
    (slot.__get__, slot.__set__)
    for slot in (getattr(Finding, field.name) for field in fields(Finding))
)
_KERNEL = re.compile(r"(?<=-)[0-9]+\.[0-9]+\.[0-9]+(?:[-.][0-9]+)*")


Loose = tuple[str, str, str]
"""Canonical id, package type and steady package name: the finding wherever it is in the image."""


def fingerprint(finding: Finding) -> str:
    """The finding's fingerprint, hexadecimal."""
    return fingerprint_of(loose_key(finding), places_of(finding.package))


def loose_key(finding: Finding) -> Loose:
    """What two findings share that are the same but for their places."""
    package = finding.package
    name = steady_name(package.type, package.name)
    return canonical((finding.id, *finding.aliases)), package.type, name


def fingerprint_of(loose: Loose, places: Iterable[str]) -> str:
    """The fingerprint that is made of these; ``places`` must be sorted."""
    text = "\0".join((_RECIPE, *loose, *places))
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:LENGTH]


def with_fingerprints(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, each with its fingerprint; one that has one was compared already and stays as it is."""
    return tuple(
        finding if finding.fingerprint else marked(finding, fingerprint(finding))
        for finding in findings
    )


def marked(
    finding: Finding, mark: str, state: State | None = None, reason: str = ""
) -> Finding:
    """A copy of ``finding`` with these, in half the time that ``dataclasses.replace`` takes."""
    copy = object.__new__(Finding)
    for read, write in _SLOTS:
        write(copy, read(finding))
    for name, value in (
        ("fingerprint", mark),
        ("state", state),
        ("state_reason", reason),
    ):
        object.__setattr__(copy, name, value)
    return copy


def canonical(ids: Iterable[str]) -> str:
    """
    The id that a vulnerability is known by longest: its oldest CVE, else the first of ``ids``.

    A distribution's own name of a CVE is that CVE: ``UBUNTU-CVE-2024-6387``.
    """
    first = ""
    cves: list[tuple[int, int, str]] = []
    for id_ in ids:
        first = first or id_
        if "-" in id_ and (found := _CVE.fullmatch(id_.upper())):
            cves.append((int(found[2]), int(found[3]), found[1]))
    return min(cves)[2] if cves else first.upper()


def steady_name(type_: str, name: str) -> str:
    """
    The package's name as its ecosystem compares names.

    Kernels carry their version in the name: ``linux-headers-6.1.0-13-amd64`` is ``linux-headers-*-amd64``.
    """
    if type_ == "deb" and name.startswith("linux-"):
        return _KERNEL.sub("*", name)
    return normal_name(type_, name)
