"""From an image and an SBOM with everything that belongs to them, to findings taken out."""

from __future__ import annotations

import base64
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from imagebuilder import descriptor, image, sha256, write_directory
from policing import scanned
from vexing import found, ids, openvex, package_of, part, said

from shipworthy.images.layout import LayoutImage
from shipworthy.images.target import open_image
from shipworthy.policy.vex.match import apply_vex
from shipworthy.policy.vex.parents import parents_of
from shipworthy.policy.vex.read import may_hold_vex, read_attached, read_vex_bytes
from shipworthy.sboms.cyclonedx import read_cyclonedx
from shipworthy.sboms.links import links_of


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.1-2"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"


def _attested(app_digest: str, document: bytes) -> bytes:
    """What ``cosign attest --type openvex`` writes."""
    statement = {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://openvex.dev/ns",
        "subject": [
            {"name": "registry.example/app", "digest": {"sha256": app_digest[7:]}}
        ],
        "predicate": json.loads(document),
    }
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    envelope = {"payloadType": "application/vnd.in-toto+json", "payload": payload}
    return json.dumps({**envelope, "signatures": [{"sig": "x"}]}).encode()


@pytest.mark.parametrize("own", [True, False])
def test_vex_that_cosign_attached_takes_findings_out(own: bool, tmp_path: Path) -> None:
    """By the digest of the image that it was attached to, and by no other."""
    app = image({"etc/app": b"1"}, tag="registry.example/app:1")
    digest = sha256(app.manifest)
    named = digest if own else "sha256:" + "0" * 64
    document = openvex(said(CVE, [part(f"pkg:oci/app@{named}", "pkg:deb/debian/bash")]))
    layer = _attested(digest, document)
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": descriptor(b"{}", "application/vnd.oci.image.config.v1+json"),
            "layers": [
                descriptor(
                    layer, DSSE, annotations={"predicateType": "https://openvex.dev/ns"}
                )
            ],
        }
    ).encode()
    files = app.layout_files()
    files |= {
        f"blobs/sha256/{sha256(one)[7:]}": one for one in (layer, manifest, b"{}")
    }
    index = json.loads(files["index.json"])
    tag = {"org.opencontainers.image.ref.name": f"{digest.replace(':', '-')}.att"}
    index["manifests"].append(descriptor(manifest, MANIFEST, annotations=tag))
    files["index.json"] = json.dumps(index).encode()
    with closing(
        open_image(f"oci:{write_directory(files, tmp_path / 'app')}")
    ) as opened:
        assert isinstance(opened, LayoutImage)
        attached = opened.attached(may_hold_vex)
        scan = scanned([found(CVE, BASH)], image=opened.info)
    read = read_attached("attached", ((one.type, one.data) for one in attached))
    result = apply_vex(scan.findings, read.statements, scan, parents_of(scan.packages))
    assert ids(result) == ([CVE] if own else [])


def test_an_sbom_s_dependencies_tell_the_ways() -> None:
    """VEX of the SBOM's producer, by BOM-Link and by product, against the SBOM itself."""
    lib, leaf = "pkg:npm/lib@1.0.0", "pkg:npm/leaf@1.0.0"
    serial = "3e671687-395b-41f5-a30f-a58921a69b79"
    sbom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "app"}},
        "components": [
            {"type": "library", "name": "lib", "bom-ref": "1", "purl": lib},
            {"type": "library", "name": "leaf", "bom-ref": "2", "purl": leaf},
        ],
        "dependencies": [
            {"ref": "app", "dependsOn": ["1"]},
            {"ref": "1", "dependsOn": ["2"]},
        ],
    }
    by_product = openvex(said(CVE, [part(lib, leaf)]))
    by_link = json.dumps(
        {
            "bomFormat": "CycloneDX",
            "vulnerabilities": [
                {
                    "id": CVE,
                    "analysis": {"state": "resolved"},
                    "affects": [{"ref": f"urn:cdx:{serial}/1#2"}],
                }
            ],
        }
    ).encode()

    def gone(document: bytes) -> list[str]:
        data = json.dumps(sbom).encode()
        of, inventory = read_cyclonedx(data, target="sbom:x")
        told = links_of(data)
        finding = replace(found(CVE, leaf), package=package_of(leaf))
        scan = scanned([finding], image=of, packages=inventory.packages)
        parents = parents_of(inventory.packages, told.pairs, told.refs)
        read = read_vex_bytes("vex.json", document)
        return ids(apply_vex(scan.findings, read.statements, scan, parents))

    assert gone(by_product) == gone(by_link) == [CVE]
    sbom["dependencies"] = [
        {"ref": "app", "dependsOn": ["1", "2"]},
        {"ref": "1", "dependsOn": ["2"]},
    ]
    assert gone(by_product) == []
    sbom["version"] = 2
    assert gone(by_link) == []
