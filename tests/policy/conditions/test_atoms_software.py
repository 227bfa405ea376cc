"""Questions about packages, by real ones: names, purls, versions, types and licences."""

from __future__ import annotations

import pytest
from asking import closed, found
from judging import package

from shipworthy.model.package import Package
from shipworthy.model.purl import purl


OPENSSL = Package(
    type="deb",
    name="libssl3",
    version="3.0.11-1~deb12u2",
    purl="pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12",
    source="openssl",
)
LOG4J = Package(
    type="maven",
    name="org.apache.logging.log4j:log4j-core",
    version="2.14.1",
    purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
)
BABEL = Package(
    type="npm",
    name="@babel/traverse",
    version="7.22.5",
    purl="pkg:npm/%40babel/traverse@7.22.5",
)
JINJA = Package(
    type="pypi", name="Jinja2", version="3.1.2", purl="pkg:pypi/jinja2@3.1.2"
)
NETTY = Package(
    type="golang",
    name="golang.org/x/net",
    version="v0.17.0",
    purl="pkg:golang/golang.org/x/net@v0.17.0",
)


@pytest.mark.parametrize(
    ("text", "one", "meant"),
    [
        ("libssl3", OPENSSL, True),
        ("openssl", OPENSSL, False),
        ("libssl*", OPENSSL, True),
        ("pkg:deb/debian/libssl3", OPENSSL, True),
        ("pkg:deb/libssl3", OPENSSL, True),
        ("pkg:deb/ubuntu/libssl3", OPENSSL, False),
        ("pkg:deb/debian/libssl3?arch=amd64", OPENSSL, True),
        ("pkg:deb/debian/libssl3?arch=arm64", OPENSSL, False),
        ("pkg:deb/debian/libssl3@3.0.11-1~deb12u2", OPENSSL, True),
        ("pkg:deb/debian/libssl3@3.0.9-1", OPENSSL, False),
        ("pkg:deb/debian/libssl3@3.0.11*", OPENSSL, True),
        ("pkg:apk/alpine/libssl3", OPENSSL, False),
        ("pkg:maven/org.apache.logging.log4j/log4j-core", LOG4J, True),
        ("pkg:maven/org.apache.logging.log4j/*", LOG4J, True),
        ("pkg:maven/log4j-core", LOG4J, False),
        ("org.apache.logging.log4j:log4j-core", LOG4J, True),
        ("*:log4j-core", LOG4J, True),
        ("log4j-core", LOG4J, False),
        ("pkg:npm/%40babel/traverse", BABEL, True),
        ("pkg:npm/@babel/traverse@7.22.5", BABEL, True),
        ("pkg:npm/*", BABEL, True),
        ("@babel/*", BABEL, True),
        ("pkg:*/%40babel/*", BABEL, True),
        ("jinja2", JINJA, True),
        ("JINJA2", JINJA, True),
        ("jinja*", JINJA, True),
        ("pkg:pypi/Jinja2", JINJA, True),
        ("golang.org/x/*", NETTY, True),
        ("pkg:golang/golang.org/x/net", NETTY, True),
    ],
)
def test_which_package_is_meant(text: str, one: Package, meant: bool) -> None:
    """A purl means all that has its parts, a name what the ecosystem takes for the same, a star anything."""
    outcome, _ = closed({"package": text}, found(package=one))
    assert outcome.status == ("broken" if meant else "passed")


def test_a_package_without_a_purl_is_meant_by_its_type_and_name() -> None:
    """As an entry of the same words would take it."""
    one = found(package=package("generic", "tool", "1", purl=""))
    assert closed({"package": "pkg:generic/tool"}, one)[0].status == "broken"
    assert closed({"package": "pkg:npm/tool"}, one)[0].status == "passed"
    assert closed({"package": ["x", "tool"]}, one)[0].status == "broken"


@pytest.mark.parametrize(
    ("range_", "one", "inside"),
    [
        (">= 2.0, < 2.15", LOG4J, True),
        (">= 2.15", LOG4J, False),
        ("< 3.0.11-1~deb12u2", OPENSSL, False),
        # By dpkg's order a tilde sorts before nothing.
        ("< 3.0.11-1", OPENSSL, True),
        ("< 3.0.11-1~deb12u3 || = 9", OPENSSL, True),
        ("< v0.17.1", NETTY, True),
        ("<= 3.1", JINJA, False),
    ],
)
def test_versions_go_by_the_order_of_the_package(
    range_: str, one: Package, inside: bool
) -> None:
    """Each package system compares as it does."""
    outcome, _ = closed({"version": range_}, found(package=one))
    assert outcome.status == ("broken" if inside else "passed")


@pytest.mark.parametrize(
    ("types", "broken"),
    [
        ("npm", ["npm"]),
        (["npm", "pypi"], ["npm", "pypi"]),
        ("os", ["apk", "deb", "rpm"]),
        ("language", ["npm", "pypi"]),
        (["os", "npm"], ["apk", "deb", "npm", "rpm"]),
    ],
)
def test_types_of_packages(types: object, broken: list[str]) -> None:
    """One type, several, all of the distribution or all of languages; programs outside both are neither."""
    every = ["apk", "deb", "generic", "npm", "pypi", "rpm"]
    findings = [
        found(id=f"CVE-{at}", package=package(type_, "x", "1"))
        for at, type_ in enumerate(every)
    ]
    outcome, _ = closed({"package-type": types}, *findings)
    counted = {one.split()[0] for one in outcome.findings}
    assert [t for at, t in enumerate(every) if f"CVE-{at}" in counted] == broken


LICENCES: list[tuple[tuple[str, ...], str, str]] = [
    (("GPL-3.0-only",), "GPL-3.0*", "broken"),
    (("GPL-3.0-only",), "gpl-3.0-only", "broken"),
    (("MIT",), "GPL-*", "passed"),
    # A choice counts only where no alternative is left.
    (("GPL-3.0-only OR MIT",), "GPL-*", "passed"),
    (("GPL-3.0-only OR LGPL-3.0-only",), "*GPL-*", "broken"),
    (("MIT AND (GPL-2.0-only OR GPL-3.0-only)",), "GPL-*", "broken"),
    (("(MIT OR GPL-2.0-only) AND BSD-3-Clause",), "GPL-*", "passed"),
    # AND binds closer than OR.
    (("MIT OR GPL-2.0-only AND ISC",), "GPL-*", "passed"),
    (("GPL-2.0-only WITH Classpath-exception-2.0",), "GPL-2.0-only", "broken"),
    (("GPL-2.0-only WITH Classpath-exception-2.0",), "* WITH *", "broken"),
    # Several statements, as busybox's in Alpine, hold together.
    (("MIT", "GPL-2.0-only"), "GPL-*", "broken"),
    # Older words for one licence.
    (("GPL-2.0",), "GPL-2.0-only", "broken"),
    (("GPL-2.0+",), "GPL-2.0-or-later", "broken"),
    (("GPL-3.0-or-later",), "GPL-3.0", "broken"),
    (("GPLv2+ and LGPLv2+",), "GPL-2.0-or-later", "broken"),
    (("LGPLv2+ or MIT",), "LGPL-*", "passed"),
    (("ASL 2.0 and MIT",), "Apache-2.0", "broken"),
    (("Apache Software License",), "Apache-2.0", "broken"),
    (("MIT License",), "GPL-*", "passed"),
    # Words that cannot be compared.
    (("see the file COPYING",), "GPL-*", "undecided"),
    (("see the file COPYING", "GPL-2.0-only"), "GPL-*", "broken"),
    (("see the file COPYING OR MIT",), "GPL-*", "passed"),
    (("GPL-2.0-only OR (",), "GPL-2.0-only", "undecided"),
    (("(" * 100 + "MIT" + ")" * 100,), "MIT", "undecided"),
    (("NOASSERTION",), "GPL-*", "undecided"),
    ((), "GPL-*", "undecided"),
]


@pytest.mark.parametrize(("stated", "asked", "status"), LICENCES)
def test_licences(stated: tuple[str, ...], asked: str, status: str) -> None:
    """Who uses a package must take all that is stated together and one of what is stated at choice."""
    one = package("rpm", "x", "1", licences=stated)
    outcome, _ = closed({"licence": asked}, packages=(one,))

    assert outcome.status == status, outcome.reason
    assert outcome.findings == (("x@1",) if status == "broken" else ())


def test_licences_count_packages() -> None:
    """The rule's noun is the package, whether a finding is about it or not."""
    names = ("bash", "readline", "zlib")
    stated = ("GPL-3.0-or-later", "GPL-3.0-only", "Zlib")
    held = tuple(
        package("deb", name, "1", licences=(licence,))
        for name, licence in zip(names, stated, strict=True)
    )
    outcome, verdict = closed({"licence": "GPL-3.0*"}, packages=held)

    assert outcome.condition == "no package licensed under GPL-3.0*"
    assert (
        verdict.summary
        == "The gate closed: rule: 2 packages licensed under GPL-3.0*, none allowed."
    )


def test_a_rule_can_count_packages_by_other_questions() -> None:
    """``of: package`` turns a question that both know to packages."""
    held = (package("npm", "left-pad", "1.3.0"), package("npm", "lodash", "4.17.20"))
    outcome, _ = closed(
        {"package": "pkg:npm/left-pad"}, packages=held, rule={"of": "package"}
    )
    assert outcome.reason == ("1 package matching pkg:npm/left-pad, none allowed")


def test_purls_are_compared_as_this_house_writes_them() -> None:
    """A purl that was made here means the package that it was made of."""
    made = purl("rpm", "openssl-libs", "1:3.0.7-25.el9", namespace="almalinux")
    one = found(package=package("rpm", "openssl-libs", "1:3.0.7-25.el9", purl=made))
    assert closed({"package": made}, one)[0].status == "broken"
