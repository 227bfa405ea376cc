"""
The inputs of Amazon Inspector's three plug-ins, and what becomes of each.

GitHub: the action.yml of aws-actions/vulnerability-scan-github-action-for-amazon-inspector up to 1.5. Jenkins:
AmazonInspectorBuilder of aws/amazon-inspector-container-image-scanner-jenkins-plugin, 2026-02. TeamCity: ScanConstants
and editScanParams.jsp of aws/amazon-inspector-container-image-scanner-teamcity-plugin, 2026-04.
"""

from __future__ import annotations

from shipworthy.policy.pipelines.interface import Input


_NO_CLOUD = "no cloud account is asked"
_ALL_KINDS = "every kind of package is looked for"
_ALL_FILES = (
    "everything is looked at; a suppression with path leaves out what lies there"
)
_NO_END = "a scan is not ended halfway; the job's own limit ends it"
_INSTALLED = "the step installs one pinned version"
_NO_DOCKERFILE = "there is no report of Dockerfile checks"


def _policy(name: str, here: str, default: str = "") -> Input:
    return Input(name=name, fate="policy", here=here, default=default)


def _step(name: str, here: str) -> Input:
    return Input(name=name, fate="step", here=here)


def _nothing(name: str, why: str) -> Input:
    return Input(name=name, fate="nothing", here=why)


GITHUB = (
    _step("artifact_type", "image"),
    _step("artifact_path", "image"),
    _nothing("display_vulnerability_findings", "the run's summary is always written"),
    _step("output_sbom_path", "reports"),
    _step("output_inspector_scan_path", "reports"),
    _step("output_inspector_scan_path_csv", "reports"),
    _step("output_inspector_scan_path_markdown", "reports"),
    _nothing("output_inspector_dockerfile_scan_path_csv", _NO_DOCKERFILE),
    _nothing("output_inspector_dockerfile_scan_path_markdown", _NO_DOCKERFILE),
    _nothing("sbomgen_version", _INSTALLED),
    _policy("critical_threshold", "rules", "0"),
    _policy("high_threshold", "rules", "0"),
    _policy("medium_threshold", "rules", "0"),
    _policy("low_threshold", "rules", "0"),
    _policy("other_threshold", "rules", "0"),
    _nothing("scanners", _ALL_KINDS),
    _nothing("skip_scanners", _ALL_KINDS),
    _nothing("skip_files", _ALL_FILES),
    _nothing("timeout", _NO_END),
    _policy("threshold_fixable_only", "rules", "false"),
    _nothing(
        "show_only_fixable_vulns", "the page filters by fix; the data keep everything"
    ),
    _step("platform", "platform"),
    _policy("ignore_findings", "suppressions"),
)
"""Of the GitHub action."""

JENKINS = (
    _step("archivePath", "image"),
    _step("artifactPath", "image"),
    _step("archiveType", "image"),
    _nothing("osArch", "the plug-in does not use it"),
    _step("reportArtifactName", "name"),
    _nothing("sbomgenSelection", _INSTALLED),
    _step("sbomgenPath", "tool"),
    _nothing("sbomgenSkipFiles", _ALL_FILES),
    _step("credentialId", "registryCredentials"),
    _nothing("awsRegion", _NO_CLOUD),
    _nothing("iamRole", _NO_CLOUD),
    _nothing("awsCredentialId", _NO_CLOUD),
    _nothing("oidcCredentialId", _NO_CLOUD),
    _nothing("awsProfileName", _NO_CLOUD),
    _policy("isSeverityThresholdEnabled", "rules", "false"),
    _policy("isThresholdEnabled", "rules", "false"),
    _policy("countCritical", "rules", "0"),
    _policy("countHigh", "rules", "0"),
    _policy("countMedium", "rules", "0"),
    _policy("countLow", "rules", "0"),
    _policy("isEpssThresholdEnabled", "rules", "false"),
    _policy("isEpssEnabled", "rules", "false"),
    _policy("epssThreshold", "rules"),
    _policy("isSuppressedCveEnabled", "suppressions", "false"),
    _policy("suppressedCveList", "suppressions"),
    _policy("isAutoFailCveEnabled", "rules", "false"),
    _policy("autoFailCveList", "rules"),
    _nothing("isLicenseCollectionEnabled", "licences are always collected"),
)
"""Of the Jenkins plug-in."""

TEAMCITY = (
    _nothing("sbomgenSelection", _INSTALLED),
    _nothing("sbomgenPath", _INSTALLED),
    _step("archivePath", "target"),
    _nothing("region", _NO_CLOUD),
    _step("dockerUsername", "registry_username"),
    _nothing(
        "dockerPassword",
        "a secret: SHIPWORTHY_REGISTRY_PASSWORD in the build's environment",
    ),
    _nothing("awsAccessKeyId", _NO_CLOUD),
    _nothing("awsSecretKey", _NO_CLOUD),
    _nothing("roleArn", _NO_CLOUD),
    _nothing("awsProfileName", _NO_CLOUD),
    _policy("isThresholdEnabled", "rules", "false"),
    _policy("countCritical", "rules"),
    _policy("countHigh", "rules"),
    _policy("countMedium", "rules"),
    _policy("countLow", "rules"),
    _nothing("htmlPath", "the plug-in does not use it"),
    _nothing("isThresholdEqual", "the plug-in does not use it"),
)
"""Of the TeamCity plug-in."""
