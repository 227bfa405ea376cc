"""What policies, VEX and plans make of a result of all platforms."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from indexing import AMD, ARM, BOTH, Index, dpkg
from judging import package
from remedying import DEBIAN_12, flaw, held
from scanning import OS_RELEASE

from shipworthy import scan
from shipworthy.assessment.remediation.plan import remediate
from shipworthy.assessment.remediation.steps import lines_of
from shipworthy.model.advisory import Severity
from shipworthy.model.finding import Finding
from shipworthy.model.image import (
    HistoryEntry,
    ImageConfig,
    ImageInfo,
    Layer,
    PlatformImage,
)
from shipworthy.model.package import Distro, Package
from shipworthy.model.result import ScanResult
from shipworthy.platforms.findings import Found, united_findings
from shipworthy.platforms.packages import Held, United, without_arch


ARM64, AMD64 = "linux/arm64", "linux/amd64"
DEBIAN_13 = Distro(id="debian", version="13", codename="trixie")
ROCKY = b'ID=rocky\nVERSION_ID="9.3"\n'


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A layout for two processors."""
    folder = tmp_path_factory.mktemp("layout")
    return f"oci:{ib.write_directory(Index(images=BOTH).files(), folder)}"


def judged(target: str, db: Path, **more: object) -> ScanResult:
    """A scan of all platforms."""
    given = {"all_platforms": True, "cache": False, **more}
    return scan(target, db=db, **given)  # type: ignore[arg-type]


def taken_out(result: ScanResult) -> set[str]:
    """The packages whose findings were taken out."""
    return {item.finding.package.name for item in result.suppressed}


@pytest.mark.parametrize(
    ("purl", "expected"),
    [
        ("pkg:deb/debian/libc6", {"libc6"}),
        ("pkg:deb/debian/libc6?arch=amd64", set()),
        ("pkg:deb/debian/libc6?arch=arm64", set()),
    ],
)
def test_what_is_said_of_one_processor_is_not_said_of_all(
    tmp_path: Path, target: str, database: Path, purl: str, expected: set[str]
) -> None:
    """An entry or statement on one processor's package takes nothing out of a finding that both have."""
    ids = [
        one.id
        for one in judged(target, database).findings
        if one.package.name == "libc6"
    ]
    assert ids
    policy = tmp_path / "shipworthy.yaml"
    policy.write_text(
        f"version: 1\nsuppressions:\n  - package: '{purl}'\n    reason: not reachable\n"
    )
    assert taken_out(judged(target, database, policy=policy)) == expected
    vex = tmp_path / "vex.json"
    vex.write_text(json.dumps(openvex(ids, purl)))
    assert taken_out(judged(target, database, vex=(vex,))) == expected


def openvex(ids: list[str], purl: str) -> dict[str, object]:
    """A document that calls the package not affected."""
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/1",
        "author": "us",
        "timestamp": "2024-01-01T00:00:00Z",
        "version": 1,
        "statements": [
            {
                "vulnerability": {"name": id_},
                "products": [{"@id": purl}],
                "status": "not_affected",
                "justification": "vulnerable_code_not_in_execute_path",
            }
            for id_ in ids
        ],
    }


def test_a_rule_on_a_platform_meets_any_of_them(
    tmp_path: Path, target: str, database: Path
) -> None:
    """A rule for images for a platform holds where the result has that platform."""
    policy = tmp_path / "shipworthy.yaml"
    for glob, status in (("linux/arm64*", "fail"), ("linux/s390x", "pass")):
        policy.write_text(
            "version: 1\nrules:\n  - name: arm\n    when:\n"
            f"      severity: critical\n      platform: '{glob}'\n"
        )
        assert judged(target, database, policy=policy).verdict.status == status


def test_distributions_that_differ(tmp_path: Path, database: Path) -> None:
    """Each platform is judged by its own distribution; the whole has none where they differ."""
    rocky = replace(
        ib.image({"etc/os-release": ROCKY, "srv/x": b""}), architecture="s390x"
    )
    path = ib.write_directory(Index(images=(AMD, rocky)).files(), tmp_path / "layout")
    result = judged(f"oci:{path}", database)
    assert result.distro is None
    named = [one.distro.id if one.distro else "" for one in result.image.platforms]
    assert named == ["debian", "rocky"]
    alone = scan(f"oci:{path}", db=database, cache=False, platform=AMD64)
    assert [f.id for f in result.findings] == [f.id for f in alone.findings]


def test_two_processors_in_one_image_stay_two(tmp_path: Path, database: Path) -> None:
    """What one platform has for two processors is two packages, as in a scan of that platform."""
    status = (
        dpkg("amd64", "libssl3 3.0.11-1~deb12u2 openssl")
        + b"\n"
        + dpkg("i386", "libssl3 3.0.11-1~deb12u2 openssl")
    )
    both: ib.Tree = {"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": status}
    multi = replace(ib.image(both), architecture="amd64")
    path = ib.write_directory(Index(images=(multi, ARM)).files(), tmp_path / "layout")
    result = judged(f"oci:{path}", database)
    found = [(p.arch, p.platforms) for p in result.packages if p.name == "libssl3"]
    assert sorted(found) == [("", (AMD64, ARM64)), ("i386", (AMD64,))]


@pytest.mark.parametrize(
    ("purl", "expected"),
    [
        (
            "pkg:deb/debian/x@1?arch=amd64&distro=debian-12",
            "pkg:deb/debian/x@1?distro=debian-12",
        ),
        ("pkg:apk/alpine/x@1?arch=x86_64", "pkg:apk/alpine/x@1"),
        ("pkg:golang/x@1#arch=a", "pkg:golang/x@1#arch=a"),
        ("pkg:npm/x@1", "pkg:npm/x@1"),
        ("", ""),
    ],
)
def test_purl_without_processor(purl: str, expected: str) -> None:
    """Only the qualifier goes."""
    assert without_arch(purl) == expected


def on(platform: str, of: Package, *fixed: str, severity: Severity = "high") -> Found:
    """One finding on a platform."""
    one = flaw("CVE-2024-1", of, *fixed, severity=severity)
    return Found(platform=platform, findings=(one,), places=(0,))


def together(*found: Found) -> tuple[Finding, ...]:
    """The findings of these platforms as one image's."""
    packages = United(
        [
            Held(
                platform=one.platform,
                packages=[finding.package for finding in one.findings],
                places=one.places,
            )
            for one in found
        ]
    )
    return united_findings(found, packages)


def test_answers_that_differ_stay_apart() -> None:
    """Another fixed version or severity is a finding of its own; risks and sources that differ are not."""
    amd, arm = (
        held("deb", "openssl", "3.0.1", "var/lib/dpkg/status", arch=arch)
        for arch in ("amd64", "arm64")
    )
    (same,) = together(on(AMD64, amd, "3.0.2"), on(ARM64, arm, "3.0.2"))
    assert same.platforms == (AMD64, ARM64)
    for other in (
        on(ARM64, arm, "3.0.3"),
        on(ARM64, arm, "3.0.2", severity="low"),
        on(ARM64, arm),
    ):
        found = together(on(AMD64, amd, "3.0.2"), other)
        assert sorted(one.platforms for one in found) == [(AMD64,), (ARM64,)]
        assert {id(one.package) for one in found} == {id(found[0].package)}


def several(*distros: Distro) -> ImageInfo:
    """An image for two platforms that share their first layer."""
    return ImageInfo(
        target="x",
        kind="oci",
        config=ImageConfig(
            history=(
                HistoryEntry(created_by="RUN /bin/sh -c a # buildkit"),
                HistoryEntry(created_by="RUN /bin/sh -c b # buildkit"),
            )
        ),
        layers=tuple(
            Layer(index=at, diff_id=f"sha256:{at}", instruction=words)
            for at, words in enumerate(
                (
                    "RUN /bin/sh -c a # buildkit",
                    "RUN /bin/sh -c b # buildkit",
                    "RUN /bin/sh -c b # buildkit",
                )
            )
        ),
        platforms=(
            PlatformImage(platform=AMD64, distro=distros[0], layers=(0, 1)),
            PlatformImage(platform=ARM64, distro=distros[-1], layers=(0, 2)),
        ),
    )


def placed(
    of: Package, fixed: str, *platforms: str, id_: str = "CVE-2024-1"
) -> Finding:
    """A finding on platforms, of a package that came with a layer of both."""
    return replace(flaw(id_, of, fixed), platforms=platforms)


APT = package("deb", "apt", "2.6.1", platforms=(AMD64, ARM64))


def test_a_plan_says_both_versions() -> None:
    """Where platforms of one distribution need different versions each has its command, and the platform is named."""
    openssl = held("deb", "openssl", "3.0.1", "var/lib/dpkg/status")
    actions = remediate(
        [placed(openssl, "3.0.2", AMD64), placed(openssl, "3.0.3", ARM64)],
        packages=(openssl, APT),
        image=several(DEBIAN_12),
        distro=DEBIAN_12,
    )
    told = {
        (
            action.title,
            "openssl=3.0.2" in action.command,
            "openssl=3.0.3" in action.command,
        )
        for action in actions
    }
    assert told == {
        ("Upgrade openssl to 3.0.2", True, False),
        ("Upgrade openssl to 3.0.3", False, True),
    }
    assert [a.detail.rpartition("Only on ")[2] for a in actions] == [
        *(f"{AMD64}.", f"{ARM64}.")
    ]


def test_a_plan_for_two_releases_keeps_them_apart() -> None:
    """Versions of one release are never in the command for another."""
    old = held("deb", "openssl", "3.0.1", "var/lib/dpkg/status")
    new = held("deb", "openssl", "3.5.1", "var/lib/dpkg/status")
    actions = remediate(
        [placed(old, "3.0.2", AMD64), placed(new, "3.5.2", ARM64, id_="CVE-2024-2")],
        packages=(old, new, APT),
        image=several(DEBIAN_12, DEBIAN_13),
    )
    assert len(actions) == 2
    assert all(len(action.upgrades) == 1 for action in actions)


def test_a_plan_for_what_all_need_is_one() -> None:
    """What all platforms need is one action that names none of them."""
    openssl = held("deb", "openssl", "3.0.1", "var/lib/dpkg/status")
    (action,) = remediate(
        [placed(openssl, "3.0.2", AMD64, ARM64)],
        packages=(openssl, APT),
        image=several(DEBIAN_12),
        distro=DEBIAN_12,
    )
    assert "Only on" not in action.detail


def test_lines_of_the_dockerfile_are_found_for_all_platforms() -> None:
    """The layer that another platform's build made of the same instruction is of the same line."""
    text = "FROM x\nRUN a\nRUN b\n"
    assert lines_of(text, several(DEBIAN_12)) == {0: 2, 1: 3, 2: 3}
