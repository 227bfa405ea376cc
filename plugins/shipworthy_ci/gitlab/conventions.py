"""
What GitLab's own container scanning is told by, read the same way: "Container scanning", docs.gitlab.com.

An image is named by ``CS_IMAGE`` (``DOCKER_IMAGE`` before 15.4), else by ``CI_APPLICATION_REPOSITORY`` and
``CI_APPLICATION_TAG``, whose defaults are the project's registry, the branch and the commit. A threshold there filters the
report and here closes the gate: nothing is left out of a report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from shipworthy.errors import UsageError
from shipworthy.images.registry.reference import parse_reference
from shipworthy_ci.platform import Inputs
from shipworthy_ci.surroundings import Surroundings


THRESHOLDS = {
    "CRITICAL": "critical",
    "HIGH": "high",
    "MEDIUM": "medium",
    "LOW": "low",
    "UNKNOWN": "low,unknown",
}
"""``CS_SEVERITY_THRESHOLD`` as ``--fail-on``."""
LEVELS = {"fatal": True, "error": True, "warn": True, "info": False, "debug": False}
"""``SECURE_LOG_LEVEL``: whether nothing but errors is said."""

_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})
_SHOWN = 60


def conventions(around: Surroundings) -> Inputs:
    """
    What the variables say.

    Raises:
        UsageError: One has a value that GitLab does not know either.
    """
    told = around.variable
    options: dict[str, object] = {
        "fail_on": _one_of(around, "CS_SEVERITY_THRESHOLD", THRESHOLDS, str.upper),
        "dockerfile": told("CS_DOCKERFILE_PATH"),
        "platform": told("TRIVY_PLATFORM"),
        "only_fixed": _flag(around, "CS_IGNORE_UNFIXED"),
        "quiet": bool(told("CS_QUIET"))
        or bool(_one_of(around, "SECURE_LOG_LEVEL", LEVELS, str.lower)),
        "ca_file": _bundle(around),
        "registry_insecure": _flag(around, "CS_DOCKER_INSECURE"),
        "registry_plain_http": _flag(around, "CS_REGISTRY_INSECURE"),
    }
    given = {name: value for name, value in options.items() if value}
    image = _image(around)
    return Inputs(
        targets=(image,) if image else (), options=given, login=_login(around, image)
    )


def _login(around: Surroundings, image: str) -> tuple[str, str, str]:
    """Who may read the image: as ``CS_REGISTRY_USER`` says, or with the job's own rights in the project's registry."""
    told = around.variable
    user, password = told("CS_REGISTRY_USER"), told("CS_REGISTRY_PASSWORD")
    if user and password:
        try:
            return (parse_reference(image).host, user, password)
        except UsageError:
            return ("", "", "")  # a file needs no login
    return (
        told("CI_REGISTRY"),
        told("CI_REGISTRY_USER"),
        told("CI_REGISTRY_PASSWORD"),
    )


def _image(around: Surroundings) -> str:
    told = around.variable
    named = told("CS_IMAGE") or told("DOCKER_IMAGE")
    if named:
        return named
    registry = told("CI_REGISTRY_IMAGE")
    repository = told("CI_APPLICATION_REPOSITORY")
    if not repository and registry and told("CI_COMMIT_REF_SLUG"):
        repository = f"{registry}/{told('CI_COMMIT_REF_SLUG')}"
    tag = told("CI_APPLICATION_TAG") or told("CI_COMMIT_SHA")
    return f"{repository}:{tag}" if repository and tag else ""


def _one_of(
    around: Surroundings,
    name: str,
    known: Mapping[str, object],
    spell: Callable[[str], str],
) -> object:
    given = around.variable(name)
    if not given:
        return None
    if spell(given) not in known:
        raise UsageError(
            f"{name}: expected {', '.join(known)}, not {given[:_SHOWN]}",
            hint="the variables are those of GitLab's container scanning",
        )
    return known[spell(given)]


def _flag(around: Surroundings, name: str) -> bool:
    given = around.variable(name).lower()
    if given and given not in _TRUE | _FALSE:
        raise UsageError(f"{name}: expected true or false, not {given[:_SHOWN]}")
    return given in _TRUE


def _bundle(around: Surroundings) -> Path | None:
    """Authorities as a file, as a variable of that type gives them; the text itself is not written anywhere."""
    given = around.variable("ADDITIONAL_CA_CERT_BUNDLE")
    if not given or "\n" in given or given.startswith("-----"):
        return None
    return Path(given) if Path(given).is_file() else None
