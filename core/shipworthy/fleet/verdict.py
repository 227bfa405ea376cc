"""The verdict over all images, in the words that each result's own verdict has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.reports.summary import counted


_STANDING = {
    "fail": "doNotShip",
    "partial": "notScannedWholly",
    "undecided": "notJudgedWholly",
    "open": "notJudged",
    "warn": "ship",
    "pass": "ship",
}


def standing(tone: str) -> str:
    """Where an image stands, by the tone of its headline: ``ship``, ``doNotShip`` or why it cannot be told."""
    return _STANDING[tone]


def headline(totals: Mapping[str, Any]) -> dict[str, str]:
    """The tone, the words and the sentence of the whole: the worst that is true of any image."""
    images = totals["images"]
    worst = (
        ("doNotShip", "fail", "do not ship", "does not ship"),
        (
            "notScannedWholly",
            "partial",
            "were not wholly scanned",
            "was not wholly scanned",
        ),
        (
            "notJudgedWholly",
            "undecided",
            "were not wholly judged",
            "was not wholly judged",
        ),
    )
    tone, words = _well(totals)
    for key, sign, many, one in worst:
        if totals[key]:
            verb = one if totals[key] == 1 else many
            tone = sign
            words = f"{totals[key]:,} of {counted(images, 'image')} {verb}"
            break
    return {"tone": tone, "words": words, "summary": _sentence(totals)}


def exit_code(totals: Mapping[str, Any]) -> int:
    """
    The code that a gate over all images ends with: 0, 1 where one does not ship.

    3 where that cannot be told of all: part of one was not scanned or judged, or one was not scanned at all.
    """
    keys = ("notScannedWholly", "notJudgedWholly", "missing", "unreadable")
    if any(totals[key] for key in keys):
        return 3
    return 1 if totals["doNotShip"] else 0


def _well(totals: Mapping[str, Any]) -> tuple[str, str]:
    images, ship, unread = totals["images"], totals["ship"], totals["notScanned"]
    if not images:
        return "partial", "No image was scanned"
    if unread:
        return "partial", f"{counted(unread, 'image')} not scanned"
    if ship == images:
        verb = "is" if images == 1 else "are"
        return (
            "pass",
            f"{'The image' if images == 1 else f'All {images:,} images'} {verb} fit to ship",
        )
    if ship:
        return (
            "open",
            f"{ship:,} of {counted(images, 'image')} fit to ship, the rest not judged",
        )
    return "open", f"{counted(images, 'image')}, not judged"


def _sentence(totals: Mapping[str, Any]) -> str:
    told = [
        f"{totals[key]:,} {words}"
        for key, words in (
            ("ship", "fit to ship"),
            ("doNotShip", "not to ship"),
            ("notScannedWholly", "not wholly scanned"),
            ("notJudgedWholly", "not wholly judged"),
            ("notJudged", "not judged"),
        )
        if totals[key]
    ]
    parts = [", ".join(told)] if told else []
    if totals["missing"]:
        parts.append(f"{counted(totals['missing'], 'expected image')} without a result")
    if totals["unreadable"]:
        parts.append(f"{counted(totals['unreadable'], 'result')} that cannot be read")
    if totals["stale"]:
        parts.append(f"{counted(totals['stale'], 'result')} too old")
    return f"{'; '.join(parts) or 'There is no result'}."
