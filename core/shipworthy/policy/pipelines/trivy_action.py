"""
``aquasecurity/trivy-action``: its action.yaml as of the state that installs Trivy 0.68.1.

It fails with ``exit-code`` where anything is left of the severities listed, after ``ignore-unfixed`` and the ignore
files. Trivy has five severities: what a distribution calls negligible is LOW there, what nobody rated UNKNOWN.
"""

from __future__ import annotations

from shipworthy.policy.pipelines.given import Given
from shipworthy.policy.pipelines.interface import (
    ENDS,
    ENDS_NOTE,
    Input,
    Rule,
    Taken,
    Tool,
)


_SEVERITIES = {
    "CRITICAL": ("critical",),
    "HIGH": ("high",),
    "MEDIUM": ("medium",),
    "LOW": ("low", "negligible"),
    "UNKNOWN": ("none", "unknown"),
}
_INSTALLED = "the step installs one pinned version"
_ALL_FILES = (
    "everything is looked at; a suppression with path leaves out what lies there"
)

INPUTS = (
    Input(name="scan-type", fate="step", here="image", default="image"),
    Input(name="image-ref", fate="step", here="image"),
    Input(name="input", fate="step", here="image"),
    Input(name="scan-ref", fate="step", here="image", default="."),
    Input(name="exit-code", fate="policy", here="rules", default="0"),
    Input(name="ignore-unfixed", fate="policy", here="rules", default="false"),
    Input(name="vuln-type", fate="policy", here="rules", default="os,library"),
    Input(
        name="severity",
        fate="policy",
        here="rules",
        default="UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL",
    ),
    Input(name="format", fate="step", here="reports", default="table"),
    Input(name="template", fate="step", here="output"),
    Input(name="output", fate="step", here="output"),
    Input(name="skip-dirs", fate="nothing", here=_ALL_FILES),
    Input(name="skip-files", fate="nothing", here=_ALL_FILES),
    Input(name="cache-dir", fate="step", here="cache-dir"),
    Input(
        name="timeout",
        fate="nothing",
        here="a scan is not ended halfway; the job's own limit ends it",
    ),
    Input(
        name="ignore-policy",
        fate="nothing",
        here="Rego is not read: what it leaves out is written as suppressions",
    ),
    Input(name="hide-progress", fate="step", here="quiet"),
    Input(
        name="list-all-pkgs",
        fate="nothing",
        here="JSON and the SBOM always have every package",
    ),
    Input(name="scanners", fate="policy", here="rules", default="vuln,secret"),
    Input(name="trivyignores", fate="policy", here="ignore-files"),
    Input(
        name="github-pat",
        fate="nothing",
        here="nothing is sent to the dependency graph",
    ),
    Input(
        name="trivy-config", fate="nothing", here="Trivy's own settings are not read"
    ),
    Input(
        name="tf-vars", fate="nothing", here="infrastructure as code is not looked at"
    ),
    Input(
        name="limit-severities-for-sarif",
        fate="nothing",
        here="SARIF has every finding, with what the gate counted marked",
    ),
    Input(name="docker-host", fate="step", here="engine"),
    Input(name="version", fate="nothing", here=_INSTALLED),
    Input(name="cache", fate="step", here="cache", default="true"),
    Input(name="skip-setup-trivy", fate="nothing", here=_INSTALLED),
    Input(name="token-setup-trivy", fate="nothing", here=_INSTALLED),
)
"""What the action takes, in its order."""


def take(given: Given) -> Taken:
    """The gate of the action: one rule over everything that it counts."""
    notes = [
        "Trivy reads .trivyignore by itself: where there is one, name it in ignore-files",
        ENDS_NOTE.format("Trivy"),
    ]
    code = given.whole("exit-code")
    scanners = given.among("scanners", ("vuln", "secret", "misconfig", "license"))
    if others := [word for word in scanners if word != "vuln"]:
        notes.append(
            f"scanners: {', '.join(others)}: a rule on what these find has no counterpart; licences are asked by the key licence"
        )
    rules = _rules(given, code) if "vuln" in scanners else ()
    if code == 0:
        notes.append(
            "exit-code is 0, so that the action never fails on what it finds: the rule only tells"
        )
    return Taken(
        rules=rules,
        ignore_files=given.words("trivyignores"),
        notes=tuple(notes),
    )


def _rules(given: Given, code: int) -> tuple[Rule, ...]:
    words = given.among("severity", tuple(_SEVERITIES))
    types = given.among("vuln-type", ("os", "library"))
    if not words or not types:
        given.refuse("severity" if not words else "vuln-type", "something to look for")
    named = {name for word in words for name in _SEVERITIES[word]}
    order = [name for names in _SEVERITIES.values() for name in names]
    when: list[tuple[str, str | tuple[str, ...]]] = [
        ("severity-is", tuple(name for name in order if name in named))
    ]
    said = [f"severity {','.join(words)}"]
    if given.flag("ignore-unfixed"):
        when.append(("fix-state", ("fixed",)))
        said.append("ignore-unfixed")
    if types == ("os",):
        when.append(("package-type", ("os",)))
        said.append("vuln-type os")
    elif types == ("library",):
        said.append("vuln-type library")
    left_out = ENDS
    if types == ("library",):
        left_out = f"{{any: [{{package-type: os}}, {ENDS}]}}"
    when.append(("not", left_out))
    said.append(f"exit-code {code}")
    return (
        Rule(
            name="vulnerabilities",
            when=tuple(when),
            said=", ".join(said),
            effect="fail" if code else "inform",
        ),
    )


TOOL = Tool(
    name="trivy-action",
    title="aquasecurity/trivy-action",
    uses="aquasecurity/trivy-action",
    inputs=INPUTS,
    take=take,
)
