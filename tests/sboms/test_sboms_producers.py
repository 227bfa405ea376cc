"""SBOMs as each producer writes them: names, versions, sources, places and the distribution."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sbomwriter import component, document, names, properties, system

from shipworthy.model.package import Inventory, Location, Package
from shipworthy.sboms.cyclonedx import read_cyclonedx


INSPECTOR = Path(__file__).resolve().parents[3] / "shared/conformance/inspector"
LAYER = "sha256:" + "ab" * 32
needs_shared = pytest.mark.skipif(
    not INSPECTOR.exists(), reason="needs ../shared beside the checkout"
)


def read(data: bytes) -> Inventory:
    """The inventory of a document."""
    return read_cyclonedx(data, target="sbom:x")[1]


def only(data: bytes) -> Package:
    """The one package of a document."""
    (package,) = read(data).packages
    return package


def test_syft() -> None:
    """The source package is in ``upstream``, places and layers in numbered properties, the maintainer the publisher."""
    found = read(
        document(
            system(
                "debian",
                "12",
                ("syft:distro:id", "debian"),
                ("syft:distro:versionID", "12"),
                ("syft:distro:prettyName", "Debian GNU/Linux 12 (bookworm)"),
            ),
            component(
                "pkg:deb/debian/libgcc-s1@12.2.0-14?arch=amd64&distro=debian-12&upstream=gcc-12",
                publisher="Debian GCC Maintainers <debian-gcc@lists.debian.org>",
                properties=properties(
                    ("syft:package:type", "deb"),
                    ("syft:location:0:layerID", LAYER),
                    ("syft:location:0:path", "/var/lib/dpkg/status"),
                    ("syft:location:1:path", "/usr/share/doc/libgcc-s1/copyright"),
                ),
            ),
        )
    )

    assert found.distro is not None
    assert ("debian", "12") == (found.distro.id, found.distro.version)
    assert "Debian GNU/Linux 12 (bookworm)" == found.distro.name
    (package,) = found.packages
    assert ("libgcc-s1", "12.2.0-14") == (package.name, package.version)
    assert ("gcc-12", "") == (package.source, package.source_version)
    assert package.vendor.startswith("Debian GCC")
    assert (
        Location(path="usr/share/doc/libgcc-s1/copyright", layer=-1),
        Location(path="var/lib/dpkg/status", layer=0),
    ) == package.locations
    assert () == found.statuses


def test_trivy() -> None:
    """The source package is told in four properties, the file and its layer in two; a lock file is no package."""
    found = read(
        document(
            system("debian", "12.5", ("aquasecurity:trivy:Type", "debian")),
            component(
                "pkg:deb/debian/bsdutils@2.38.1-5%2Bb1?arch=amd64&distro=debian-12.5&epoch=1",
                properties=properties(
                    ("aquasecurity:trivy:PkgType", "debian"),
                    ("aquasecurity:trivy:SrcName", "util-linux"),
                    ("aquasecurity:trivy:SrcVersion", "2.38.1"),
                    ("aquasecurity:trivy:SrcRelease", "5"),
                ),
            ),
            component(
                "pkg:npm/lodash@4.17.20",
                properties=properties(
                    ("aquasecurity:trivy:PkgType", "node-pkg"),
                    ("aquasecurity:trivy:FilePath", "app/lodash/package.json"),
                    ("aquasecurity:trivy:LayerDiffID", LAYER),
                ),
            ),
            {
                "type": "application",
                "name": "usr/local/bin/app",
                "properties": properties(("aquasecurity:trivy:Type", "gobinary")),
            },
        )
    )

    deb, npm = found.packages
    assert ("1:2.38.1-5+b1", "util-linux", "2.38.1-5") == (
        deb.version,
        deb.source,
        deb.source_version,
    )
    assert (Location(path="app/lodash/package.json", layer=0),) == npm.locations
    assert () == found.statuses


def test_trivys_own_words_for_distributions() -> None:
    """``amazon`` with the release's name behind it, ``redhat``, ``suse linux enterprise server``."""
    for name, version, bucket in (
        ("amazon", "2 (Karoo)", "2"),
        ("redhat", "9.3", "9.3"),
        ("suse linux enterprise server", "15.5", "15.5"),
        ("opensuse.leap", "15.5", "15.5"),
        ("wolfi", "20230201", "20230201"),
    ):
        distro = read(document(system(name, version))).distro
        assert distro is not None
        assert bucket == distro.version, name
    assert "redhat" == getattr(read(document(system("redhat", "9"))).distro, "id", "")


@pytest.mark.parametrize(
    ("purl", "id_", "version"),
    [
        ("pkg:apk/alpine/zlib@1?distro=alpine-3.19.1", "alpine", "3.19.1"),
        ("pkg:apk/alpine/zlib@1?distro=3.19.1", "alpine", "3.19.1"),
        ("pkg:deb/debian/zlib1g@1?distro=bookworm", "debian", "12"),
        ("pkg:deb/debian/zlib1g@1?distro=debian-bookworm", "debian", "12"),
        ("pkg:deb/ubuntu/zlib1g@1?distro=jammy", "ubuntu", "22.04"),
        ("pkg:deb/ubuntu/zlib1g@1?distro=ubuntu-22.04", "ubuntu", "22.04"),
        ("pkg:rpm/opensuse/zlib@1?distro=opensuse-leap-15.5", "opensuse-leap", "15.5"),
        ("pkg:rpm/redhat/zlib@1?distro=rhel-9.4", "redhat", "9.4"),
        ("pkg:rpm/fedora/zlib@1?distro=39", "fedora", "39"),
        (
            "pkg:deb/debian/zlib1g@1?os_distro=bookworm&os_name=debian&os_version=12",
            "debian",
            "12",
        ),
    ],
)
def test_distribution_of_the_purls(purl: str, id_: str, version: str) -> None:
    """Without an operating-system component the packages' own purls tell it, in any form."""
    distro = read(document(component(purl))).distro

    assert distro is not None
    assert (id_, version) == (distro.id, distro.version)


def test_most_packages_decide_where_purls_differ() -> None:
    """One package of another release does not move the image."""
    many = [component(f"pkg:apk/alpine/p{i}@1?distro=alpine-3.19.1") for i in range(3)]
    one = component("pkg:apk/alpine/x@1?distro=alpine-3.18.0")

    distro = read(document(one, *many)).distro
    assert distro is not None
    assert "3.19.1" == distro.version


@pytest.mark.parametrize(
    ("made", "name", "version"),
    [
        (component("pkg:maven/org.slf4j/slf4j-api@2.0.7"), "org.slf4j:slf4j-api", "2.0.7"),
        (component("pkg:npm/%40babel/core@7.0.0", "core", group="@babel"), "@babel/core", "7.0.0"),
        (component("pkg:npm/jsonstream@1.3.5", "JSONStream"), "JSONStream", "1.3.5"),
        (
            component("pkg:golang/github.com/burntsushi/toml@v1.2.0", "github.com/BurntSushi/toml"),
            "github.com/BurntSushi/toml",
            "v1.2.0",
        ),
        (component("pkg:golang/stdlib@1.22.3", "stdlib"), "stdlib", "v1.22.3"),
        (component("pkg:composer/symfony/console@v5.4.0"), "symfony/console", "v5.4.0"),
        (component("pkg:pypi/jinja2@3.1.2", "Jinja2"), "Jinja2", "3.1.2"),
        (component("pkg:pypi/ruamel-yaml@0.17", "ruamel.yaml"), "ruamel.yaml", "0.17"),
        (component("pkg:swift/github.com/apple/swift-nio@2.0.0"), "github.com/apple/swift-nio", "2.0.0"),
        (component("pkg:generic/python@3.12.1"), "python", "3.12.1"),
        (component("pkg:deb/debian/git@1:2.39.2-1.1"), "git", "1:2.39.2-1.1"),
        (component("pkg:rpm/redhat/dbus@1.12.8-1.el8?epoch=1"), "dbus", "1:1.12.8-1.el8"),
        (component("pkg:rpm/redhat/bash@4.4-1.el8?epoch=0"), "bash", "4.4-1.el8"),
        (component("pkg:gem/rails", version="6.1.0"), "rails", "6.1.0"),
    ],
)  # fmt: skip
def test_names_and_versions_are_the_ecosystems_own(
    made: dict[str, object], name: str, version: str
) -> None:
    """What the purl folds or leaves out comes from the component."""
    package = only(document(made))

    assert (name, version) == (package.name, package.version)


def test_source_rpm_and_module_stream() -> None:
    """Syft names the source by its file; Red Hat calls the module stream ``rpmmod``."""
    package = only(
        document(
            component(
                "pkg:rpm/redhat/npm@6.14.8-1.12.18.4.2.module%2Bel8?arch=x86_64"
                "&rpmmod=nodejs:12:8030020201124152102:229f0a1c"
                "&upstream=nodejs-12.18.4-2.module%2Bel8.src.rpm"
            )
        )
    )

    assert ("nodejs", "12.18.4-2.module+el8") == (
        package.source,
        package.source_version,
    )
    assert package.modularity.startswith("nodejs:12:")


def test_cdxgen_and_the_standards_own_way_to_name_places() -> None:
    """``SrcFile`` and ``evidence.occurrences`` are places."""
    package = only(
        document(
            component(
                "pkg:npm/a@1",
                properties=properties(("SrcFile", "/app/package-lock.json")),
                evidence={"occurrences": [{"location": "app/index.js#12"}, {"x": 1}]},
            )
        )
    )

    assert ["app/index.js#12", "app/package-lock.json"] == [
        place.path for place in package.locations
    ]


def test_a_source_package_with_its_binaries_inside() -> None:
    """Inspector's generator nests what is installed under the source, whose own epoch it keeps apart."""
    found = read(
        document(
            component(
                "pkg:deb/debian/audit@3.0.9-1?arch=all&distro=bookworm&epoch=1",
                components=[
                    component(
                        "pkg:deb/debian/libaudit1@3.0.9-1%2Bb1?arch=amd64&distro=bookworm&epoch=1"
                    )
                ],
            )
        )
    )

    (package,) = found.packages
    assert ("libaudit1", "1:3.0.9-1+b1") == (package.name, package.version)
    assert ("audit", "1:3.0.9-1") == (package.source, package.source_version)


def test_what_is_nested_otherwise_is_a_package_as_its_parent_is() -> None:
    """Only Debian's nesting means a source package."""
    inner = component("pkg:npm/b@2")

    found = read(document(component("pkg:npm/a@1", components=[inner])))
    assert [("a", "1"), ("b", "2")] == names(found.packages)


def test_one_package_in_many_places_is_one() -> None:
    """Syft writes a component for every place."""
    package = only(
        document(
            *(
                component(
                    "pkg:npm/a@1", properties=properties(("SrcFile", f"{place}/a"))
                )
                for place in ("y", "x")
            )
        )
    )

    assert ["x/a", "y/a"] == [place.path for place in package.locations]


def test_owner_where_the_producer_names_it() -> None:
    """Inspector's generator names the OS package that installed a language package."""
    rpm = "pkg:rpm/fedora/python3-dnf@4.18.0-2.fc39?arch=noarch&distro=39&epoch=0"
    said = ("amazon:inspector:sbom_generator:duplicate_purl", rpm)

    found = read(
        document(
            component("pkg:pypi/dnf@4.18.0", properties=properties(said)),
            component(rpm),
        )
    )
    assert [rpm, ""] == [package.owner for package in found.packages]


def test_the_image_the_sbom_is_of() -> None:
    """Name, digest, id and layers come from the subject, in whose words ever."""
    digest, id_ = "sha256:" + "1" * 64, "sha256:" + "2" * 64
    trivy = {
        "type": "container",
        "name": "alpine:3.15",
        "properties": properties(
            ("aquasecurity:trivy:RepoDigest", f"alpine@{digest}"),
            ("aquasecurity:trivy:ImageID", id_),
        ),
    }
    syft = {"type": "container", "name": "alpine:3.15", "version": digest}
    scout = {
        "type": "container",
        "name": "alpine",
        "purl": f"pkg:oci/alpine@{digest.replace(':', '%3A')}",
    }
    for subject in (trivy, syft, scout):
        image, _ = read_cyclonedx(document(subject=subject), target="sbom:x")
        assert digest == image.manifest_digest
        assert (subject["name"],) == image.tags
        assert ("sbom", "sbom:x") == (image.kind, image.target)
    assert id_ == read_cyclonedx(document(subject=trivy), target="x")[0].image_id


@needs_shared
@pytest.mark.parametrize(
    ("name", "distro", "packages", "layers"),
    [
        ("alpine_3.18.2", ("alpine", "3.18.2"), 10, 1),
        ("debian_latest", ("debian", "12"), 85, 1),
        ("nginx_latest", ("debian", "12"), 86, 7),
        ("node_latest", ("debian", "12"), 608, 8),
        ("python_latest", ("debian", "12"), 126, 8),
        ("ruby_latest", ("debian", "12"), 210, 7),
        ("ubuntu_latest", ("ubuntu", "22.04"), 143, 1),
    ],
)
def test_real_sboms_of_inspectors_generator(
    name: str, distro: tuple[str, str], packages: int, layers: int
) -> None:
    """Every package is read, of the right distribution, and nothing is in doubt."""
    data = (INSPECTOR / f"sboms/{name}.json").read_bytes()
    image, inventory = read_cyclonedx(data, target=name)

    assert inventory.distro is not None
    assert distro == (inventory.distro.id, inventory.distro.version)
    assert (packages, layers) == (len(inventory.packages), len(image.layers))
    assert image.image_id.startswith("sha256:")
    assert not any(status.partial for status in inventory.statuses)


@needs_shared
def test_real_sbom_of_amazon_linux() -> None:
    """Packages of rpm, and Python packages with the rpm that owns them."""
    data = (INSPECTOR / "sboms/amazonlinux_latest.json").read_bytes()
    _, inventory = read_cyclonedx(data, target="x")

    assert inventory.distro is not None
    assert "2023" == inventory.distro.version
    assert 137 == len(inventory.packages)
    purls = {package.purl for package in inventory.packages}
    owned = [package for package in inventory.packages if package.owner]
    assert owned
    assert {package.owner for package in owned} <= purls


@needs_shared
@pytest.mark.parametrize(
    ("name", "packages"),
    [
        ("bomermanOutput", 15),
        ("SbomOutputExample", 197),
        ("SbomOutputExampleNullVuln", 1),
    ],
)
def test_real_answers_that_hold_an_sbom(name: str, packages: int) -> None:
    """A document inside ``sbom`` is read as if it stood alone."""
    data = (INSPECTOR / f"plugin/{name}.json").read_bytes()

    assert "sbom" in json.loads(data)
    assert packages == len(read(data).packages)
