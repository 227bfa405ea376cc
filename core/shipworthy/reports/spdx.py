"""
SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3/): the software of the image, with what is known against it.

The namespace is a hash of the content. SPDX asks for the time of its making and knows no other than a clock's; here it
is the day of judging, and 1970-01-01 where none is known. Vulnerabilities stand where version 2.3 has room for
them (annex K): advisories as external references of the category ``SECURITY``, findings as annotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.reports.bom import (
    Document,
    day_of,
    identified,
    looked_for_vulnerabilities,
    shown,
    subject,
)
from shipworthy.reports.spdx_findings import Remarks, remarks_of
from shipworthy.reports.spdx_licences import Licences
from shipworthy.reports.spdx_packages import Json, image_part, package_part, system_part


DOCUMENT_ID = "SPDXRef-DOCUMENT"
NO_DAY = "1970-01-01T00:00:00Z"


class SpdxReport:
    """The bill of materials in JSON, for who reads SPDX."""

    name = "spdx"
    suffix = ".spdx.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the document."""
        return identified(_content(document), "documentNamespace")[1]


def _content(document: Document) -> Json:
    tool = document["tool"]
    creator = f"Tool: {shown(tool['name']) or 'shipworthy'}-{shown(tool['version'])}"
    created = day_of(document) or NO_DAY
    looked = looked_for_vulnerabilities(document)
    remarks = (
        remarks_of(document, creator=creator, date=created) if looked else Remarks()
    )
    licences = Licences()
    packages = _packages(document, licences, remarks)
    image = packages[0]["SPDXID"]
    named = subject(document)
    content: Json = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT_ID,
        "name": f"{named.name} {named.version}".strip(),
        "creationInfo": {"created": created, "creators": [creator]},
        "packages": packages,
        "relationships": [
            _relationship(DOCUMENT_ID, "DESCRIBES", image),
            *(
                _relationship(image, "CONTAINS", package["SPDXID"])
                for package in packages[1:]
            ),
        ],
    }
    if told := licences.extracted():
        content["hasExtractedLicensingInfos"] = told
    if not document["coverage"]["complete"]:
        content["comment"] = (
            "Part of the image could not be read: this list is not complete."
        )
    return content


def _packages(document: Document, licences: Licences, remarks: Remarks) -> list[Json]:
    """The image, the operating system where one is known, and every package, with what is told against each."""
    made = [image_part(document)]
    of_system = made[0]
    if document["distro"] is not None:
        of_system = system_part(document["distro"])
        made.append(of_system)
    used = {one["SPDXID"] for one in made}
    layers = {
        one["index"]: f" (layer {shown(one['diffId'])})" if one["diffId"] else ""
        for one in document["image"]["layers"]
    }
    for package in document["packages"]:
        part = package_part(package, used, licences, layers)
        used.add(part["SPDXID"])
        remarks.put(part, package)
        made.append(part)
    remarks.rest(of_system=of_system, others=made[0])
    return made


def _relationship(element: str, how: str, related: str) -> Json:
    return {
        "spdxElementId": element,
        "relationshipType": how,
        "relatedSpdxElement": related,
    }
