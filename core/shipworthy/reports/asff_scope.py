"""What all findings of a result share in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from shipworthy.reports.asff_hub import SecurityHub
from shipworthy.reports.asff_words import (
    TITLE,
    Standing,
    filled,
    fit,
    run,
    severity_of,
)
from shipworthy.reports.image_purl import image_name
from shipworthy.reports.moment import judged_at


Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """What all findings of a result share; the same as itself alone."""

    subject: str
    """The image's repository without tag or digest, else the target: the same in every build."""
    at: str
    """When it was judged."""
    diff_ids: Mapping[int, str]
    remedies: Mapping[str, str]
    """What to do, by the fingerprint of a finding that it closes."""
    pairs: Sequence[tuple[str, str]]
    """Product fields that are the same for all, in the order of their names."""
    account: str
    """Members that all findings have, each with a comma behind it: whose they are, and when they were observed."""
    observed: str
    product: str
    resources: str
    """The image, and the version of the format."""
    updated: str

    @classmethod
    def of(cls, document: Document, hub: SecurityHub) -> Scope:
        """The scope of a result whose findings are imported into ``hub``."""
        image, verdict, tool = document["image"], document["verdict"], document["tool"]
        named = image_name(document)
        repository = dict(named.qualifiers).get("repository_url") if named else None
        target = document["target"]["name"]
        remedies: dict[str, str] = {}
        for action in document["remediation"]:
            for mark in action["closes"]:
                remedies.setdefault(mark, action["title"])
        at = judged_at(document)
        pairs = (
            ("database/date", document["database"]["date"]),
            ("target", target),
            ("verdict", verdict["status"]),
            ("version", tool["version"]),
        )
        return cls(
            subject=repository or target,
            at=at,
            diff_ids={layer["index"]: layer["diffId"] for layer in image["layers"]},
            remedies=remedies,
            pairs=pairs,
            account=run({"AwsAccountId": hub.account_id}),
            observed=run({"LastObservedAt": at}),
            product=run({"ProductArn": hub.product}),
            resources=run(
                {
                    "Resources": [_resource(document, hub)],
                    "SchemaVersion": "2018-10-08",
                }
            ),
            updated=run({"UpdatedAt": at}),
        )


class Rating(NamedTuple):
    """How findings of one severity and of the same types are classed."""

    severity: str
    types: str
    """Members of a finding, each with a comma behind it."""
    provider: str
    """Member: the same as the provider of the finding gives it; AWS may be told another one by its users."""


@lru_cache(maxsize=1 << 6)
def rating(severity: str, types: tuple[str, ...]) -> Rating:
    """The classes of a finding with these types in AWS's taxonomy."""
    told = severity_of(severity)
    own = {key: told[key] for key in ("Label", "Original")}
    return Rating(
        severity=run({"Severity": told}),
        types=run({"Types": types}),
        provider=run({"FindingProviderFields": {"Severity": own, "Types": types}}),
    )


class Frame(NamedTuple):
    """What findings of one origin have in common, wherever they are, as members of them, each with a comma behind it."""

    rated: Rating
    created: str
    """Whose they are, and since when they are known."""
    description: str
    """Empty where nothing describes them but their titles."""
    provided: str
    """Who found them, and how they are classed there."""

    @classmethod
    def of(
        cls, scope: Scope, rated: Rating, id_: str, text: str, first: str = ""
    ) -> Frame:
        """
        The frame of a finding.

        Args:
            scope: What all findings share.
            rated: How it is classed.
            id_: Of what was found; who found it is named after that, the same in every result.
            text: What describes it.
            first: When it was first observed, where that was not now.
        """
        moment = first or scope.at
        generator = fit(f"shipworthy/{id_}", TITLE)
        return cls(
            rated,
            f'{scope.account}"CreatedAt":"{moment}",',
            f'"Description":{orjson.dumps(text).decode()},' if text else "",
            f'{rated.provider}"FirstObservedAt":"{moment}",'
            f'"GeneratorId":{orjson.dumps(generator).decode()},',
        )


def framed(
    scope: Scope,
    frame: Frame,
    standing: Standing,
    id_: str,
    title: str,
    fields: str,
    told: str = "",
    remediation: str = "",
) -> bytes:
    """
    A finding of whatever kind as JSON, its members in the order of their names.

    Members are handed over with a comma behind each.

    Args:
        scope: What all findings share.
        frame: What those of its origin share.
        standing: Whether it counts.
        id_: What it is imported by: ours, of plain letters.
        title: A text as JSON, never an empty one; it describes what nothing else does.
        fields: What only we tell, as members.
        told: The member that tells what is known of the vulnerability.
        remediation: The member that tells what to do.
    """
    described = frame.description or f'"Description":{title},'
    return (
        f'{{{frame.created}{described}{frame.provided}"Id":"{id_}",'
        f'{scope.observed}{standing.note}{scope.product}"ProductFields":{{{fields[:-1]}}},'
        f"{standing.record}{remediation}{scope.resources}{frame.rated.severity}"
        f'"Title":{title},{frame.rated.types}{scope.updated}{told}{standing.workflow[:-1]}}}'
    ).encode()


def _resource(document: Document, hub: SecurityHub) -> dict[str, object]:
    """The image; which running containers there are of it nobody knows here."""
    image, target = document["image"], document["target"]["name"]
    name = fit(image["tags"][0] if image["tags"] else target).strip()
    digest = fit(image["manifestDigest"] or image["imageId"])
    container = filled({"ImageId": digest, "ImageName": name})
    return filled(
        {
            "Type": "Container",
            "Id": "@".join(filter(None, (name, digest))).strip() or "image",
            "Partition": hub.partition,
            "Region": hub.region,
            "Details": {"Container": container} if container else {},
        }
    )
