"""The sample of reports as a result of all platforms."""

from __future__ import annotations

from dataclasses import replace

from reports_sample import sample

from shipworthy.model.finding import Finding
from shipworthy.model.image import PlatformImage
from shipworthy.model.result import ScanResult


def of_all_platforms() -> ScanResult:
    """The sample, as if it had been scanned for two platforms."""
    both = ("linux/amd64", "linux/arm64")
    result = sample()

    def placed(finding: Finding) -> Finding:
        package = replace(finding.package, platforms=both)
        return replace(finding, package=package, platforms=both[:1])

    layers = tuple(layer.index for layer in result.image.layers)
    platforms = (
        PlatformImage(
            platform=both[0],
            manifest_digest=f"sha256:{'a' * 64}",
            image_id=f"sha256:{'b' * 64}",
            distro=result.distro,
            layers=layers,
        ),
        PlatformImage(platform=both[1], layers=layers[:1]),
        PlatformImage(platform="windows/amd64", problem="the layer is no tar"),
    )
    return replace(
        result,
        image=replace(
            result.image, platform=", ".join(both), image_id="", platforms=platforms
        ),
        packages=tuple(replace(one, platforms=both) for one in result.packages),
        findings=tuple(map(placed, result.findings)),
        suppressed=tuple(
            replace(item, finding=placed(item.finding)) for item in result.suppressed
        ),
    )
