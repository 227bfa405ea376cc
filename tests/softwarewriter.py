"""Projects' own advisories for tests, written from the formats' documentation and real facts."""

from __future__ import annotations

from feedwriter import Json


def cve_record(
    cve: str,
    product: str,
    *versions: Json,
    default: str = "unaffected",
    **cna: object,
) -> Json:
    """A CVE record 5.1 with one product, as a numbering authority publishes it."""
    entry = {
        "vendor": "n/a",
        "product": product,
        "defaultStatus": default,
        "versions": list(versions),
    }
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": cve,
            "state": "PUBLISHED",
            "dateUpdated": "2024-11-14T13:00:08.586Z",
        },
        "containers": {"cna": {"affected": [entry], **cna}},
    }


def below(
    first: str, end: str, *, kind: str = "custom", status: str = "affected"
) -> Json:
    """An entry of ``versions`` from one version to before another."""
    return {"version": first, "lessThan": end, "status": status, "versionType": kind}


def upto(first: str, last: str) -> Json:
    """An entry of ``versions`` from one version to another, both affected."""
    return {
        "version": first,
        "lessThanOrEqual": last,
        "status": "affected",
        "versionType": "semver",
    }


def alone(version: str, status: str = "affected") -> Json:
    """An entry of ``versions`` of one version, or of what an authority writes there."""
    return {"version": version, "status": status}


def cpe_match(product: str, *, vulnerable: bool = True, **more: object) -> Json:
    """One ``cpeMatch`` of an NVD configuration; ``product`` up to the field before the last ones."""
    fields = product.split(":")
    criteria = ":".join(["cpe", "2.3", *fields, *["*"] * (11 - len(fields))])
    return {"vulnerable": vulnerable, "criteria": criteria, **more}


def nvd_cve(cve: str, *configurations: Json) -> Json:
    """A CVE of NVD's year files with configurations."""
    return {
        "id": cve,
        "lastModified": "2024-01-01T00:00:00.000",
        "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "en", "value": f"About {cve}."}],
        "configurations": list(configurations),
    }


def any_of(*matches: Json) -> Json:
    """A node of alternatives."""
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches)}


NGINX = """<!DOCTYPE article SYSTEM "../../dtd/article.dtd">
<article name="nginx security advisories" lang="en" rev="1"><section><security>
<item name="1-byte memory overwrite in resolver" severity="medium" cve="2021-23017"
 good="1.21.0+, 1.20.1+" vulnerable="0.6.18-1.20.0"><patch name="p.txt" /></item>
<item name="Excessive CPU usage in HTTP/2" severity="medium" cve="2019-9511"
 good="1.17.3+, 1.16.1+" vulnerable="1.9.5-1.17.2"></item>
<item name="Buffer overwrite in HTTP/3" severity="medium" cve="2024-32760"
 good="1.27.0+, 1.26.1+" vulnerable="1.25.0-1.25.5, 1.26.0"></item>
<item name="NULL pointer dereference in HTTP/3" severity="major" cve="2024-24989"
 good="1.25.4+" vulnerable="1.25.3"></item>
<item name="Memory corruption in mp4" severity="medium" cve="2022-41741"
 good="1.23.2+, 1.22.1+" vulnerable="1.1.3-1.23.1, 1.0.7-1.0.15"></item>
<item name="Windows directory aliases" severity="medium" cve="2011-4963"
 good="1.3.1+, 1.2.1+" vulnerable="nginx/Windows 0.7.52-1.3.0" />
<item name="An error log data are not sanitized" severity="none" cve="2009-4487"
 good="none" vulnerable="all" />
<item name="8.3 pseudonyms" severity="major" core="CORE-2010-0121"
 good="0.8.33+, 0.7.65+" vulnerable="nginx/Windows 0.7.52-0.8.32" />
<item name="Broken" severity="low" cve="2024-1" good="1.0.0+" vulnerable="1.0-x" />
</security></section></article>
"""
"""Items of nginx' list with their real versions, then one without a CVE and a broken one."""

WORDPRESS: Json = {
    "c0c2a4c8-0000-4000-8000-000000000001": {
        "id": "c0c2a4c8-0000-4000-8000-000000000001",
        "title": "WordPress Core < 6.5.5 - Authenticated Stored Cross-Site Scripting",
        "software": [
            {
                "type": "core",
                "name": "WordPress",
                "slug": "wordpress",
                "affected_versions": {
                    "6.4 - 6.4.4": {
                        "from_version": "6.4",
                        "from_inclusive": True,
                        "to_version": "6.4.4",
                        "to_inclusive": True,
                    },
                    "6.5 - 6.5.4": {
                        "from_version": "6.5",
                        "from_inclusive": True,
                        "to_version": "6.5.4",
                        "to_inclusive": True,
                    },
                },
                "patched": True,
                "patched_versions": ["6.4.5", "6.5.5"],
            }
        ],
        "informational": False,
        "description": "Stored cross-site scripting.",
        "references": ["https://wordpress.org/news/2024/06/wordpress-6-5-5/"],
        "cvss": {
            "vector": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N",
            "score": 6.4,
            "rating": "Medium",
        },
        "cve": "CVE-2024-31111",
        "published": "2024-06-24 00:00:00",
        "updated": "2024-06-26 12:00:00",
    },
    "a-plugin": {
        "software": [{"type": "plugin", "slug": "akismet", "affected_versions": {}}],
        "cve": "CVE-2015-9357",
    },
    "no-cve": {
        "software": [{"type": "core", "slug": "wordpress", "affected_versions": {}}],
        "cve": None,
    },
}
"""Wordfence's production feed: one of WordPress' core, one of a plugin, one without a CVE."""
