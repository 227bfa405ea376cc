"""
Writes the ``updateinfo`` of a package repository, true to createrepo_c's format as Amazon publishes it.

Written from the format's documentation; the facts in the tests are those of real advisories.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr


def package(
    name: str, version: str, release: str, arch: str = "x86_64", epoch: str = "0"
) -> str:
    """One binary package."""
    file = f"Packages/{name}-{version}-{release}.{arch}.rpm"
    return (
        f"<package arch={quoteattr(arch)} epoch={quoteattr(epoch)} name={quoteattr(name)}"
        f" release={quoteattr(release)} version={quoteattr(version)}>"
        f"<filename>{escape(file)}</filename></package>"
    )


def update(
    id_: str,
    cves: Iterable[str],
    packages: Iterable[str],
    *,
    severity: str = "important",
    issued: str = "2023-02-17 20:41",
    description: str = "",
    type_: str = "security",
) -> str:
    """One advisory."""
    references = "".join(
        f'<reference href="http://cve.mitre.org/cgi-bin/cvename.cgi?name={cve}"'
        f' id={quoteattr(cve)} title="" type="cve" />'
        for cve in cves
    )
    return (
        '<update author="linux-security@amazon.com" from="linux-security@amazon.com"'
        f' status="final" type={quoteattr(type_)} version="1.4"><id>{escape(id_)}</id>'
        f'<title>{escape(id_)}</title><issued date={quoteattr(issued)} /><updated date="2023-09-25 22:11" />'
        f"<severity>{escape(severity)}</severity><description>{escape(description)}</description>"
        f"<references>{references}</references>"
        '<pkglist><collection short="amazon-linux"><name>Amazon Linux</name>'
        f"{''.join(packages)}</collection></pkglist></update>"
    )


def updateinfo(*updates: str) -> bytes:
    """The file."""
    return f'<?xml version="1.0" ?>\n<updates>{"".join(updates)}</updates>'.encode()
