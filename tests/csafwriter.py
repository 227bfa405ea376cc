"""
Writes CSAF documents as Red Hat publishes them, for tests of what reads them.

Written from the format's documentation and from facts: the documents of the tests name real
vulnerabilities, products, builds and states, and only few of a document's entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote


Json = dict[str, Any]

ARCHES = ("aarch64", "ppc64le", "s390x", "x86_64")
CPES = {
    "red_hat_enterprise_linux_6": "cpe:/o:redhat:enterprise_linux:6",
    "red_hat_enterprise_linux_7": "cpe:/o:redhat:enterprise_linux:7",
    "red_hat_enterprise_linux_8": "cpe:/o:redhat:enterprise_linux:8",
    "red_hat_enterprise_linux_9": "cpe:/o:redhat:enterprise_linux:9",
    "red_hat_enterprise_linux_10": "cpe:/o:redhat:enterprise_linux:10",
    "AppStream-8.4.0.Z.MAIN.EUS": "cpe:/a:redhat:enterprise_linux:8::appstream",
    "AppStream-8.8.0.Z.MAIN.EUS": "cpe:/a:redhat:enterprise_linux:8::appstream",
    "BaseOS-8.1.0": "cpe:/o:redhat:enterprise_linux:8::baseos",
    "BaseOS-8.6.0.Z.EUS": "cpe:/o:redhat:rhel_eus:8.6::baseos",
    "BaseOS-8.8.0.Z.MAIN.EUS": "cpe:/o:redhat:enterprise_linux:8::baseos",
    "AppStream-9.0.0.Z.E4S": "cpe:/a:redhat:rhel_e4s:9.0::appstream",
    "BaseOS-9.0.0.Z.EUS": "cpe:/o:redhat:rhel_eus:9.0::baseos",
    "BaseOS-9.0.0.Z.MAIN.EUS": "cpe:/o:redhat:enterprise_linux:9::baseos",
    "AppStream-9.2.0.Z.EUS": "cpe:/a:redhat:rhel_eus:9.2::appstream",
    "AppStream-9.2.0.Z.MAIN.EUS": "cpe:/a:redhat:enterprise_linux:9::appstream",
    "BaseOS-9.2.0.Z.MAIN.EUS": "cpe:/o:redhat:enterprise_linux:9::baseos",
    "AppStream-9.3.0.Z.MAIN": "cpe:/a:redhat:enterprise_linux:9::appstream",
    "BaseOS-9.3.0.Z.MAIN": "cpe:/o:redhat:enterprise_linux:9::baseos",
    "AppStream-9.4.0.Z.EUS": "cpe:/a:redhat:rhel_eus:9.4::appstream",
    "AppStream-9.5.0.Z.MAIN": "cpe:/a:redhat:enterprise_linux:9::appstream",
    "9Base-RHOSE-4.16": "cpe:/a:redhat:openshift:4.16::el9",
    "red_hat_openshift_container_platform_4": "cpe:/a:redhat:openshift:4",
    "red_hat_products": "cpe:/a:redhat",
}
"""Products by their ids, as Red Hat's documents have them."""

_RELEASED = "2023-10-11T00:00:00+00:00"
_CWE = {
    "id": "CWE-119",
    "name": "Improper Restriction of Operations within the Bounds of a Memory Buffer",
}


@dataclass
class Document:
    """A document that grows by what is said in it."""

    cve: str
    severity: str = "Important"
    modified: str = "2024-10-17T22:40:06+00:00"
    purls: dict[str, str] = field(default_factory=dict)
    relations: dict[str, tuple[str, str]] = field(default_factory=dict)
    statuses: dict[str, list[str]] = field(default_factory=dict)
    remedies: list[Json] = field(default_factory=list)
    threats: list[Json] = field(default_factory=list)

    def fixed(
        self,
        product: str,
        nevr: str,
        *,
        rhsa: str = "",
        date: str = "",
        arches: Iterable[str] = ("x86_64", "aarch64", "src"),
        module: str = "",
    ) -> Document:
        """A build (``name-epoch:version-release``) that has the fix; ``module`` is its full label."""
        name, epoch, version = split(nevr)
        ids = []
        for arch in arches:
            query = f"arch={arch}"
            query += f"&epoch={epoch}" if epoch != "0" else ""
            query += f"&rpmmod={module}" if module else ""
            stream = ":".join(module.split(":")[:2])
            component = f"{nevr}.{arch}" + (f"::{stream}" if stream else "")
            self.purls[component] = (
                f"pkg:rpm/redhat/{name}@{quote(version, safe='~^')}?{query}"
            )
            ids.append(self._relate(product, component, "fixed"))
        if rhsa:
            remedy: Json = {
                "category": "vendor_fix",
                "details": "For details on how to apply this update, refer to: …",
                "product_ids": ids,
                "url": f"https://access.redhat.com/errata/{rhsa}",
            }
            self.remedies.append({**remedy, **({"date": date} if date else {})})
        return self

    def unfixed(
        self,
        product: str,
        *names: str,
        status: str = "known_affected",
        details: str = "",
        rating: str = "",
    ) -> Document:
        """Packages without a version: ``curl``, ``curl.src``, ``nodejs:18/nodejs``."""
        ids = []
        for name in names:
            plain, source, _ = name.partition(".src")
            stream, _, package = plain.rpartition("/")
            query = ["arch=src"] if source else []
            query += [f"rpmmod={stream}"] if stream else []
            self.purls[name] = f"pkg:rpm/redhat/{package}" + (
                f"?{'&'.join(query)}" if query else ""
            )
            ids.append(self._relate(product, name, status))
        if details:
            planned = details in {"Will not fix", "Out of support scope"}
            category = "no_fix_planned" if planned else "none_available"
            self.remedies.append(
                {"category": category, "details": details, "product_ids": ids}
            )
        if rating:
            self.threats.append(
                {"category": "impact", "details": rating, "product_ids": ids}
            )
        return self

    def container(self, product: str, image: str) -> Document:
        """A container image, which is no package."""
        self.purls[image] = (
            f"pkg:oci/{image}?repository_url=registry.redhat.io/openshift4/{image}"
        )
        self._relate(product, image, "known_affected")
        return self

    def vex(self, **more: Any) -> Json:
        """As ``vex/<year>/cve-….json``."""
        return self._document("csaf_vex", self.cve, **more)

    def advisory(self, rhsa: str) -> Json:
        """As ``advisories/<year>/rhsa-….json``."""
        return self._document("csaf_security_advisory", rhsa)

    def _flags(self) -> Json:
        """Why products that are not affected are not: VEX of CSAF must say it."""
        free = self.statuses.get("known_not_affected")
        if not free:
            return {}
        flag = {"label": "vulnerable_code_not_present", "product_ids": free}
        return {"flags": [flag]}

    def _relate(self, product: str, component: str, status: str) -> str:
        made = f"{product}:{component}"
        self.relations[made] = (component, product)
        self.statuses.setdefault(status, []).append(made)
        return made

    def _document(self, category: str, id_: str, **tracking: Any) -> Json:
        products = CPES.keys() & {product for _, product in self.relations.values()}
        everything = [id_ for ids in self.statuses.values() for id_ in ids]
        return {
            "document": {
                "aggregate_severity": {"text": self.severity},
                "category": category,
                "csaf_version": "2.0",
                "publisher": {
                    "category": "vendor",
                    "name": "Red Hat Product Security",
                    "namespace": "https://www.redhat.com",
                },
                "title": "something: a flaw",
                "tracking": {
                    "current_release_date": self.modified,
                    "id": id_,
                    "initial_release_date": _RELEASED,
                    "revision_history": [
                        {
                            "date": _RELEASED,
                            "number": "1",
                            "summary": "Initial version",
                        },
                        {
                            "date": self.modified,
                            "number": "2",
                            "summary": "Current version",
                        },
                    ],
                    "status": "final",
                    "version": "2",
                    **tracking,
                },
            },
            "product_tree": {
                "branches": [
                    {
                        "category": "vendor",
                        "name": "Red Hat",
                        "branches": [
                            *_family({p: CPES[p] for p in sorted(products)}),
                            *(_version(k, v) for k, v in self.purls.items()),
                        ],
                    }
                ],
                "relationships": [
                    _relation(made, *pair) for made, pair in self.relations.items()
                ],
            },
            "vulnerabilities": [
                {
                    "cve": self.cve,
                    "cwe": _CWE,
                    **self._flags(),
                    "notes": [
                        {"category": "description", "text": "A flaw was found in it."}
                    ],
                    "product_status": self.statuses,
                    "references": [
                        {
                            "category": "self",
                            "summary": "Canonical URL",
                            "url": f"https://access.redhat.com/security/cve/{self.cve}",
                        }
                    ],
                    "release_date": _RELEASED,
                    "remediations": [
                        *self.remedies,
                        {
                            "category": "workaround",
                            "details": "Mitigation for this issue is not available.",
                            "product_ids": everything,
                        },
                    ],
                    "scores": [
                        {
                            "cvss_v3": {
                                "baseScore": 7.5,
                                "baseSeverity": "HIGH",
                                "vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H",
                                "version": "3.1",
                            },
                            "products": everything,
                        }
                    ],
                    **({"threats": self.threats} if self.threats else {}),
                    "title": "something: a flaw",
                }
            ],
        }


def split(nevr: str) -> tuple[str, str, str]:
    """Name, epoch and version-release of ``name-epoch:version-release``."""
    head, _, version = nevr.partition(":")
    name, _, epoch = head.rpartition("-")
    return name, epoch, version


def repositories(cpes: Mapping[str, Iterable[str]]) -> Json:
    """``repository-to-cpe.json``."""
    return {
        "data": {
            name: {"cpes": list(found), "repo_relative_urls": ["content/dist/…"]}
            for name, found in cpes.items()
        }
    }


def _family(products: Mapping[str, str]) -> list[Json]:
    return [
        {
            "category": "product_family",
            "name": "Red Hat Enterprise Linux",
            "branches": [_product(id_, {"cpe": cpe}) for id_, cpe in products.items()],
        }
    ]


def _version(id_: str, purl: str) -> Json:
    return {**_product(id_, {"purl": purl}), "category": "product_version"}


def _product(id_: str, helper: Json) -> Json:
    return {
        "category": "product_name",
        "name": id_,
        "product": {
            "name": id_,
            "product_id": id_,
            "product_identification_helper": helper,
        },
    }


def _relation(made: str, component: str, product: str) -> Json:
    return {
        "category": "default_component_of",
        "full_product_name": {"name": made, "product_id": made},
        "product_reference": component,
        "relates_to_product_reference": product,
    }
