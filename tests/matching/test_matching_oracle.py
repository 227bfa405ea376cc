"""Oracle Linux: flavours, machines, modules and kernel lines, with the builds that others report falsely."""

from __future__ import annotations

import pytest
from judging import Shelf, advisory, inventory, package

from shipworthy.matching.distro import bucket_for
from shipworthy.matching.match import match
from shipworthy.model.advisory import Advisory
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Package


OL8 = Distro(id="oracle", version="8.5")


def elsa(id_: str, cve: str, name: str, fixed: str, **more: object) -> Advisory:
    """An erratum on one CVE."""
    return advisory(
        id_,
        "ol-8",
        name,
        fixed,
        aliases=(cve,),
        bulletin=True,
        feed="oracle/oval",
        **more,
    )


def rpm(name: str, version: str, **more: object) -> Package:
    """A package of Oracle's."""
    return package(
        "rpm", name, version, **{"arch": "x86_64", "vendor": "Oracle America", **more}
    )


def found(installed: Package, *said: Advisory) -> list[Match]:
    """What is found of one package."""
    result = match(inventory(installed, distro=OL8), Shelf(said))
    assert not [status for status in result.statuses if status.partial]
    return list(result.matches)


def test_oracle_linux_is_filed_under_its_own_id() -> None:
    """os-release calls it ``ol``, the inventory ``oracle``; by its major release."""
    assert bucket_for(OL8) == "ol-8"
    assert bucket_for(Distro(id="ol", version="9.4")) == "ol-9"


OPENSSL = (
    elsa("ELSA-2022-1065", "CVE-2022-0778", "openssl-libs", "1:1.1.1k-6.el8_5"),
    elsa(
        "ELSA-2022-9258", "CVE-2022-0778", "openssl-libs", "2:1.1.1k-6.ksplice1.el8_5"
    ),
)
GNUTLS = (
    elsa("ELSA-2024-2570", "CVE-2024-28834", "gnutls", "3.8.3-4.el9_4"),
    elsa("ELSA-2024-12364", "CVE-2024-28834", "gnutls", "10:3.8.3-4.el9_4_fips"),
)


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ("1:1.1.1k-5.el8_5", "1:1.1.1k-6.el8_5"),
        ("1:1.1.1k-6.el8_5", None),
        ("2:1.1.1k-5.ksplice1.el8_5", "2:1.1.1k-6.ksplice1.el8_5"),
        ("2:1.1.1k-6.ksplice1.el8_5", None),
        ("2:1.1.1k-6.ksplice2.el8_5", None),
    ],
)
def test_builds_for_ksplice_compare_with_themselves(
    version: str, fixed: str | None
) -> None:
    """CVE-2022-0778 in openssl: the build for Ksplice has a higher epoch, and nothing to do with the plain one."""
    matches = found(rpm("openssl-libs", version), *OPENSSL)
    assert [m.fixed_versions for m in matches] == ([(fixed,)] if fixed else [])


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ("3.8.3-3.el9_4", "3.8.3-4.el9_4"),
        ("3.8.3-4.el9_4", None),
        ("10:3.7.6-23.el9_3_fips", "10:3.8.3-4.el9_4_fips"),
        ("10:3.8.3-4.el9_4_fips", None),
    ],
)
def test_fips_builds_compare_with_themselves(version: str, fixed: str | None) -> None:
    """CVE-2024-28834 in gnutls: the FIPS-validated build has epoch 10."""
    matches = found(rpm("gnutls", version), *GNUTLS)
    assert [m.fixed_versions for m in matches] == ([(fixed,)] if fixed else [])


def test_glibc_of_the_image_is_not_the_one_for_ksplice() -> None:
    """aquasecurity/trivy#736: glibc 2.17-317.0.1.el7 has nothing to do with 2:2.17-157.ksplice1.el7_3.4."""
    said = elsa(
        "ELSA-2017-3582", "CVE-2017-1000364", "glibc", "2:2.17-157.ksplice1.el7_3.4"
    )
    assert not found(rpm("glibc", "2.17-317.0.1.el7"), said)


@pytest.mark.parametrize(
    ("arch", "fixed"),
    [
        ("x86_64", "8.24.0-57.0.1.el7_9.3"),
        ("i686", "8.24.0-57.0.1.el7_9.3"),
        ("aarch64", "8.24.0-57.0.4.el7_9.3"),
        ("s390x", None),
    ],
)
def test_an_erratum_names_machines(arch: str, fixed: str | None) -> None:
    """ELSA-2022-4803 of rsyslog: 32-bit packages are on x86_64 machines."""
    said = [
        elsa("ELSA-2022-4803", "CVE-2022-24903", "rsyslog", evr, arches=(machine,))
        for machine, evr in (
            ("aarch64", "8.24.0-57.0.4.el7_9.3"),
            ("x86_64", "8.24.0-57.0.1.el7_9.3"),
        )
    ]
    matches = found(rpm("rsyslog", "8.24.0-57.el7_9.1", arch=arch), *said)
    assert [m.fixed_versions for m in matches] == ([(fixed,)] if fixed else [])


@pytest.mark.parametrize(
    ("label", "count"),
    [
        ("virt:kvm_utils:8070020230511:9edba152", 1),
        ("virt:ol:8070020230511:9edba152", 0),
    ],
)
def test_a_module_compares_with_its_stream(label: str, count: int) -> None:
    """ELSA-2023-12342 is for virt:kvm_utils, not for the default stream."""
    said = elsa(
        "ELSA-2023-12342",
        "CVE-2022-4144",
        "hivex",
        "1.3.18-21.module+el8.7.0+21037+8ee66348",
        modularity="virt:kvm_utils",
    )
    version = "1.3.18-20.module+el8.3.0+7860+a7792d29"
    assert len(found(rpm("hivex", version, modularity=label), said)) == count


UEK = (
    elsa("ELSA-2024-12618", "CVE-2024-38588", "kernel-uek", "5.15.0-210.163.7.el8uek"),
    elsa(
        "ELSA-2025-20319", "CVE-2024-38588", "kernel-uek", "5.4.17-2136.343.5.1.el8uek"
    ),
)


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("5.4.17-2136.338.4.1.el8uek", True),
        ("5.4.17-2136.343.5.1.el8uek", False),
        ("5.15.0-206.153.7.1.el8uek", True),
        ("5.15.0-210.163.7.el8uek", False),
        ("4.14.35-2047.514.3.el8uek", True),
    ],
)
def test_kernel_lines_have_their_own_fixes(version: str, affected: bool) -> None:
    """CVE-2024-38588: UEK R6 and R7 are both kernel-uek of one release; a fixed R6 is not an old R7."""
    assert bool(found(rpm("kernel-uek", version), *UEK)) == affected


def test_only_kernels_have_lines() -> None:
    """A later erratum on the same CVE counts for everything else: the first fix was not the whole one."""
    said = [
        elsa("ELSA-2022-1", "CVE-2022-1", "bind", "9.11.4-1.el8"),
        elsa("ELSA-2022-2", "CVE-2022-1", "bind", "9.11.36-2.el8"),
    ]
    (one,) = found(rpm("bind", "9.11.4-1.el8"), *said)
    assert one.fixed_versions == ("9.11.36-2.el8",)


def test_packages_of_others_are_not_judged() -> None:
    """EPEL's packages are not Oracle's."""
    said = elsa("ELSA-2022-1", "CVE-2022-1", "htop", "4-1.el8")
    assert not found(rpm("htop", "3.2.1-1.el8", vendor="Fedora Project"), said)
