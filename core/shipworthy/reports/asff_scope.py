"""What all findings of a result share in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from orjson import Fragment

from shipworthy.reports.asff_hub import SecurityHub
from shipworthy.reports.asff_words import filled, fit, product_fields, severity_of
from shipworthy.reports.image_purl import image_name
from shipworthy.reports.json import piece
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
    resources: Fragment
    diff_ids: Mapping[int, str]
    remedies: Mapping[str, str]
    """What to do, by the fingerprint of a finding that it closes."""
    shared: dict[str, object]
    """Product fields that are the same for all."""

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
            resources=piece([_resource(document, hub)]),
            diff_ids={layer["index"]: layer["diffId"] for layer in image["layers"]},
            remedies=remedies,
            shared=product_fields(
                (
                    ("version", tool["version"]),
                    ("target", target),
                    ("verdict", verdict["status"]),
                    ("database/date", document["database"]["date"]),
                )
            ),
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


def framed(
    scope: Scope,
    rated: Rating,
    *,
    generator: str,
    title: str,
    text: str,
    fields: Mapping[str, object],
    first: str = "",
) -> dict[str, object]:
    """
    What every finding has, of whatever kind it is, but for its id.

    Args:
        scope: What all findings share.
        rated: How it is classed.
        generator: Who found it: a name that is the same in every result.
        title: Never empty.
        text: What describes it; where there is none, the title does.
        fields: What only we tell, under our name.
        first: When it was first observed, where that was not now.
    """
    first = first or scope.at
    return {
        "SchemaVersion": "2018-10-08",
        "AwsAccountId": scope.account,
        "ProductArn": scope.product,
        "Resources": scope.resources,
        "GeneratorId": generator,
        "Types": rated.types,
        "FirstObservedAt": first,
        "LastObservedAt": scope.at,
        "CreatedAt": first,
        "UpdatedAt": scope.at,
        "Severity": rated.severity,
        "FindingProviderFields": rated.provider,
        "Title": title,
        "Description": text or title,
        "ProductFields": fields,
    }


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
