"""Short ways to write VEX and to hold it against findings in tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from judging import finding
from policing import scanned

from shipworthy.model.finding import Finding
from shipworthy.model.image import ImageConfig, ImageInfo
from shipworthy.model.package import Distro, Package
from shipworthy.model.purl_parse import parse_purl
from shipworthy.policy.vex.match import VexChoice, Vexed, apply_vex
from shipworthy.policy.vex.parents import Parents, parents_of
from shipworthy.policy.vex.read import read_vex_bytes
from shipworthy.policy.vex.statement import VexStatement


DIGEST = "sha256:4482958b4461ff7d9fabc24b3a9ab1e9a2c85ece07b2db1840c7cbc01d053e90"
OCI = f"pkg:oci/debian@{DIGEST}"
WHY = "vulnerable_code_not_in_execute_path"


def image(*tags: str, digest: str = DIGEST, **more: object) -> ImageInfo:
    """An image of that digest for linux/amd64."""
    fields: dict[str, object] = {
        "target": "image.tar",
        "kind": "oci-archive",
        "tags": tags,
        "manifest_digest": digest,
        "platform": "linux/amd64",
        "config": ImageConfig(os="linux", architecture="amd64"),
    }
    return ImageInfo(**{**fields, **more})  # type: ignore[arg-type]  # keywords of a test


def package_of(purl: str, **more: object) -> Package:
    """The package that a purl names."""
    url = parse_purl(purl)
    joint = ":" if url.type == "maven" else "/"
    named = url.type not in {"deb", "rpm", "apk"} and url.namespace
    fields: dict[str, object] = {
        "type": url.type,
        "name": f"{url.namespace}{joint}{url.name}" if named else url.name,
        "version": url.version,
        "purl": purl,
    }
    return Package(**{**fields, **more})  # type: ignore[arg-type]  # keywords of a test


def found(
    id_: str, package: str | Package, *, aliases: tuple[str, ...] = ()
) -> Finding:
    """A high finding in a package, which may be given by its purl."""
    known = package_of(package) if isinstance(package, str) else package
    return replace(finding(id_, "high", aliases=aliases), package=known)


def openvex(*statements: object, **head: object) -> bytes:
    """An OpenVEX document."""
    document: dict[str, object] = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://openvex.dev/docs/example/vex-1",
        "author": "Example",
        "timestamp": "2024-01-01T00:00:00Z",
        "version": 1,
        "statements": list(statements),
    }
    return json.dumps({**document, **head}).encode()


def said(
    cve: object,
    products: Iterable[object],
    status: str = "not_affected",
    **more: object,
) -> dict[str, object]:
    """A statement of OpenVEX 0.2.0."""
    statement: dict[str, object] = {
        "vulnerability": {"name": cve} if isinstance(cve, str) else cve,
        "products": [{"@id": one} if isinstance(one, str) else one for one in products],
        "status": status,
    }
    if status == "not_affected":
        statement["justification"] = WHY
    return {**statement, **more}


def part(product: str, *subcomponents: str) -> dict[str, object]:
    """A product with subcomponents."""
    return {"@id": product, "subcomponents": [{"@id": one} for one in subcomponents]}


def statements(*documents: bytes) -> tuple[VexStatement, ...]:
    """The statements of documents, which are called by their place."""
    return tuple(
        statement
        for at, document in enumerate(documents)
        for statement in read_vex_bytes(f"vex-{at}.json", document).statements
    )


def vexed(
    findings: Sequence[Finding],
    *documents: bytes,
    of: ImageInfo | None = None,
    packages: Sequence[Package] = (),
    parents: Parents | None = None,
    distro: Distro | None = None,
    choices: Sequence[VexChoice] = (),
) -> Vexed:
    """What the documents make of the findings."""
    all_packages = tuple(dict.fromkeys((*packages, *(one.package for one in findings))))
    scan = scanned(findings, image=of or image(), packages=all_packages, distro=distro)
    return apply_vex(
        findings,
        statements(*documents),
        scan,
        parents or parents_of(all_packages),
        choices,
    )


def ids(vexed_: Vexed) -> list[str]:
    """The findings that were taken out."""
    return [item.finding.id for item in vexed_.suppressed]
