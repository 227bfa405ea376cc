"""Red Hat's rules one by one, each on a real build."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import Shelf, advisory, below, inventory, package

from shipworthy.matching.distro import family_for, stand_in
from shipworthy.matching.families.almalinux import AlmaFamily
from shipworthy.matching.families.redhat import RedHatFamily
from shipworthy.matching.match import match
from shipworthy.model.advisory import Advisory, Range
from shipworthy.model.package import Distro, Package


BASEOS = "cpe:/o:redhat:enterprise_linux:9::baseos"
NEVER = (Range(events=(("introduced", "0"), ("fixed", "0"))),)
UBI = Distro(id="redhat", version="9.4")


def rpm(name: str, version: str, **more: object) -> Package:
    """A package that Red Hat built."""
    fields = {"arch": "x86_64", "vendor": "Red Hat, Inc.", **more}
    return package("rpm", name, version, **fields)


def told(name: str, fixed: str, **more: object) -> Advisory:
    """A statement on RHEL 9's BaseOS."""
    made = advisory("CVE-2024-0001", "redhat-9", name, fixed, feed="redhat/vex")
    return replace(made, **{"cpes": (BASEOS,), **more})  # type: ignore[arg-type]  # keywords of a test


def states(shelf: Shelf, found: Package, distro: Distro = UBI) -> list[tuple[str, ...]]:
    """State and fixes of everything found."""
    matches = match(inventory(found, distro=distro), shelf).matches
    return [(one.fix_state, *one.fixed_versions) for one in matches]


@pytest.mark.parametrize(
    ("arch", "arches", "admitted"),
    [
        ("x86_64", ("x86_64|aarch64",), True),
        ("aarch64", ("x86_64|aarch64",), True),
        ("s390x", ("x86_64|aarch64",), False),
        ("s390x", ("x86_64", "s390x"), True),
        ("noarch", ("x86_64",), True),
        ("x86_64", (), True),
        ("86_6", ("x86_64",), False),
    ],
)
def test_architectures(arch: str, arches: tuple[str, ...], admitted: bool) -> None:
    """Exact, among others, or for all; a part of a name is none."""
    zlib = rpm("zlib", "1.2.11-40.el9", arch=arch)
    statement = told("zlib", "1.2.11-41.el9", arches=arches)

    assert (
        RedHatFamily(bucket="redhat-9", distro=UBI).admits(zlib, statement) is admitted
    )


@pytest.mark.parametrize(
    ("version", "fixed", "found"),
    [
        ("4:4.9.4-3.el9_4", "4:4.9.4-5.1.rhaos4.16.el9", False),
        ("4:4.9.4-3.rhaos4.16.el9", "4:4.9.4-5.1.rhaos4.16.el9", True),
        ("4:4.9.4-3.rhaos4.16.el9", "4:4.9.4-13.el9_4", False),
        ("2.17.0-57.el9fdp", "3.1.0-10.el9fdp", True),
        ("4:4.9.4-3.el9_4", "4:4.9.4-13.el9_4", True),
    ],
)
def test_builds_of_other_products(version: str, fixed: str, found: bool) -> None:
    """OpenShift's and Fast Datapath's builds are measured by their own, and RHEL's by RHEL's."""
    shelf = Shelf(held=[told("podman", fixed)])

    assert bool(states(shelf, rpm("podman", version))) is found


def test_end_of_life_with_a_fix_that_is_sold() -> None:
    """RHEL 7's own line ended; the fix of its extended life cycle needs that subscription."""
    state = told("openssl-libs", "", fix_state="end-of-life", bucket="redhat-7")
    state = _on(state, "cpe:/o:redhat:enterprise_linux:7")
    sold = told("openssl-libs", "1:1.0.2k-27.el7_9", bucket="redhat-7", channel="els-7")
    sold = _on(sold, "cpe:/o:redhat:rhel_els:7")
    installed = rpm("openssl-libs", "1:1.0.2k-26.el7_9")
    repaired = rpm("openssl-libs", "1:1.0.2k-27.el7_9")
    seven = Distro(id="redhat", version="7.9")
    shelf = Shelf(held=[state, sold])

    assert states(shelf, installed, seven) == [("end-of-life",)]
    assert states(shelf, repaired, seven) == []


def _on(statement: Advisory, cpe: str) -> Advisory:
    return replace(statement, cpes=(cpe,))


def test_never_affected_outrules_the_same_product_only() -> None:
    """OpenShift's word is none on RHEL's package of the same name; RHEL's is."""
    affected = told("runc", "", fix_state="affected")
    elsewhere = _on(told("runc", ""), "cpe:/a:redhat:openshift:4.16::el9")
    elsewhere = _never(elsewhere)
    here = _never(told("runc", ""))
    runc = rpm("runc", "4:1.1.12-3.el9_4")
    maps = advisory(
        "repository-to-cpe",
        "redhat-repositories",
        "rhocp-4.16-for-rhel-9-x86_64-rpms",
        "",
        cpes=("cpe:/a:redhat:openshift:4.16::el9",),
    )
    image = Distro(
        id="redhat", version="9.4", channels=(f"repo:{maps.package}", "something")
    )

    assert states(Shelf(held=[affected, elsewhere, maps]), runc, image) == [
        ("affected",)
    ]
    assert states(Shelf(held=[affected, here, maps]), runc, image) == []


def _never(statement: Advisory) -> Advisory:
    return replace(statement, ranges=NEVER)


def test_a_fix_that_is_there_outrules_a_state() -> None:
    """What one repository repaired and another still lists as affected is repaired."""
    state = told("zlib", "", fix_state="affected")
    fix = told("zlib", "1.2.11-40.el9")

    assert states(Shelf(held=[state, fix]), rpm("zlib", "1.2.11-40.el9")) == []
    assert states(Shelf(held=[state, fix]), rpm("zlib", "1.2.11-39.el9")) == [
        ("fixed", "1.2.11-40.el9")
    ]


def test_repositories_that_an_image_does_not_have() -> None:
    """Without content sets RHEL is BaseOS and AppStream; a rebuild has all of them under its own names."""
    statement = _on(
        told("hwloc", "2.4.1-6.el9"), "cpe:/a:redhat:enterprise_linux:9::crb"
    )
    shelf = Shelf(held=[statement])
    hwloc = rpm("hwloc", "2.4.1-5.el9")

    assert states(shelf, hwloc) == []
    assert states(
        shelf,
        rpm("hwloc", "2.4.1-5.el9", vendor="CentOS"),
        Distro(id="centos", version="9"),
    )


@pytest.mark.parametrize(
    ("bucket", "other"),
    [
        ("almalinux-9", "redhat-9"),
        ("rocky-8", "redhat-8"),
        ("debian-12", ""),
        ("redhat-9", ""),
        ("", ""),
    ],
)
def test_who_stands_in(bucket: str, other: str) -> None:
    """Only what is rebuilt from RHEL is judged by RHEL."""
    assert stand_in(bucket) == other


def test_families_of_the_kin() -> None:
    """RHEL and AlmaLinux have rules of their own, Rocky the plain ones."""
    assert isinstance(family_for("rpm", "redhat-9", ()), RedHatFamily)
    assert isinstance(family_for("rpm", "almalinux-9", ()), AlmaFamily)
    assert type(family_for("rpm", "rocky-9", ())).__name__ == "RpmFamily"


_VERSION = st.from_regex(r"\A[0-9]{1,2}\.[0-9]-[0-9]{1,2}(\.el9(_[0-6])?)?(\.[0-9])?\Z")


@pytest.mark.property
@given(_VERSION, st.lists(st.tuples(_VERSION, st.booleans()), max_size=4))
def test_whatever_is_told(version: str, fixes: list[tuple[str, bool]]) -> None:
    """No statement is misread into an error; above every fix nothing is found, and below all of the main line's it is."""
    held = [
        told(
            "bash",
            "",
            ranges=below(fix),
            channel="eus-9.2" if sold else "",
            cpes=("cpe:/o:redhat:rhel_eus:9.2::baseos",) if sold else (BASEOS,),
        )
        for fix, sold in fixes
    ]

    found = states(
        Shelf(held=held, buckets=frozenset({"redhat-9"})), rpm("bash", version)
    )

    assert len(found) <= 1
    assert (
        states(
            Shelf(held=held, buckets=frozenset({"redhat-9"})),
            rpm("bash", "100.0-1.el9"),
        )
        == []
    )
    if any(not sold for _, sold in fixes):
        assert states(Shelf(held=held), rpm("bash", "0-0.el9"))
