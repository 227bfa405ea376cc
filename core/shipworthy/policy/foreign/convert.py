"""Ignore files of other tools as the ``suppressions`` of a ``shipworthy.yaml``, with a word on whatever got lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipworthy.policy.foreign import emit
from shipworthy.policy.foreign.interface import ForeignFile
from shipworthy.policy.foreign.spelling import spell
from shipworthy.policy.suppressions.entry import Suppression


TOOLS = {
    "trivy": "Trivy's .trivyignore",
    "trivy-yaml": "Trivy's .trivyignore.yaml",
    "grype": "Grype's .grype.yaml",
    "osv-scanner": "OSV-Scanner's osv-scanner.toml",
    "snyk": "Snyk's .snyk",
    "inspector": "Amazon Inspector's .inspector-ignore",
}
"""The formats in words."""

_Fields = list[tuple[str, str | Sequence[str]]]


def convert(files: Sequence[ForeignFile]) -> str:
    """
    A ``shipworthy.yaml`` with the entries of ``files``, in their order.

    Comments tell where each came from, what is missing in it and what could not be taken over. The
    same files give the same text.
    """
    written: list[str] = []
    untold: list[str] = []
    count = 0
    for file in files:
        lines, lost, entries = _file(file)
        written.extend(lines)
        untold.extend(lost)
        count += entries
    head = "suppressions:" if count else "suppressions: []"
    lines = [
        emit.comment(f"Entries of {file.name}, {TOOLS[file.format]}", indent="")
        for file in files
    ]
    lines += [head, *written]
    if untold:
        lines += ["", "# Not taken over, or not in full:"]
        lines += untold
    return "\n".join(lines) + "\n"


def _file(file: ForeignFile) -> tuple[list[str], list[str], int]:
    """The lines of the entries, the comments on what got lost, and how many entries there are."""
    lines: list[str] = []
    lost = [emit.comment(note, indent="") for note in file.notes]
    count = 0
    for original in file.entries:
        spelled = spell(original)
        if spelled.entry is None:
            words = f"{original.source}: left out: {'; '.join(spelled.remarks)}"
            lost.append(emit.comment(words, indent=""))
            continue
        count += 1
        lines.append(emit.comment(original.source))
        lines.extend(emit.comment(remark) for remark in spelled.remarks)
        if original.reason == f"no reason given in {file.name}":
            lines.append(
                emit.comment("a reason is missing: say here why this is no risk")
            )
        lines.extend(emit.entry(list(fields_of(spelled.entry))))
    return lines, lost, count


def fields_of(entry: Suppression) -> Iterator[tuple[str, str | Sequence[str]]]:
    """The keys of an entry in the order in which people write them."""
    several: _Fields = [
        ("id", entry.ids),
        ("package", entry.packages),
        ("version", (entry.versions,) if entry.versions else ()),
        ("path", entry.paths),
        ("layer", entry.layers),
        ("image", entry.images),
        ("origin", (entry.origin,) if entry.origin else ()),
        ("type", entry.types),
        ("fix-state", entry.fix_states),
        ("about", entry.about if entry.about != ("vulnerability",) else ()),
        ("reason", (entry.reason,)),
        ("owner", (entry.owner,) if entry.owner else ()),
    ]
    yield from ((key, values) for key, values in several if values)
    if entry.expires:
        yield "expires", emit.day(entry.expires)
    if entry.until_fix:
        yield "until", "fix-available"
