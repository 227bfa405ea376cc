"""What all findings of a result share in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from orjson import Fragment

from shipworthy.reports.asff_hub import SecurityHub
from shipworthy.reports.asff_words import (
    Standing,
    filled,
    fit,
    named_fields,
    severity_of,
)
from shipworthy.reports.image_purl import image_name
from shipworthy.reports.json import piece
from shipworthy.reports.members import members, object_of
from shipworthy.reports.moment import judged_at


Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """What all findings of a result share; the same as itself alone."""

    subject: str
    """The image's repository without tag or digest, else the target: the same in every build."""
    at: str
    """When it was judged."""
    account: str
    diff_ids: Mapping[int, str]
    remedies: Mapping[str, str]
    """What to do, by the fingerprint of a finding that it closes."""
    pairs: Sequence[tuple[str, str]]
    """Product fields that are the same for all, in the order of their names."""
    dated: Mapping[str, object]
    """The first of them, as it is told."""
    observed: bytes
    """Members that all findings have: since when, and whose they are."""
    product: bytes
    resources: bytes
    """The image, and the version of the format."""
    updated: bytes

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
            account=hub.account_id,
            diff_ids={layer["index"]: layer["diffId"] for layer in image["layers"]},
            remedies=remedies,
            pairs=pairs,
            dated=named_fields(pairs[:1]),
            observed=members({"LastObservedAt": at}),
            product=members({"ProductArn": hub.product}),
            resources=members(
                {
                    "Resources": [_resource(document, hub)],
                    "SchemaVersion": "2018-10-08",
                }
            ),
            updated=members({"UpdatedAt": at}),
        )


class Rating(NamedTuple):
    """How findings of one severity and of the same types are classed."""

    severity: bytes
    types: bytes
    """Members of a finding."""
    provider: Fragment
    """The same as the provider of the finding gives it; AWS may be told another one by its users."""


@lru_cache(maxsize=1 << 6)
def rating(severity: str, types: tuple[str, ...]) -> Rating:
    """The classes of a finding with these types in AWS's taxonomy."""
    told = severity_of(severity)
    own = {key: told[key] for key in ("Label", "Original")}
    return Rating(
        severity=members({"Severity": told}),
        types=members({"Types": types}),
        provider=piece({"Severity": own, "Types": types}),
    )


class Frame(NamedTuple):
    """What findings of one origin have in common, wherever they are."""

    rated: Rating
    start: bytes
    """The members up to who found it; nothing where nothing describes it."""
    told: Mapping[str, object]
    """The same as they are."""

    @classmethod
    def of(
        cls, scope: Scope, rated: Rating, generator: str, text: str, first: str = ""
    ) -> Frame:
        """
        The frame of a finding.

        Args:
            scope: What all findings share.
            rated: How it is classed.
            generator: Who found it: a name that is the same in every result.
            text: What describes it.
            first: When it was first observed, where that was not now.
        """
        first = first or scope.at
        start = {
            "AwsAccountId": scope.account,
            "CreatedAt": first,
            "Description": text,
            "FindingProviderFields": rated.provider,
            "FirstObservedAt": first,
            "GeneratorId": generator,
        }
        return cls(rated, members(start) if text else b"", start)


def framed(
    scope: Scope,
    frame: Frame,
    standing: Standing,
    *,
    id_: str,
    title: str,
    fields: bytes,
    remediation: Mapping[str, object] | None = None,
    vulnerabilities: bytes = b"",
) -> bytes:
    """
    A finding of whatever kind as JSON, its members in the order of their names.

    Args:
        scope: What all findings share.
        frame: What those of its origin share.
        standing: Whether it counts.
        id_: What it is imported by.
        title: Never empty; it describes what nothing else does.
        fields: What only we tell, as members.
        remediation: What to do, in the order of its names.
        vulnerabilities: The member that tells what is known of the vulnerability.
    """
    return object_of(
        (
            frame.start or members({**frame.told, "Description": title}),
            b'"Id":%b' % orjson.dumps(id_),
            scope.observed,
            standing.note,
            scope.product,
            b'"ProductFields":{%b}' % fields,
            standing.record,
            b'"Remediation":%b' % orjson.dumps(remediation) if remediation else b"",
            scope.resources,
            frame.rated.severity,
            b'"Title":%b' % orjson.dumps(title),
            frame.rated.types,
            scope.updated,
            vulnerabilities,
            standing.workflow,
        )
    )


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
