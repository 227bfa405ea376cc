"""The inputs that TeamCity's recipe and its meta-runner have, in the order in which people see them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One of them."""

    name: str
    label: str
    description: str
    kind: str = "text"
    """``text``, ``boolean`` or ``password``."""
    default: str = ""
    required: bool = False

    @property
    def parameter(self) -> str:
        """What TeamCity calls it: a variable for the script."""
        return f"env.input_{self.name}"

    @property
    def variable(self) -> str:
        """The variable of ``shipworthy ci`` that it goes to; empty for those of the script's own."""
        return (
            "" if self.name.startswith("tool_") else f"SHIPWORTHY_{self.name.upper()}"
        )


def _text(name: str, label: str, description: str, default: str = "") -> Input:
    return Input(name=name, label=label, description=description, default=default)


def _tick(name: str, label: str, description: str) -> Input:
    return Input(
        name=name, label=label, description=description, kind="boolean", default="false"
    )


_CACHE = "%system.agent.persistent.cache%/shipworthy"

INPUTS = (
    Input(
        name="target",
        label="Images",
        description="What to scan: docker-archive:PATH, oci:DIR, oci-archive:PATH, dir:PATH, sbom:PATH or a path to one of these. Several: one a line, or with ; between them.",
        required=True,
    ),
    # What closes the gate
    _text(
        "fail_on",
        "Fail on severity",
        "Close the gate on a finding this severe or worse: critical, high, medium, low. Unknown counts only when named: high,unknown.",
    ),
    _text(
        "max",
        "Most findings",
        "Most findings allowed of a severity: critical=0,high=5.",
    ),
    _tick(
        "only_fixed",
        "Only what has a fix",
        "The gate counts only findings that have a fix.",
    ),
    _text(
        "ignore",
        "Ignored vulnerabilities",
        "Left out of the verdict, by id or alias; with blanks between them, or one a line.",
    ),
    _text(
        "policy",
        "Policy",
        "The file of rules and suppressions; none for no policy. Empty: shipworthy.yaml, where there is one.",
    ),
    _text(
        "ignore_file",
        "Ignore files",
        "Of Trivy, Grype, OSV-Scanner, Snyk or Inspector; with blanks between them, or one a line.",
    ),
    _text(
        "vex",
        "VEX",
        "Documents or directories, or attached for what is attached to the image; with blanks between them, or one a line.",
    ),
    _text(
        "baseline",
        "Baseline",
        "A JSON result or an image: findings that it has are not new. none: everything is new.",
    ),
    _text(
        "baseline_from",
        "Report folder of an earlier build",
        "As an artifact dependency on the default branch brings it: each image is compared with its result there.",
    ),
    _tick(
        "allow_partial",
        "Allow a partial scan",
        "A scan that could not look at everything may pass.",
    ),
    _tick(
        "no_fail",
        "Do not fail the build",
        "A closed gate is told as a warning; a scan that could not be done fails all the same.",
    ),
    # What is known
    _text(
        "db",
        "Advisory database",
        "A directory, a bundle or oci://HOST/REPOSITORY[:TAG][@DIGEST]; mirrors with blanks between them, or one a line.",
    ),
    _text(
        "db_max_age",
        "Age of the database",
        "How old it may be: 7d, 36h. Told in the result; with ,fail behind it an error.",
    ),
    _text(
        "db_key",
        "Key of the database",
        "The public key (PEM file) that must have signed it.",
    ),
    _tick(
        "db_plain_http",
        "Registries without encryption",
        "Speak to registries of databases and policies without encryption.",
    ),
    _tick(
        "db_insecure",
        "Registries with any certificate",
        "Take any certificate of these registries.",
    ),
    _text(
        "db_ca_file",
        "Authorities of registries",
        "Whom to trust for these registries (PEM file).",
    ),
    # What is looked at
    _text(
        "base",
        "Base image",
        "To tell its findings from yours; written as an image above.",
    ),
    _text(
        "from",
        "Where to look",
        "Where a bare reference is looked for: docker,podman,containerd,registry.",
    ),
    _text(
        "engine",
        "Engine",
        "Where the engine listens, as unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST.",
    ),
    _text(
        "containerd_namespace",
        "Namespace of containerd",
        "containerd's namespace.",
    ),
    _text(
        "registry_mirror",
        "Mirrors",
        "Registries to ask first for images of Docker Hub, one a line.",
    ),
    _text(
        "registry_username",
        "User of the registry",
        "Who logs in to the registry of the image; the password is SHIPWORTHY_REGISTRY_PASSWORD.",
    ),
    _tick(
        "registry_plain_http",
        "Registry without encryption",
        "Speak to registries of images without encryption.",
    ),
    _tick(
        "registry_insecure",
        "Any certificate of the registry",
        "Take any certificate of registries of images.",
    ),
    _text(
        "registry_ca_file",
        "Authorities of the registry",
        "Authorities to trust for registries of images (PEM file).",
    ),
    _text(
        "registry_cert",
        "Certificate for the registry",
        "Certificate to show to registries of images (PEM file).",
    ),
    _text(
        "registry_key",
        "Key of that certificate",
        "The key of that certificate (PEM file).",
    ),
    _tick(
        "registry_whole_layers",
        "Whole layers",
        "Read every layer to its end, also where a table of contents would do.",
    ),
    _text(
        "cache_from",
        "Records from",
        "Where layer records are fetched from, as registry:HOST/REPOSITORY, one a line.",
    ),
    _text(
        "cache_to",
        "Records to",
        "Where layer records are sent to, as registry:HOST/REPOSITORY.",
    ),
    _text(
        "dockerfile",
        "Dockerfile",
        "That the image was built from: its lines are named in what to do, and inspections stand at them.",
    ),
    _text(
        "platform",
        "Platform",
        "Which image of an index: linux/arm64. Empty: the agent's.",
    ),
    _tick(
        "all_platforms",
        "Every platform",
        "Scan the image for every platform of the index, into one result.",
    ),
    _text(
        "at",
        "Day",
        "Count ages, grace periods and ends to this day, YYYY-MM-DD. Empty: the database's.",
    ),
    _text(
        "cache_dir",
        "Cache",
        "Where databases and layers once read are kept from build to build.",
        default=f"{_CACHE}/data",
    ),
    _tick("no_cache", "No cache of layers", "Read every layer anew, remember none."),
    # What is told, and where
    _text(
        "report_dir",
        "Report folder",
        "Below the checkout directory; published under its last name.",
        default="shipworthy-report",
    ),
    _text(
        "reports",
        "Reports",
        "json,html,csv,markdown,junit,cyclonedx,sarif,spdx and more. +sarif,spdx adds to the usual ones, which are the first six.",
    ),
    _text(
        "output",
        "Further reports",
        "FORMAT=PATH, with blanks between them, or one a line; of one image alone.",
    ),
    _text(
        "title",
        "Title",
        "Tells this step from others of the build: in its status, its problems and its statistics.",
        default="shipworthy",
    ),
    _tick(
        "comment",
        "Comment",
        "TeamCity has no comments on merge requests; the step only says so.",
    ),
    _tick("quiet", "Quiet", "Leave the tables out of the build log."),
    # Telling others
    _text(
        "asff",
        "Security Hub",
        "account=ID,region=NAME and, where it is not the account's own, product-arn=ARN, for the report asff.",
    ),
    _text(
        "html_assets",
        "Style of the page",
        "inline for one file, external for a folder with index.html.",
    ),
    Input(
        name="notify",
        label="Notify",
        description="Addresses that the result is sent to, [slack|teams|cloudevents=]URL; with blanks between them, or one a line.",
        kind="password",
    ),
    _text(
        "notify_on",
        "Notify when",
        "always, fail (the step ends with another code than 0) or change (a finding is new).",
    ),
    _text(
        "notify_link",
        "Link in notifications",
        "Where the whole report will be, as the address of the build's artifacts.",
    ),
    _tick(
        "notify_required",
        "Notifications must arrive",
        "End with 3 where one cannot be delivered.",
    ),
    _tick(
        "notify_plain_http",
        "Notify without encryption",
        "Let notifications leave the agent without encryption.",
    ),
    _text(
        "notify_ca_file",
        "Authorities of receivers",
        "Whom to trust for notifications (PEM file).",
    ),
    # How shipworthy gets to the agent
    _text(
        "tool_source",
        "Sources of shipworthy",
        "A checkout of its repository, as a second VCS root brings it. Empty: .shipworthy where that is, else the shipworthy that is installed on the agent.",
    ),
    _text(
        "tool_version",
        "Release of shipworthy",
        "Install this release from the index that pip is configured to use, and not the sources; its digest stands below.",
    ),
    _text(
        "tool_zipapp",
        "Single file",
        "shipworthy.pyz, as an artifact dependency or the agent's image brings it; its digest stands below.",
    ),
    _text(
        "tool_sha256",
        "Digest",
        "SHA-256 of the release's wheel or of the single file, 64 hexadecimal digits.",
    ),
    _text(
        "tool_wheelhouse",
        "Wheels",
        "A folder of wheels to install from, without a network.",
    ),
    _text(
        "tool_dir",
        "Installation folder",
        "Kept from build to build and shared by them.",
        default=f"{_CACHE}/tool",
    ),
    _text("tool_python", "Python", "3.10 or newer.", default="python3"),
)
