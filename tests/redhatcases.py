"""
Real vulnerabilities as Red Hat tells them, which several tests hold packages against.

Builds and states are Red Hat's; of each only a few packages. In the labels of modules name and
stream are real, the numbers behind them only have the form.
"""

from __future__ import annotations

from csafwriter import Document


EL8, EL9 = "red_hat_enterprise_linux_8", "red_hat_enterprise_linux_9"
NODE_12 = "nodejs:12:8040020210817133458:522a0ee4"
NODE_14 = "nodejs:14:8040020210817121424:522a0ee4"
HTTPD = "httpd:2.4:8040020210929151442:522a0ee4"


def curl() -> Document:
    """CVE-2023-38545: repaired in 9.0, 9.2 and 9.3, each on its own version; 8 never had it."""
    made = Document("CVE-2023-38545")
    for product, version, rhsa, date in (
        ("BaseOS-9.0.0.Z.EUS", "7.76.1-14.el9_0.9", "RHSA-2023:5700", "2023-10-12"),
        (
            "BaseOS-9.2.0.Z.MAIN.EUS",
            "7.76.1-23.el9_2.4",
            "RHSA-2023:5763",
            "2023-10-16",
        ),
        ("AppStream-9.2.0.Z.MAIN.EUS", "7.76.1-23.el9_2.4", "", ""),
        ("BaseOS-9.3.0.Z.MAIN", "7.76.1-26.el9_3.2", "RHSA-2023:6745", "2023-11-07"),
    ):
        stamp = f"{date}T09:00:00+00:00" if date else ""
        for name in ("curl", "curl-debuginfo", "libcurl", "libcurl-minimal"):
            made.fixed(product, f"{name}-0:{version}", rhsa=rhsa, date=stamp)
    names = ("curl", "curl.src", "libcurl", "libcurl-devel", "libcurl-minimal")
    return made.unfixed(EL8, *names, status="known_not_affected")


def gcc() -> Document:
    """CVE-2020-11023: every minor release repaired on another upstream version."""
    made = Document("CVE-2020-11023", severity="Moderate")
    made.fixed("AppStream-9.0.0.Z.E4S", "cpp-0:11.2.1-9.5.el9_0")
    made.fixed("AppStream-9.2.0.Z.EUS", "cpp-0:11.3.1-4.4.el9_2")
    made.fixed("AppStream-9.4.0.Z.EUS", "cpp-0:11.4.1-4.el9_4")
    return made.fixed("AppStream-9.5.0.Z.MAIN", "cpp-0:11.5.0-5.el9_5")


def gcc_deferred() -> Document:
    """CVE-2022-27943: deferred, told of the source package alone."""
    made = Document("CVE-2022-27943", severity="Low")
    return made.unfixed(EL9, "gcc.src", details="Fix deferred", rating="Low")


def glibc() -> Document:
    """CVE-2023-4911: 8 and 9 had it, 8.6 has a fix of its own, 6 and 7 never had it."""
    made = Document("CVE-2023-4911")
    for product, version, rhsa in (
        ("BaseOS-8.6.0.Z.EUS", "2.28-189.6.el8_6", "RHSA-2023:5476"),
        ("BaseOS-8.8.0.Z.MAIN.EUS", "2.28-225.el8_8.6", "RHSA-2023:5455"),
        ("BaseOS-9.2.0.Z.MAIN.EUS", "2.34-60.el9_2.7", "RHSA-2023:5453"),
    ):
        made.fixed(product, f"glibc-0:{version}", rhsa=rhsa)
    for release in (6, 7):
        product = f"red_hat_enterprise_linux_{release}"
        made.unfixed(product, "glibc.src", "glibc", status="known_not_affected")
    return made


def openssl() -> Document:
    """CVE-2022-3602: only OpenSSL 3 had it, so 9 and not 8."""
    made = Document("CVE-2022-3602")
    made.fixed(
        "BaseOS-9.0.0.Z.MAIN.EUS",
        "openssl-libs-1:3.0.1-43.el9_0",
        rhsa="RHSA-2022:7288",
        arches=("aarch64", "i686", "ppc64le", "s390x", "x86_64"),
    )
    return made.unfixed(EL8, "openssl.src", "openssl-libs", status="known_not_affected")


def nodejs() -> Document:
    """CVE-2021-22931: two streams of a module, each repaired on its own version."""
    made = Document("CVE-2021-22931")
    appstream = "AppStream-8.4.0.Z.MAIN.EUS"
    made.fixed(
        appstream,
        "nodejs-1:12.22.5-1.module+el8.4.0+12242+af52a4c7",
        rhsa="RHSA-2021:3623",
        module=NODE_12,
    )
    return made.fixed(
        appstream,
        "nodejs-1:14.17.5-1.module+el8.4.0+12247+e2879e58",
        rhsa="RHSA-2021:3666",
        module=NODE_14,
    )


def httpd() -> Document:
    """CVE-2021-40438: httpd is a module in 8; without its label nothing is said."""
    return Document("CVE-2021-40438").fixed(
        "AppStream-8.4.0.Z.MAIN.EUS",
        "httpd-0:2.4.37-39.module+el8.4.0+12865+a7065a39.1",
        rhsa="RHSA-2021:3816",
        module=HTTPD,
    )


def tar() -> Document:
    """CVE-2005-2541: will not be fixed in any release."""
    made = Document("CVE-2005-2541", severity="Moderate")
    return made.unfixed(EL8, "tar.src", "tar", details="Will not fix")


def kernel() -> Document:
    """CVE-2023-3390: repaired in the kernel of 9.2, headers and all."""
    made = Document("CVE-2023-3390")
    for name in ("kernel", "kernel-core", "kernel-headers", "bpftool"):
        version = "7.0.0" if name == "bpftool" else "5.14.0"
        made.fixed(
            "BaseOS-9.2.0.Z.MAIN.EUS",
            f"{name}-0:{version}-284.30.1.el9_2",
            rhsa="RHSA-2023:5069",
        )
    return made


ALL = (kernel, curl, gcc, gcc_deferred, glibc, openssl, nodejs, httpd, tar)
