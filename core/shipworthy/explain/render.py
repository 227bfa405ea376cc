"""Explanations as plain text for people, harmless to a terminal whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shipworthy.reports.text import TEXT_LIMIT, line


Json = Mapping[str, Any]

_LINE = 2 * TEXT_LIMIT
_LABEL = 12
_REFERENCES = 10


def render(explanations: Sequence[Json]) -> str:
    """All of them, one below the other; ends with a line end."""
    parts = [
        "\n".join(_finding(one) if one["subject"] == "finding" else _package(one))
        for one in explanations
    ]
    return "\n\n".join(parts) + "\n"


def _row(label: str, words: object, *, indent: str = "  ") -> str:
    """A label and its words on one line, every acting character written out."""
    return f"{indent}{label:{_LABEL}}{line(str(words), _LINE)}".rstrip()


def _finding(one: Json) -> Iterator[str]:
    package = one["package"]
    yield line(f"{one['id']} in {package['name']} {package['version']}")
    if one["title"]:
        yield _row("title", one["title"])
    if one["aliases"]:
        yield _row("also known", ", ".join(one["aliases"]))
    yield _row("package", package["purl"] or f"{package['type']} {package['name']}")
    if package["owner"]:
        yield _row("installed by", package["owner"])
    for place in one["places"]:
        yield _row("seen in", _place(place))
    if one["suppressed"]:
        said = one["suppressed"]
        yield _row("suppressed", f"{said['reason']} (by {said['rule']})")
    yield ""
    yield "why it matches"
    for match in one["evidence"]:
        yield from _evidence(match)
    yield ""
    yield "fix"
    yield _row("state", _fix(one))
    for ref in one["advisories"]:
        yield _row("advisory", _advisory(ref))
    yield ""
    yield "how bad"
    yield from _severity(one["severity"])
    yield from _exploitation(one)
    references = one.get("references")
    for url in references[:_REFERENCES] if isinstance(references, list) else ():
        yield _row("see", url)
    if "database" in one:
        yield ""
        yield from _rows(one["database"])


def _place(place: Json) -> str:
    layer = place["layer"]
    if layer is None:
        return str(place["path"])
    made = f", made by: {place['instruction']}" if place["instruction"] else ""
    whose = f" ({place['origin']})" if place["origin"] in {"base", "own"} else ""
    return f"{place['path']}, since layer {layer}{whose}{made}"


def _evidence(match: Json) -> Iterator[str]:
    yield _row("advisory", f"{match['advisory']} from {match['feed']}")
    looked_up = f"{match['name']} in {match['bucket']}: {match['nameWhy']}"
    yield _row("looked up", looked_up, indent="    ")
    yield _row("range", match["constraint"], indent="    ")
    yield _row("compared", match["comparison"], indent="    ")
    doubts = f" ({'; '.join(match['notes'])})" if match["notes"] else ""
    yield _row("confidence", f"{match['confidence']}{doubts}", indent="    ")


def _fix(one: Json) -> str:
    versions = ", ".join(one["fixedVersions"])
    since = one.get("fixAvailable")
    dated = f", available since {since}" if since and isinstance(since, str) else ""
    return f"{one['fixState']} in {versions}{dated}" if versions else one["fixState"]


def _advisory(ref: Json) -> str:
    fixed = ", ".join(ref["fixedVersions"])
    said = [str(ref["id"])]
    said += [f"fixed in {fixed}"] if fixed else []
    said += [f"which needs {ref['needs']}"] if ref["needs"] else []
    said += [str(ref["url"])] if ref["url"] else []
    return ", ".join(said)


def _severity(severity: Json) -> Iterator[str]:
    source = severity["source"]
    yield _row(
        "severity",
        f"{severity['severity']}, by {source}"
        if source
        else "unknown: nobody rates it",
    )
    if severity["next"]:
        following = severity["next"]
        yield _row("next", f"{following['severity']}, by {following['source']}'s score")
    for score in severity["scores"]:
        yield _row(
            "score",
            f"{score['score']} ({score['severity']}) CVSS {score['version']}"
            f" by {score['source']}: {score['vector']}",
        )


def _exploitation(one: Json) -> Iterator[str]:
    epss, kev = one.get("epss"), one.get("kev")
    if isinstance(epss, Mapping):
        yield _row(
            "EPSS",
            f"{epss.get('score')} (percentile {epss.get('percentile')})"
            f" on {epss.get('date')}",
        )
    if isinstance(kev, Mapping):
        ransom = ", used by ransomware" if kev.get("ransomware") else ""
        yield _row("KEV", f"known to be exploited since {kev.get('dateAdded')}{ransom}")
    if exploits := one.get("exploits"):
        yield _row("exploits", _flat(exploits))
    risk = one.get("risk")
    if isinstance(risk, Mapping):
        factors = risk.get("factors")
        yield _row("risk", f"{risk.get('score')} of 100")
        for factor in factors if isinstance(factors, list) else ():
            if isinstance(factor, Mapping):
                words = f"{factor.get('name')}: {factor.get('effect')}"
                yield _row("", words)


def _flat(value: object) -> str:
    """Any plain value in a few words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flat(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(_flat(one) for one in value)
    return str(value)


def _rows(database: Json) -> Iterator[str]:
    same = database["isTheOneThatJudged"]
    yield (
        "in the database"
        if same
        else "in the database at hand, not the one that judged"
    )
    for row in database["advisories"]:
        yield from _advisory_row(row, indent="  ")
    for rating in database["ratings"]:
        yield _row("rating", f"{rating['rating']}, by {rating['source']}")


def _advisory_row(row: Json, *, indent: str) -> Iterator[str]:
    yield _row(
        "row", f"{row['id']} from {row['feed']} on {row['package']}", indent=indent
    )
    inner = indent + "  "
    for written in row["ranges"]:
        yield _row("range", written, indent=inner)
    if row["versions"]:
        yield _row("versions", ", ".join(row["versions"]), indent=inner)
    limits = [
        f"{label} {', '.join(value) if isinstance(value, list) else value}"
        for label, value in (
            ("where nothing fixes it", row["fixState"]),
            ("rated", row["rating"]),
            ("architectures", row["arches"]),
            ("module", row["modularity"]),
            ("channel", row["channel"]),
            ("products", row["cpes"]),
        )
        if value
    ]
    yield _row("says", "; ".join(limits), indent=inner)


def _package(one: Json) -> Iterator[str]:
    package, found = one["package"], one["lookedUp"]
    yield line(f"{package['name']} {package['version']}".strip())
    yield _row("package", package["purl"] or f"{package['type']} {package['name']}")
    if one["distro"]:
        yield _row("on", one["distro"])
    if package["owner"]:
        yield _row("installed by", package["owner"])
    if found is None:
        yield _row("looked up", "nowhere")
        yield _row("because", one["notJudged"])
        return
    yield _row(
        "looked up",
        f"{found['name']} in {', '.join(found['buckets'])}: {found['nameWhy']}",
    )
    yield _row("compared", f"{found['version']} by {found['order']}")
    said = one["vulnerabilities"]
    asked = f" about {one['asked']}" if one["asked"] else ""
    if not said:
        yield _row("advisories", f"the database holds none on that name{asked}")
        return
    affected = sum(1 for entry in said if entry["verdict"] == "affected")
    count = "1 vulnerability" if len(said) == 1 else f"{len(said)} vulnerabilities"
    yield _row("advisories", f"on {count}{asked}: affected by {affected}")
    for entry in said:
        yield ""
        yield from _vulnerability(entry)


def _vulnerability(entry: Json) -> Iterator[str]:
    also = f" ({', '.join(entry['aliases'])})" if entry["aliases"] else ""
    yield line(f"{entry['id']}{also}: {entry['verdict']}", _LINE)
    if entry["reason"]:
        yield _row("owner", entry["reason"])
    for advisory in entry["advisories"]:
        where = f" [{advisory['channel']}]" if advisory["channel"] else ""
        yield _row(
            f"{advisory['outcome']:15}",
            f"{advisory['id']} from {advisory['feed']}{where}: {advisory['reason']}",
        )
