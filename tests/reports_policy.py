"""What a policy says of the result made by hand: every state that a rule, an entry or an action can have."""

from __future__ import annotations

from shipworthy.model.check import Check
from shipworthy.model.comparison import Comparison, Gone
from shipworthy.model.remediation import Action, Upgrade
from shipworthy.model.verdict import (
    PolicySource,
    RuleOutcome,
    SuppressionUse,
    Verdict,
)


LOG4J_MARK = "a1" * 16
DJANGO_MARK = "b2" * 16
LIBSSL_MARK = "c3" * 16
OPENSSL_MARK = "d4" * 16
ZLIB_MARK = "e5" * 16
MINIMIST_MARK = "f6" * 16
LOG4SHELL_LABEL = "CVE-2021-44228 org.apache.logging.log4j:log4j-core@2.14.1"
DJANGO_LABEL = "CVE-2022-28346 django@3.2.12"
LIBSSL_LABEL = "CVE-2023-5678 libssl3@3.0.11-1~deb12u2"
OPENSSL_LABEL = "CVE-2023-5678 openssl@3.0.11-1~deb12u2"
ZLIB_LABEL = "CVE-2023-45853 zlib1g@1:1.2.13.dfsg-1"
MINIMIST_LABEL = "GHSA-vh95-rmgr-6w4m @acme/minimist@0.0.8"

HIGH = "2 findings of severity high or worse, none allowed"
BROKEN = (
    "cataloger/java: srv/broken.jar: not a zip archive: no end of central directory"
)

FAIL_ON = RuleOutcome(
    name="fail-on",
    condition="no finding of severity high or worse",
    passed=False,
    status="broken",
    limit=0,
    observed=2,
    reason=HIGH,
    remedy="fix or suppress 2 findings: CVE-2021-44228, CVE-2022-28346",
    source="--fail-on",
    findings=(LOG4SHELL_LABEL, DJANGO_LABEL),
)
MAX_MEDIUM = RuleOutcome(
    name="max-medium",
    condition="at most 5 findings of severity medium",
    passed=True,
    limit=5,
    observed=2,
    reason="2 findings of severity medium, at most 5 allowed",
    source="--max",
    findings=(LIBSSL_LABEL, OPENSSL_LABEL),
)
LIKELY = RuleOutcome(
    name="likely-exploited",
    condition="no finding with an EPSS score of 0.1 or more",
    passed=False,
    status="undecided",
    effect="warn",
    limit=0,
    observed=1,
    undecided=2,
    reason="1 finding with an EPSS score of 0.1 or more, none allowed; of 2 findings it cannot be told",
    remedy="say what happens without a score: undecided: inform",
    source="shipworthy.yaml:9",
    findings=(LOG4SHELL_LABEL,),
)
OLD_FIXES = RuleOutcome(
    name="fixable-for-a-week",
    condition="no finding that could be fixed for 7 days",
    passed=False,
    status="broken",
    effect="warn",
    limit=0,
    observed=1,
    reason="1 finding that could be fixed for 7 days, none allowed",
    remedy="upgrade log4j-core to 2.15.0",
    source="shipworthy.yaml:4",
    findings=(LOG4SHELL_LABEL,),
)
COPYLEFT = RuleOutcome(
    name="known-licences",
    condition="no package of unknown licence",
    passed=False,
    status="broken",
    effect="inform",
    limit=0,
    observed=3,
    reason="3 packages of unknown licence, none allowed",
    source="shipworthy.yaml:14",
    findings=("@acme/minimist@0.0.8", "six@1.16.0", "zlib1g@1:1.2.13.dfsg-1"),
)
LEFT_OUT = RuleOutcome(
    name="suppressions",
    condition="not every finding is left out",
    passed=True,
    limit=3,
    observed=3,
    effect="warn",
    reason="3 findings left out; nothing was found for CVE-2019-0001",
)
UNREAD = RuleOutcome(
    name="coverage",
    condition="everything in the image was looked at",
    passed=False,
    status="broken",
    limit=0,
    observed=1,
    reason=BROKEN,
)
SEEN = RuleOutcome(
    name="coverage",
    condition="everything in the image was looked at",
    passed=True,
    limit=0,
    observed=0,
    reason="nothing stayed unread or unjudged",
)
NO_EPSS = RuleOutcome(
    name="likely-exploited",
    condition="no finding with an EPSS score of 0.1 or more",
    passed=False,
    status="undecided",
    limit=0,
    observed=0,
    undecided=6,
    reason="rule likely-exploited cannot be judged without EPSS scores",
    remedy="build the database with the feed epss, or say undecided: warn",
    source="shipworthy.yaml:9",
)
MANY_PASSED = tuple(
    RuleOutcome(
        name=f"no-{kind}",
        condition=f"no {kind} package",
        passed=True,
        limit=0,
        observed=0,
        reason=f"0 packages of type {kind}, none allowed",
        source=f"base/policy.yaml:{4 * at}",
    )
    for at, kind in enumerate(
        [
            "cargo",
            "composer",
            "conan",
            "cran",
            "gem",
            "generic",
            "golang",
            "hackage",
            "hex",
            "nuget",
            "pub",
        ],
        1,
    )
)

CLOSED = Verdict(
    status="partial",
    exit_code=3,
    rules=(FAIL_ON, OLD_FIXES, MAX_MEDIUM, LIKELY, COPYLEFT, LEFT_OUT, UNREAD),
    summary=f"The gate closed: {HIGH}. Not everything was looked at: {BROKEN}.",
    day="2026-08-20",
)
WARNED = Verdict(
    status="warn",
    exit_code=0,
    rules=(MAX_MEDIUM, *MANY_PASSED, OLD_FIXES, COPYLEFT, SEEN),
    summary=f"No rule closed the gate; 6 findings in all. Warning: {OLD_FIXES.reason}.",
    day="2026-08-20",
)
UNDECIDED = Verdict(
    status="partial",
    exit_code=3,
    rules=(MAX_MEDIUM, NO_EPSS, SEEN),
    summary=f"The gate closed: {NO_EPSS.reason}.",
    day="2026-08-20",
)

POLICY = (
    PolicySource(name="shipworthy.yaml", digest="sha256:" + "11" * 32),
    PolicySource(
        name="oci://registry.example/policies/base@sha256:" + "12" * 32,
        digest="sha256:" + "12" * 32,
    ),
    PolicySource(name=".trivyignore", digest="sha256:" + "13" * 32, kind="ignore-file"),
    PolicySource(name="vex/shop.json", digest="sha256:" + "14" * 32, kind="vex"),
    PolicySource(name="last.json", digest="sha256:" + "15" * 32, kind="baseline"),
)

USES = (
    SuppressionUse(
        entry="PYSEC-2099-1", source="--ignore", reason="", state="used", count=1
    ),
    SuppressionUse(
        entry="CVE-2024-7001 in pkg:deb/debian/zlib1g",
        source="shipworthy.yaml:21",
        reason="the compressor is not linked into the shop",
        state="used",
        count=1,
        owner="payments",
        expires="2026-08-25",
        days_left=5,
        expiring=True,
        fixable=("CVE-2024-7001 zlib1g@1:1.2.13.dfsg-1",),
    ),
    SuppressionUse(
        entry="CVE-2024-7002",
        source="vex/shop.json",
        reason="the parser is never handed a file of others",
        state="used",
        count=1,
    ),
    SuppressionUse(
        entry="CVE-2021-44228 in pkg:maven/org.apache.logging.log4j/log4j-core",
        source="shipworthy.yaml:16",
        reason="the lookup class is removed from the jar",
        state="expired",
        owner="payments",
        expires="2026-07-31",
        days_left=-20,
    ),
    SuppressionUse(
        entry="CVE-2019-0001",
        source=".trivyignore:3",
        reason="accepted in 2019",
        state="unused",
    ),
    SuppressionUse(
        entry="CVE-2020-0001",
        source="shipworthy.yaml:31",
        reason="the admin image has no network",
        state="elsewhere",
        owner="platform",
    ),
)

COMPARISON = Comparison(
    name="last.json",
    target="docker-archive:shop-1.3.tar",
    image_id="sha256:" + "7a" * 32,
    database_date="2026-08-01T00:00:00Z",
    partial=True,
    fixed=(
        Gone(
            id="CVE-2024-0727",
            aliases=("DEBIAN-CVE-2024-0727",),
            type="deb",
            package="libssl3",
            version="3.0.9-1",
            severity="medium",
            fingerprint="0a" * 16,
            reason="upgraded to 3.0.11-1~deb12u2",
        ),
        Gone(
            id="GHSA-35jh-r3h4-6jhm",
            aliases=("CVE-2021-23337",),
            type="npm",
            package="lodash",
            version="4.17.20",
            severity="high",
            fingerprint="0b" * 16,
            reason="package removed",
        ),
    ),
)

ACTIONS = (
    Action(
        kind="package",
        title="Upgrade org.apache.logging.log4j:log4j-core to 2.15.0",
        detail="The next release above 2.14.1 that closes it; 2.17.1 is the newest of the line.",
        upgrades=(
            Upgrade(
                type="maven",
                name="org.apache.logging.log4j:log4j-core",
                current="2.14.1",
                target="2.15.0",
                purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.15.0",
            ),
        ),
        layer=2,
        instruction="COPY shop.war web /srv/ # buildkit",
        line=7,
        origin="own",
        closes=(LOG4J_MARK,),
        findings=(LOG4SHELL_LABEL,),
        worst="critical",
        risk=100.0,
    ),
    Action(
        kind="os-packages",
        title="Upgrade 2 packages of openssl",
        detail="Both come from the base image; a newer one of the same tag brings them as well.",
        command="RUN apt-get update \\\n  && apt-get install -y --only-upgrade libssl3=3.0.13-1~deb12u1 openssl=3.0.13-1~deb12u1",
        upgrades=(
            Upgrade(
                type="deb",
                name="libssl3",
                current="3.0.11-1~deb12u2",
                target="3.0.13-1~deb12u1",
            ),
            Upgrade(
                type="deb",
                name="openssl",
                current="3.0.11-1~deb12u2",
                target="3.0.13-1~deb12u1",
            ),
        ),
        layer=0,
        instruction="/bin/sh -c #(nop) ADD file:1b1b in /",
        origin="base",
        closes=(LIBSSL_MARK, OPENSSL_MARK),
        findings=(LIBSSL_LABEL, OPENSSL_LABEL),
        worst="medium",
        risk=63.0,
    ),
    Action(
        kind="package",
        title="Upgrade django to 3.2.13",
        command="RUN pip install django==3.2.13",
        upgrades=(
            Upgrade(type="pypi", name="django", current="3.2.12", target="3.2.13"),
        ),
        layer=1,
        instruction="RUN /bin/sh -c pip install django==3.2.12 # buildkit",
        line=4,
        origin="own",
        closes=(DJANGO_MARK,),
        findings=(DJANGO_LABEL,),
        worst="high",
        risk=62.25,
    ),
    Action(
        kind="none",
        title="Debian will not fix zlib1g",
        detail="The package is not built with the code that is vulnerable.",
        origin="base",
        findings=(ZLIB_LABEL,),
        worst="negligible",
        risk=4.0,
    ),
    Action(
        kind="none",
        title="There is no fix of @acme/minimist yet",
        findings=(MINIMIST_LABEL,),
        worst="low",
        risk=12.0,
    ),
)

CHECKS = (
    Check(
        id="config/root-user",
        kind="config",
        severity="medium",
        title="The image runs as root",
        message="USER is not set; add `USER shop` at the end",
    ),
    Check(
        id="secret/private-key",
        kind="secret",
        severity="high",
        title="A private key is in the image",
        path="srv/web/server.key",
        layer=2,
        message="an RSA key in PEM, 1,704 bytes",
    ),
)
