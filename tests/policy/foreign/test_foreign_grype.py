"""``.grype.yaml``: rules of which every field must fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ignoring import (
    DEBIAN,
    LIBC_DEV,
    LIBSSL,
    LODASH,
    LOG4J,
    OPENSSL,
    evidence,
    ignored,
    on,
    read,
)
from judging import package

from shipworthy.errors import UsageError
from shipworthy.model.finding import AdvisoryRef, Finding
from shipworthy.model.package import Distro


CASES = [
    ("vulnerability: CVE-2020-8203", on(LODASH, "CVE-2020-8203"), True),
    ("vulnerability: CVE-2020-8203", on(LODASH, "CVE-2020-28500"), False),
    ("package: {name: lodash}", on(LODASH), True),
    ("package: {name: lodas.}", on(LODASH), False),
    ("package: {name: 'lod.*'}", on(LODASH), True),
    ("package: {name: 'od.*'}", on(LODASH), False),
    ("package: {name: '^(lodash|underscore)$'}", on(LODASH), True),
    ("package: {name: '(?=l)lodash'}", on(LODASH), False),
    ("package: {name: log4j-core}", on(LOG4J), True),
    ("package: {name: 'log4j-.*', type: java-archive}", on(LOG4J), True),
    ("package: {name: log4j}", on(LOG4J), False),
    ("package: {name: lodash, version: 4.17.15}", on(LODASH), True),
    ("package: {name: lodash, version: 4.17.1}", on(LODASH), False),
    ("package: {version: '4.17.15, >=0'}", on(LODASH), False),
    ("package: {type: npm}", on(LODASH), True),
    ("package: {type: java-archive}", on(LODASH), False),
    ("package: {type: jenkins-plugin}", on(LOG4J), False),
    ("package: {language: javascript}", on(LODASH), True),
    ("package: {language: python}", on(LODASH), False),
    ("package: {language: java, type: npm}", on(LODASH), False),
    ("package: {location: '/app/node_modules/**'}", on(LODASH), True),
    ("package: {location: '**/node_modules/**'}", on(LODASH), True),
    ("package: {location: '/usr/**'}", on(LODASH), False),
    ("package: {location: 'app/node_modules/**'}", on(LODASH), False),
    ("package: {upstream-name: openssl}", on(LIBSSL), True),
    ("package: {upstream-name: open.*}", on(LIBSSL), True),
    ("package: {upstream-name: libssl3}", on(LIBSSL), False),
    ("package: {upstream-name: openssl}", on(OPENSSL), False),
    ("fix-state: fixed", on(LODASH), True),
    ("fix-state: not-fixed", on(LODASH), False),
    ("fix-state: not-fixed", on(LODASH, fix_state="affected"), True),
    ("fix-state: wont-fix", on(LODASH, fix_state="will-not-fix"), True),
    ("fix-state: unknown", on(LODASH, fix_state="affected"), False),
    ("fix-state: never", on(LODASH, fix_state="affected"), False),
    ("namespace: debian:distro:debian:12", on(LIBSSL), True),
    ("namespace: debian:distro:debian:11", on(LIBSSL), False),
    ("namespace: debian:distro:debian:12", on(LODASH), False),
    ("namespace: github:language:javascript", on(LODASH), True),
    ("namespace: github:language:python", on(LODASH), False),
    ("namespace: my:own", on(LODASH), False),
    (
        "match-type: exact-indirect-match",
        on(LIBC_DEV, evidence=evidence("linux")),
        True,
    ),
    ("match-type: exact-direct-match", on(LIBC_DEV, evidence=evidence("linux")), False),
    (
        "match-type: exact-direct-match",
        on(LODASH, evidence=evidence("lodash", "npm")),
        True,
    ),
    (
        "match-type: cpe-match",
        on(LODASH, evidence=evidence("lodash:lodash", "cpe")),
        True,
    ),
    ("namespace: nvd:cpe", on(LODASH, evidence=evidence("lodash", "npm")), False),
    ("VULNERABILITY: CVE-2021-0001", on(LODASH), True),
    ("reason: none of its fields asks anything", on(LODASH), False),
    ("vex-status: not_affected", on(LODASH), False),
    ("{vulnerability: CVE-2021-0001, vex-status: fixed}", on(LODASH), False),
]


@pytest.mark.parametrize(("rule", "finding", "taken"), CASES)
def test_every_field_of_a_rule_must_fit(
    rule: str, finding: Finding, taken: bool
) -> None:
    """One field of a rule, held against a real package."""
    file = read(".grype.yaml", f"ignore:\n  - {rule}\n")
    assert ignored(file, finding) == (taken,)
    assert taken or file.entries or file.notes


def test_all_fields_together() -> None:
    """Kernel headers by name, source, type and way of matching, as Grype itself leaves them out."""
    file = read(
        ".grype.yaml",
        """\
        ignore:
          - package:
              name: linux-libc-dev
              upstream-name: linux
              type: deb
            match-type: exact-indirect-match
            reason: headers, not a kernel
        """,
    )
    by_source = on(LIBC_DEV, evidence=evidence("linux"))
    by_name = on(LIBC_DEV, evidence=evidence("linux-libc-dev"))
    assert ignored(file, by_source, by_name) == (True, False)
    (entry,) = file.entries
    assert entry.reason == "headers, not a kernel"
    assert entry.source == ".grype.yaml:2"


@pytest.mark.parametrize(("flag", "taken"), [("true", True), ("false", False)])
def test_aliases_fit_where_the_rule_says_so(flag: str, taken: bool) -> None:
    """Without ``include-aliases`` a rule fits the id that is shown, or that of an advisory that matched."""
    file = read(
        ".grype.yaml",
        f"ignore:\n  - vulnerability: CVE-2020-8203\n    include-aliases: {flag}\n",
    )
    shown = on(LODASH, "CVE-2020-8203")
    alias = on(LODASH, "GHSA-p6mc-m468-83gw", aliases=("CVE-2020-8203",))
    advisory = replace(alias, advisories=(AdvisoryRef(id="CVE-2020-8203", feed="nvd"),))
    assert ignored(file, shown, alias, advisory) == (True, taken, True)


def test_a_rolling_distribution_has_no_release() -> None:
    """``wolfi:distro:wolfi:rolling`` is every Wolfi image."""
    file = read(".grype.yaml", "ignore:\n  - namespace: wolfi:distro:wolfi:rolling\n")
    busybox = on(package("apk", "busybox", "1.36.1-r2"))
    wolfi = Distro(id="wolfi", version="20230201")
    assert ignored(file, busybox, distro=wolfi) == (True,)
    assert ignored(file, busybox, distro=DEBIAN) == (False,)


def test_what_decides_what_fails_is_told_of() -> None:
    """Keys that gate are named with what says the same here; the others, and false ones, are passed over."""
    file = read(
        ".grype.yaml",
        """\
        check-for-app-update: false
        fail-on-severity: high
        only-fixed: true
        only-notfixed: false
        exclude: ["/etc/**"]
        add-cpes-if-none: true
        db: {auto-update: false}
        """,
    )
    assert [note.partition(" is not")[0] for note in file.notes] == [
        ".grype.yaml:2: fail-on-severity",
        ".grype.yaml:3: only-fixed",
        ".grype.yaml:5: exclude",
    ]


def test_a_rule_that_is_left_out_says_why() -> None:
    """The note names the line and what cannot be honoured."""
    file = read(".grype.yaml", "ignore:\n  - package:\n      name: '[a'\n")
    assert file.entries == ()
    assert file.notes == (
        ".grype.yaml:2: the rule is left out: '[a' is no regular expression (a bracket is open that is not closed), and in Grype it fits nothing",
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ignore: CVE-1", 1),
        ("ignore:\n  - CVE-1", 2),
        ("ignore:\n  - package: lodash", 2),
        ("ignore:\n  - vulnerability: A\n    include-aliases: maybe", 3),
        ("ignore:\n  - vulnerability: {a: b}", 2),
    ],
)
def test_what_is_no_rule_is_refused(text: str, line: int) -> None:
    """The error names file and line."""
    with pytest.raises(UsageError, match="expected") as caught:
        read(".grype.yaml", text)
    assert caught.value.message.startswith(f".grype.yaml:{line}: ")
