"""How packages are looked up, by family, and what is not looked up."""

from __future__ import annotations

import pytest
from judging import advisory, package

from shipworthy.matching import ecosystems
from shipworthy.matching.distro import bucket_for, family_for
from shipworthy.matching.families.alpm import AlpmFamily
from shipworthy.matching.families.apk import ApkFamily
from shipworthy.matching.families.deb import HEADERS, THIRD_PARTY, DebFamily
from shipworthy.matching.families.golang import OWN_BUILD
from shipworthy.matching.families.language import NO_VERSION
from shipworthy.matching.families.maven import NO_GROUP
from shipworthy.matching.families.rpm import NO_LABEL, RpmFamily, has_kernel
from shipworthy.matching.interface import Lookup, Reason, Skip
from shipworthy.model.package import Distro, Location, Package


def looked_up(found: Lookup | Skip) -> tuple[str, str]:
    """Name and version of a look-up."""
    assert isinstance(found, Lookup)
    return found.name, found.version


def skipped(found: Lookup | Skip) -> Reason | None:
    """Why it is not looked up."""
    assert isinstance(found, Skip)
    return found.reason


DEB = DebFamily(bucket="debian-12")
RPM = RpmFamily(bucket="almalinux-9")


@pytest.mark.parametrize(
    ("distro", "bucket"),
    [
        (Distro(id="debian", version="12.5"), "debian-12"),
        (Distro(id="debian", codename="sid"), "debian-sid"),
        (Distro(id="debian", codename="forky/sid"), "debian-14"),
        (Distro(id="debian"), ""),
        (Distro(id="raspbian", version="11"), "debian-11"),
        (Distro(id="alpine", version="3.18.9", branch="edge"), "alpine-edge"),
        (Distro(id="alpine", version="3.18.9"), "alpine-3.18"),
        (Distro(id="wolfi", version="20230201"), "wolfi"),
        (Distro(id="almalinux", version="9.3"), "almalinux-9"),
        (Distro(id="rhel", version="9.4"), "redhat-9"),
        (Distro(id="centos", version="7"), "redhat-7"),
        (Distro(id="scientific", version="7.9"), "redhat-7"),
        (Distro(id="ubuntu", version="22.04"), "ubuntu-22.04"),
    ],
)
def test_the_bucket_of_a_release(distro: Distro, bucket: str) -> None:
    """A release is named as the database names its shard, or not at all."""
    assert bucket_for(distro) == bucket


def test_a_family_is_for_its_kind_only() -> None:
    """RPM packages in a Debian image have no advisories there."""
    assert family_for("rpm", "debian-12", ()) is None
    assert family_for("alpm", "debian-12", ()) is None
    assert isinstance(family_for("alpm", "arch", ()), AlpmFamily)
    assert isinstance(family_for("deb", "debian-12", ()), DebFamily)
    assert isinstance(family_for("apk", "wolfi", ()), ApkFamily)


def test_debian_goes_by_source() -> None:
    """The binary's rebuild suffix is not compared; without a source the binary is the source."""
    libssl = package(
        "deb", "libssl3", "3.0.11-1+b2", source="openssl", source_version="3.0.11-1"
    )

    assert looked_up(DEB.look_up(libssl)) == ("openssl", "3.0.11-1")
    assert looked_up(DEB.look_up(package("deb", "bash", "5.2-1"))) == ("bash", "5.2-1")


@pytest.mark.parametrize(
    "name",
    [
        "linux-libc-dev",
        "linux-libc-dev-amd64-cross",
        "linux-headers-6.1.0-18-amd64",
        "linux-kbuild-6.1",
        "linux-compiler-gcc-12-x86",
        "linux-doc",
    ],
)
def test_kernel_headers_are_not_the_kernel(name: str) -> None:
    """They are left out, with a reason that is told."""
    assert skipped(DEB.look_up(package("deb", name, "6.1", source="linux"))) == HEADERS


def test_a_kernel_is_the_kernel() -> None:
    """What holds kernel code is judged."""
    image = package("deb", "linux-image-6.1.0-18-amd64", "6.1.76-1", source="linux")

    assert looked_up(DEB.look_up(image))[0] == "linux"


@pytest.mark.parametrize(
    ("vendor", "version", "third"),
    [
        ("Docker <support@docker.com>", "5:24.0.7-1~debian.12~bookworm", True),
        ("Ivan Iguaran <ivan@nodesource.com>", "18.19.0-1nodesource1", True),
        ("NGINX Packaging <nginx-packaging@f5.com>", "1.25.3-1~bookworm", True),
        (
            "Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>",
            "16.1-1.pgdg120+1",
            True,
        ),
        (
            "Ondřej Surý <ondrej@debian.org>",
            "8.2.7-1+0~20230616.1+deb.sury.org~1",
            True,
        ),
        ("Ondřej Surý <ondrej@debian.org>", "8.2.7-1~deb12u1", False),
        ("", "1.25.5-1~bookworm", True),
        ("", "5:26.1.3-1~debian.12~bookworm", True),
        ("", "6:7.2.4-1rl1~bookworm1", True),
        ("", "1:10.11.7+maria~deb12", True),
        ("", "3.0.13-1~deb12u1", False),
        ("", "1:4.1.48-4+deb11u2ubuntu0.1~esm1", False),
        ("Matthias Klose <doko@debian.org>", "3.11.2-1", False),
        ("Somebody <me@example.org>", "1.0-1~bpo12+1", False),
        ("<broken", "1", False),
        ("", "1", False),
    ],
)
def test_debs_of_other_repositories(vendor: str, version: str, third: bool) -> None:
    """Known other repositories are told by maintainer or version; Debian's people are many."""
    found = DEB.look_up(package("deb", "nginx", version, vendor=vendor))

    assert isinstance(found, Skip) == third
    if third:
        assert skipped(found) == THIRD_PARTY


def test_apk_goes_by_origin() -> None:
    """Sub-packages are judged by the package they were built from; apk's own bookkeeping is not."""
    family = ApkFamily(bucket="alpine-3.18")
    crypto = package("apk", "libcrypto3", "3.1.0-r4", source="openssl")

    assert looked_up(family.look_up(crypto)) == ("openssl", "3.1.0-r4")
    assert skipped(family.look_up(package("apk", ".build-deps", "0"))) is None


def test_rpm_goes_by_binary() -> None:
    """The erratum lists binaries, so the source rpm is not asked."""
    libs = package("rpm", "openssl-libs", "1:3.0.7-24.el9", source="openssl")

    assert looked_up(RPM.look_up(libs)) == ("openssl-libs", "1:3.0.7-24.el9")


@pytest.mark.parametrize(
    ("name", "version", "vendor", "reason"),
    [
        ("gpg-pubkey", "b86b3716-61e69f29", "", None),
        ("bash-debuginfo", "5.1.8-6.el9", "AlmaLinux", None),
        ("kernel-headers", "5.14.0-362.el9", "AlmaLinux", HEADERS),
        ("nginx", "1:1.25.3-1.el9.ngx", "NGINX Packaging", THIRD_PARTY),
        ("epel-release", "9-7.el9", "Fedora Project", THIRD_PARTY),
        ("nodejs", "1:16.20.2-1.module_el8.8.0+3616", "AlmaLinux", NO_LABEL),
    ],
)
def test_rpms_not_judged(
    name: str, version: str, vendor: str, reason: Reason | None
) -> None:
    """Keys, symbols, headers, other vendors and unlabelled modules are left out."""
    assert skipped(RPM.look_up(package("rpm", name, version, vendor=vendor))) == reason


def test_headers_stand_for_an_installed_kernel() -> None:
    """With a kernel beside them, its headers are judged as part of it."""
    headers = package("rpm", "kernel-headers", "5.14.0-362.el9")
    kernel = package("rpm", "kernel-core", "5.14.0-362.el9")
    family = RpmFamily(bucket="almalinux-9", has_kernel=has_kernel([headers, kernel]))

    assert looked_up(family.look_up(headers))[0] == "kernel-headers"


LABELLED = "nodejs:16:8080020230622:63b34585"


@pytest.mark.parametrize(
    ("label", "version", "stream", "fixed", "admitted"),
    [
        ("", "1.0-1.el9", "", "1.0-2.el9", True),
        ("", "1.0-1.el9", "nodejs:16", "1:16.9-1.module_el8.8.0+1", False),
        ("", "1.0-1.el9", "", "1:16.9-1.module_el8.8.0+1", False),
        (LABELLED, "1:16.1-1.module_el8", "nodejs:16", "1:16.9-1.module_el8+1", True),
        (LABELLED, "1:16.1-1.module_el8", "nodejs:18", "1:18.9-1.module_el8+1", False),
        (LABELLED, "1:16.1-1.module_el8", "", "1:16.9-1.el8", False),
        (LABELLED, "1:16.1-1.module_el8", "", "1:16.1-9.module_el8+1", True),
        (LABELLED, "1:16.1-1.module_el8", "", "1:18.1-9.module_el8+1", False),
    ],
)
def test_module_streams_do_not_mix(
    label: str, version: str, stream: str, fixed: str, admitted: bool
) -> None:
    """A package is judged by advisories of its own stream, without one by those without."""
    node = package("rpm", "nodejs", version, modularity=label, arch="x86_64")
    held = advisory("ALSA-1", "almalinux-8", "nodejs", fixed, modularity=stream)

    assert RPM.admits(node, held) == admitted


@pytest.mark.parametrize(
    ("arch", "arches", "admitted"),
    [
        ("x86_64", (), True),
        ("x86_64", ("x86_64", "aarch64"), True),
        ("x86_64", ("s390x",), False),
        ("noarch", ("s390x",), True),
        ("", ("s390x",), True),
    ],
)
def test_architectures(arch: str, arches: tuple[str, ...], admitted: bool) -> None:
    """A statement limited to other architectures is not on this build."""
    bash = package("rpm", "bash", "5.1-1.el9", arch=arch)

    held = advisory("ALSA-1", "almalinux-9", "bash", "5.2-1.el9", arches=arches)
    assert RPM.admits(bash, held) == admitted


def language(type_: str, name: str, version: str, **more: object) -> Lookup | Skip:
    """The look-up of a language package."""
    return ecosystems.family_for(type_, ()).look_up(
        package(type_, name, version, **more)
    )


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (language("golang", "example.org/app", "(devel)"), OWN_BUILD),
        (language("golang", "example.org/app", "", notes=("main-module",)), OWN_BUILD),
        (
            language(
                "golang",
                "example.org/app",
                "v0.0.0-20240101000000-abcdefabcdef",
                notes=("main-module",),
            ),
            OWN_BUILD,
        ),
        (language("golang", "example.org/lib", ""), NO_VERSION),
        (language("pypi", "sample", ""), NO_VERSION),
        (language("maven", "spring-web", "5.3.1"), NO_GROUP),
    ],
)
def test_language_packages_not_judged(found: Lookup | Skip, reason: Reason) -> None:
    """What no advisory could name is not compared, and told."""
    assert skipped(found) == reason


def test_names_are_the_ecosystems() -> None:
    """PyPI folds case and separators, Go does not."""
    assert looked_up(language("pypi", "Ruamel_Yaml", "0.1"))[0] == "ruamel-yaml"
    name = "github.com/Masterminds/semver/v3"
    assert looked_up(language("golang", name, "v3.2.0"))[0] == name
    dependency = language("golang", name, "v0.0.0-20240101000000-abcdefabcdef")
    assert isinstance(dependency, Lookup)


def test_doubts_are_told() -> None:
    """A guess of the cataloger, a vendor's rebuild and npm's own copies are marked."""

    def doubts(type_: str, version: str, **more: object) -> tuple[str, tuple[str, ...]]:
        return ecosystems.family_for(type_, ()).doubts(
            package(type_, "a", version, **more)
        )

    assert doubts("pypi", "1") == ("high", ())
    assert doubts("cargo", "1", notes=("source-local",)) == ("low", ("source-local",))
    assert doubts("cargo", "1", notes=("source-git",)) == ("medium", ("source-git",))
    assert doubts("maven", "1", notes=("low-confidence",)) == (
        "low",
        ("low-confidence",),
    )
    rebuilt = doubts("maven", "1.2.3.redhat-00001")
    assert rebuilt[0] == "medium"
    assert rebuilt[1][0].startswith("vendor-build")
    place = Location(path="usr/lib/node_modules/npm/node_modules/tar/package.json")
    bundled = doubts("npm", "6.1.0", locations=(place,))
    assert bundled[0] == "high"
    assert bundled[1][0].startswith("bundled-by npm")
    assert DEB.doubts(package("deb", "bash", "5.2-1")) == ("high", ())


def test_every_build_of_a_language_package_is_meant() -> None:
    """Ecosystem advisories know no architectures."""
    sample: Package = package("pypi", "a", "1")

    family = ecosystems.family_for("pypi", ())
    assert family.admits(sample, advisory("GHSA-1", "pypi", "a", "2", arches=("x",)))
