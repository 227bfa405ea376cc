"""What all findings of a result share in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from orjson import Fragment

from shipworthy.reports.asff_hub import SecurityHub
from shipworthy.reports.asff_words import (
    Standing,
    filled,
    fit,
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
    product: str
    diff_ids: Mapping[int, str]
    remedies: Mapping[str, str]
    """What to do, by the fingerprint of a finding that it closes."""
    pairs: Sequence[tuple[str, str]]
    """Product fields that are the same for all, in the order of their names."""
    resources: Fragment

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
        return cls(
            subject=repository or target,
            at=judged_at(document),
            account=hub.account_id,
            product=hub.product,
            diff_ids={layer["index"]: layer["diffId"] for layer in image["layers"]},
            remedies=remedies,
            pairs=(
                ("database/date", document["database"]["date"]),
                ("target", target),
                ("verdict", verdict["status"]),
                ("version", tool["version"]),
            ),
            resources=piece([_resource(document, hub)]),
        )


class Rating(NamedTuple):
    """How findings of one severity and of the same types are classed."""

    severity: Fragment
    types: Fragment
    provider: Fragment
    """The same as the provider of the finding gives it; AWS may be told another one by its users."""


@lru_cache(maxsize=1 << 6)
def rating(severity: str, types: tuple[str, ...]) -> Rating:
    """The classes of a finding with these types in AWS's taxonomy."""
    told = severity_of(severity)
    own = {key: told[key] for key in ("Label", "Original")}
    return Rating(
        severity=piece(told),
        types=piece(types),
        provider=piece({"Severity": own, "Types": types}),
    )


class Frame(NamedTuple):
    """What findings of one origin have in common, wherever they are."""

    rated: Rating
    start: bytes
    """The members up to who found it; nothing where nothing describes it."""
    undescribed: Mapping[str, object]
    """The same but for what describes it."""

    @classmethod
    def of(
        cls, scope: Scope, rated: Rating, *, generator: str, text: str, first: str = ""
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
            "FindingProviderFields": rated.provider,
            "FirstObservedAt": first,
            "GeneratorId": generator,
        }
        told = members({**start, "Description": text}) if text else b""
        return cls(rated=rated, start=told, undescribed=start)


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
        remediation: What to do.
        vulnerabilities: The member that tells what is known of the vulnerability.
    """
    closing: dict[str, object] = {
        "RecordState": standing.record,
        "Resources": scope.resources,
        "SchemaVersion": "2018-10-08",
        "Severity": frame.rated.severity,
        "Title": title,
        "Types": frame.rated.types,
        "UpdatedAt": scope.at,
    }
    if remediation:
        closing["Remediation"] = remediation
    return object_of(
        (
            frame.start or members({**frame.undescribed, "Description": title}),
            members(
                {
                    "Id": id_,
                    "LastObservedAt": scope.at,
                    "ProductArn": scope.product,
                    **standing.note,
                }
            ),
            b'"ProductFields":{%b}' % fields,
            members(closing),
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
