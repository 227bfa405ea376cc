"""Reading an ignore file of another tool: which tool's it is, told by its name, else by what is in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from shipworthy.errors import UsageError
from shipworthy.policy.foreign import (
    grype,
    inspector,
    osv,
    snyk,
    trivy,
    trivy_yaml,
)
from shipworthy.policy.foreign.files import bytes_of, decoded
from shipworthy.policy.foreign.interface import ForeignFile, Reader
from shipworthy.policy.foreign.yaml import read as read_yaml


READERS: Mapping[str, Reader] = {
    trivy.FORMAT: trivy.read,
    trivy_yaml.FORMAT: trivy_yaml.read,
    grype.FORMAT: grype.read,
    osv.FORMAT: osv.read,
    snyk.FORMAT: snyk.read,
    inspector.FORMAT: inspector.read,
}
"""By the name of the format."""

NAMES = (
    ".trivyignore",
    ".trivyignore.yaml",
    ".trivyignore.yml",
    ".grype.yaml",
    ".grype.yml",
    "osv-scanner.toml",
    ".snyk",
    ".inspector-ignore",
)
"""The files' own names."""

_YAML = frozenset({".yaml", ".yml"})
_ID = re.compile(r"[A-Za-z][A-Za-z0-9._:-]*")
_TABLE = re.compile(
    r"^\s*\[\[\s*(?:IgnoredVulns|PackageOverrides)\s*\]\]", re.IGNORECASE | re.MULTILINE
)


def read_ignore_file(path: str | Path) -> ForeignFile:
    """
    What the ignore file at ``path`` says.

    Raises:
        UsageError: It cannot be read, is none of the formats known, or not what its format allows; naming file and line.
    """
    return read_foreign(str(path), bytes_of(path))


def read_foreign(name: str, data: bytes) -> ForeignFile:
    """
    What the bytes of an ignore file called ``name`` say.

    Raises:
        UsageError: It is too large, no text, none of the formats known, or not what its format allows.
    """
    text = decoded(name, data)
    found = READERS[_format(name, text)](name, text)
    return replace(found, digest=f"sha256:{hashlib.sha256(data).hexdigest()}")


def _format(name: str, text: str) -> str:
    path = Path(name)
    base = path.name.lower()
    suffix = path.suffix.lower()
    if "trivyignore" in base:
        return trivy_yaml.FORMAT if suffix in _YAML else trivy.FORMAT
    if "inspector-ignore" in base:
        return inspector.FORMAT
    if base.endswith(".snyk"):
        return snyk.FORMAT
    if suffix == ".toml":
        return osv.FORMAT
    if suffix in _YAML and "grype" in {*base.split("."), *path.parent.name.split(".")}:
        return grype.FORMAT
    return _by_content(name, text)


def _by_content(name: str, text: str) -> str:
    if _TABLE.search(text):
        return osv.FORMAT
    lines = [line.strip() for line in text.split("\n")]
    first = [line.split()[0] for line in lines if line and line[0] != "#"]
    if (
        first
        and all(map(_ID.fullmatch, first))
        and not any(w[-1] == ":" for w in first)
    ):
        return trivy.FORMAT
    fields = read_yaml(name, text).fields
    if "ignore" in fields:
        return grype.FORMAT if fields["ignore"].kind == "list" else snyk.FORMAT
    if fields and set(fields) <= set(trivy_yaml.SECTIONS):
        return trivy_yaml.FORMAT
    raise UsageError(
        f"{name}: is none of the ignore files that are read",
        hint=f"call it as its tool does: {', '.join(NAMES)}",
    )
