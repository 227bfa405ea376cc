"""Explanations as plain text for people, harmless to a terminal whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shipworthy.explain.render_policy import policy_rows
from shipworthy.explain.rows import LINE, labelled
from shipworthy.reports.text import line


Json = Mapping[str, Any]

_REFERENCES = 10


def render(explanations: Sequence[Json]) -> str:
    """All of them, one below the other; ends with a line end."""
    parts = [
        "\n".join(_finding(one) if one["subject"] == "finding" else _package(one))
        for one in explanations
    ]
    return "\n\n".join(parts) + "\n"


def _finding(one: Json) -> Iterator[str]:
    package = one["package"]
    yield line(f"{one['id']} in {package['name']} {package['version']}")
    if one["title"]:
        yield labelled("title", one["title"])
    if one["aliases"]:
        yield labelled("also known", ", ".join(one["aliases"]))
    yield labelled("package", package["purl"] or f"{package['type']} {package['name']}")
    if package["owner"]:
        yield labelled("installed by", package["owner"])
    for place in one["places"]:
        yield labelled("seen in", _place(place))
    if "platforms" in one:
        yield labelled("on", ", ".join(one["platforms"]))
    yield from policy_rows(one["policy"], one["suppressed"])
    yield ""
    yield "why it matches"
    for match in one["evidence"]:
        yield from _evidence(match)
    yield ""
    yield "fix"
    yield labelled("state", _fix(one))
    for ref in one["advisories"]:
        yield labelled("advisory", _advisory(ref))
    yield ""
    yield "how bad"
    yield from _severity(one["severity"])
    yield from _exploitation(one)
    references = one.get("references")
    for url in references[:_REFERENCES] if isinstance(references, list) else ():
        yield labelled("see", url)
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
    yield labelled("advisory", f"{match['advisory']} from {match['feed']}")
    looked_up = f"{match['name']} in {match['bucket']}: {match['nameWhy']}"
    yield labelled("looked up", looked_up, indent="    ")
    yield labelled("range", match["constraint"], indent="    ")
    yield labelled("compared", match["comparison"], indent="    ")
    doubts = f" ({'; '.join(match['notes'])})" if match["notes"] else ""
    yield labelled("confidence", f"{match['confidence']}{doubts}", indent="    ")


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
    yield labelled(
        "severity",
        f"{severity['severity']}, by {source}"
        if source
        else "unknown: nobody rates it",
    )
    if severity["next"]:
        following = severity["next"]
        yield labelled(
            "next", f"{following['severity']}, by {following['source']}'s score"
        )
    for score in severity["scores"]:
        yield labelled(
            "score",
            f"{score['score']} ({score['severity']}) CVSS {score['version']}"
            f" by {score['source']}: {score['vector']}",
        )


def _exploitation(one: Json) -> Iterator[str]:
    epss, kev = one.get("epss"), one.get("kev")
    if isinstance(epss, Mapping):
        yield labelled(
            "EPSS",
            f"{epss.get('score')} (percentile {epss.get('percentile')})"
            f" on {epss.get('date')}",
        )
    if isinstance(kev, Mapping):
        ransom = ", used by ransomware" if kev.get("ransomware") else ""
        yield labelled(
            "KEV", f"known to be exploited since {kev.get('dateAdded')}{ransom}"
        )
    if exploits := one.get("exploits"):
        yield labelled("exploits", _flat(exploits))
    risk = one.get("risk")
    if isinstance(risk, Mapping):
        factors = risk.get("factors")
        yield labelled("risk", f"{risk.get('score')} of 100")
        for factor in factors if isinstance(factors, list) else ():
            if isinstance(factor, Mapping):
                words = f"{factor.get('name')}: {factor.get('effect')}"
                yield labelled("", words)


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
        yield labelled("rating", f"{rating['rating']}, by {rating['source']}")


def _advisory_row(row: Json, *, indent: str) -> Iterator[str]:
    yield labelled(
        "row", f"{row['id']} from {row['feed']} on {row['package']}", indent=indent
    )
    inner = indent + "  "
    for written in row["ranges"]:
        yield labelled("range", written, indent=inner)
    if row["versions"]:
        yield labelled("versions", ", ".join(row["versions"]), indent=inner)
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
    yield labelled("says", "; ".join(limits), indent=inner)


def _package(one: Json) -> Iterator[str]:
    package, found = one["package"], one["lookedUp"]
    yield line(f"{package['name']} {package['version']}".strip())
    yield labelled("package", package["purl"] or f"{package['type']} {package['name']}")
    if one["distro"]:
        yield labelled("on", one["distro"])
    if package["owner"]:
        yield labelled("installed by", package["owner"])
    if found is None:
        yield labelled("looked up", "nowhere")
        yield labelled("because", one["notJudged"])
        return
    yield labelled(
        "looked up",
        f"{found['name']} in {', '.join(found['buckets'])}: {found['nameWhy']}",
    )
    yield labelled("compared", f"{found['version']} by {found['order']}")
    said = one["vulnerabilities"]
    asked = f" about {one['asked']}" if one["asked"] else ""
    if not said:
        yield labelled("advisories", f"the database holds none on that name{asked}")
        return
    affected = sum(1 for entry in said if entry["verdict"] == "affected")
    count = "1 vulnerability" if len(said) == 1 else f"{len(said)} vulnerabilities"
    yield labelled("advisories", f"on {count}{asked}: affected by {affected}")
    for entry in said:
        yield ""
        yield from _vulnerability(entry)


def _vulnerability(entry: Json) -> Iterator[str]:
    also = f" ({', '.join(entry['aliases'])})" if entry["aliases"] else ""
    yield line(f"{entry['id']}{also}: {entry['verdict']}", LINE)
    if entry["reason"]:
        yield labelled("owner", entry["reason"])
    for advisory in entry["advisories"]:
        where = f" [{advisory['channel']}]" if advisory["channel"] else ""
        yield labelled(
            f"{advisory['outcome']:15}",
            f"{advisory['id']} from {advisory['feed']}{where}: {advisory['reason']}",
        )
