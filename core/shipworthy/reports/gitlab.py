"""
GitLab's container scanning report, schema 15.1.4, for its security dashboards and merge requests.

Source: ``container-scanning-report-format.json`` of security-report-schemas 15.1.4, as GitLab's own parsers keep it.
Every finding that counts is a vulnerability, worst first. What the policy took out is not: a dashboard would open it
again; the messages of the scan say how much that is, and what stayed unread. A scan that could not look at
everything, or not judge by every rule, is a ``failure``.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha1
from typing import Any
from uuid import UUID

from orjson import Fragment

from shipworthy.reports.gitlab_finding import Scanned, vulnerability
from shipworthy.reports.gitlab_members import inner_run, text_member
from shipworthy.reports.identity import Document, day_of, reference, repository
from shipworthy.reports.json import JsonReport
from shipworthy.reports.policy_words import plan
from shipworthy.reports.summary import counted, ranked
from shipworthy.reports.text import TEXT_LIMIT, line, quiet


VERSION = "15.1.4"
"""Version of the schema."""

NAMESPACE = UUID("8f0b3b8e-6a55-5c0e-9f0d-3d1c6d0d8a11")
"""Where the ids of vulnerabilities are made (RFC 9562, version 5); never changes."""

MESSAGES = 100
"""Most messages of what was not as it should be; the rest is counted."""

NAMED = 20
"""Most ids named of what the policy left out."""

_NAMESPACE = NAMESPACE.bytes
_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


class GitLabReport:
    """The report for ``artifacts: reports: container_scanning``."""

    name = "gitlab"
    suffix = ".gitlab.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the report; without vulnerabilities where nothing was found."""
        scanned = _scanned(document)
        ids = _ids(document)
        return JsonReport().render(
            {
                "version": VERSION,
                "scan": _scan(document),
                "vulnerabilities": [
                    Fragment(vulnerability(finding, ids[id(finding)], scanned))
                    for finding in ranked(document["findings"])
                ],
                "remediations": [],
            }
        )


def _ids(document: Document) -> dict[int, str]:
    """
    The ids of the vulnerabilities: of the CVE, the package and the repository, so the same under every tag.

    Given in the document's order, which no score changes.
    """
    home = repository(document)
    made: dict[int, str] = {}
    seen: dict[str, int] = {}
    for finding in document["findings"]:
        package = finding["package"]
        named = package["purl"] or "{type}/{name}@{version}".format_map(package)
        key = f"{home}\0{finding['id']}\0{named}"
        seen[key] = often = seen.get(key, -1) + 1
        made[id(finding)] = uuid_of(f"{key}\0{often}" if often else key)
    return made


def uuid_of(name: str) -> str:
    """The version 5 UUID of ``name`` in :data:`NAMESPACE`, in a fifth of the time that ``uuid`` takes."""
    content = _NAMESPACE + name.encode("utf-8", "backslashreplace")
    text = sha1(content, usedforsecurity=False).hexdigest()
    variant = _VARIANTS[text[16]]
    return (
        f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"
    )


def _scanned(document: Document) -> Scanned:
    distro = document["distro"]
    system = f"{distro['id']} {distro['version']}".strip() if distro else ""
    actions, hopeless = plan(document)
    return Scanned(
        place=inner_run(
            text_member(b"image", reference(document)),
            text_member(b"operating_system", quiet(line(system)) or "unknown"),
        ),
        actions={mark: action for action in actions for mark in action["closes"]},
        hopeless={name: action for action in hopeless for name in action["findings"]},
    )


def _scan(document: Document) -> dict[str, object]:
    tool, day = document["tool"], day_of(document)
    scanner = {
        "id": "shipworthy",
        "name": "shipworthy",
        "version": quiet(line(tool["version"])) or "unknown",
        "vendor": {"name": "shipworthy"},
    }
    whole = document["coverage"]["complete"]
    lacking = not whole or document["verdict"]["status"] == "partial"
    return {
        "type": "container_scanning",
        "status": "failure" if lacking else "success",
        # Reports depend on no clock: the day that was judged by stands for both.
        "start_time": f"{day}T00:00:00",
        "end_time": f"{day}T00:00:00",
        "analyzer": scanner,
        "scanner": scanner,
        "messages": _messages(document),
    }


def _messages(document: Document) -> list[dict[str, str]]:
    """The verdict, what was left out, and what was not as it should be."""
    verdict = document["verdict"]
    level = "info" if verdict["status"] == "pass" else "warn"
    made = [(level, verdict["summary"])]
    if taken := document["suppressed"]:
        ids = list(dict.fromkeys(line(item["finding"]["id"]) for item in taken))
        names = ", ".join(ids[:NAMED]) + (", …" if len(ids) > NAMED else "")
        words = f"{counted(len(taken), 'finding')} left out by the policy: {names}"
        made.append(("info", words))
    statuses = document["statuses"]
    made += [
        (
            "warn" if status["partial"] else "info",
            f"{status['source']}: {status['subject']}: {status['message']}",
        )
        for status in statuses[:MESSAGES]
    ]
    if len(statuses) > MESSAGES:
        made.append(("warn", f"and {len(statuses) - MESSAGES:,} more"))
    told = ((level, quiet(line(words, TEXT_LIMIT))) for level, words in made)
    return [{"level": level, "value": words} for level, words in told if words]
