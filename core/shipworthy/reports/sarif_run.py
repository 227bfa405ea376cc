"""
How the scan went, in a SARIF 2.1.0 log: the invocation (section 3.20) with its notifications, and the verdict.

A scan that could not look at everything was not executed successfully, and every status of it is a notification;
so is what had to be left out of the log for GitHub's limits.
"""

from __future__ import annotations

from collections.abc import Iterable

from shipworthy.reports.policy_words import rulings
from shipworthy.reports.sarif_words import (
    TEXT_MOST,
    Json,
    filled,
    identifier,
    listed,
    paragraphs,
    plain,
)
from shipworthy.reports.summary import Document


STORED = 5_000
"""Results of a run that GitHub stores, the most severe; the others it drops."""
_NOTIFICATIONS = 500
_SUBJECT = 300
_RULES = 200


def invocation(document: Document, told: int, left_out: int) -> Json:
    """The one invocation; ``told`` results are in the log, ``left_out`` are not."""
    verdict = document["verdict"]
    notes = [*_verdict(verdict), *_limits(told, left_out), *_statuses(document)]
    return {
        "executionSuccessful": verdict["status"] != "partial",
        "exitCode": verdict["exitCode"],
        **filled(toolExecutionNotifications=notes),
    }


def properties(document: Document) -> Json:
    """What the verdict is, of which image, by which database."""
    image, database = document["image"], document["database"]
    verdict = document["verdict"]
    return filled(
        verdict=filled(
            status=verdict["status"],
            summary=paragraphs(verdict["summary"]),
            day=plain(verdict["day"]),
            rules=[_rule(one.mark, one.rule) for one in rulings(verdict)[:_RULES]],
        ),
        image=filled(
            target=plain(document["target"]["name"], TEXT_MOST),
            tags=listed(image["tags"]),
            imageId=plain(image["imageId"]),
            manifestDigest=plain(image["manifestDigest"]),
            platform=plain(image["platform"]),
            platforms=[
                filled(
                    platform=plain(one["platform"]),
                    manifestDigest=plain(one["manifestDigest"]),
                    imageId=plain(one["imageId"]),
                    problem=plain(one["problem"], TEXT_MOST),
                )
                for one in image.get("platforms", ())
            ],
        ),
        database=filled(date=plain(database["date"]), digest=plain(database["digest"])),
    )


def _rule(mark: str, rule: Document) -> Json:
    return filled(
        name=plain(rule["name"]),
        outcome=mark,
        effect=rule["effect"],
        reason=plain(rule["reason"] or rule["condition"], TEXT_MOST),
        remedy=plain(rule["remedy"], TEXT_MOST),
        source=plain(rule["source"]),
    )


def _verdict(verdict: Document) -> list[Json]:
    if verdict["status"] != "partial":
        return []
    return [_notification("verdict", "error", paragraphs(verdict["summary"]))]


def _limits(told: int, left_out: int) -> list[Json]:
    notes = []
    if left_out:
        words = f"{left_out:,} results of the least severity are left out, for GitHub takes no larger log; {told:,} are in it."
        notes.append(_notification("limit", "warning", words))
    if told > STORED:
        words = f"GitHub stores {STORED:,} of these {told:,} results, the most severe."
        notes.append(_notification("limit", "warning", words))
    return notes


def _statuses(document: Document) -> Iterable[Json]:
    # What stayed unread comes first, should there be more than a log can hold.
    statuses = sorted(document["statuses"], key=lambda one: not one["partial"])
    for status in statuses[:_NOTIFICATIONS]:
        words = f"{plain(status['subject'], _SUBJECT)}: {plain(status['message'], 600)}"
        level = "error" if status["partial"] else "warning"
        yield _notification(status["source"], level, words.strip(": "))
    if len(statuses) > _NOTIFICATIONS:
        words = f"{len(statuses) - _NOTIFICATIONS:,} more statuses are in the JSON result alone."
        yield _notification("limit", "warning", words)


def _notification(source: str, level: str, words: str) -> Json:
    return {
        "descriptor": {"id": identifier(source)},
        "level": level,
        "message": {"text": words or identifier(source)},
    }
