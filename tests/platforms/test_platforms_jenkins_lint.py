"""Jenkins' shared library held against the rules of others: CodeNarc's, shellcheck's, and what Jenkins copies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import npm
import pytest
from jenkinsing import HERE, LIBRARY, ROOT
from pipelining import without


pytestmark = pytest.mark.functional

LINT = "npm-groovy-lint@18.0.0"
"""Brings CodeNarc and the Groovy that it runs on."""
RESOURCES = LIBRARY / "resources/shipworthy"
MOST = 200_000
"""Bytes of resources; each call sends a few of them to its agent."""


def test_codenarc_finds_nothing() -> None:
    """Its rules for Jenkins know what the engine cannot transform or keep; examples are held to them too."""
    java = _there("java")
    place = npm.installed(LINT) / "node_modules/npm-groovy-lint/lib/java"
    done = subprocess.run(
        [
            java,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            os.pathsep.join((f"{place}/*", f"{place}/groovy/lib/*")),
            "org.codenarc.CodeNarc",
            f"-basedir={LIBRARY}",
            "-includes=**/*.groovy,**/*.Jenkinsfile",
            f"-rulesetfiles=file:{HERE}/codenarc.groovy",
            "-report=json:stdout",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    start = done.stdout.index("{")
    told, _ = json.JSONDecoder().raw_decode(done.stdout[start:])
    found = [
        (file["name"], one["ruleName"], one.get("lineNumber"), one.get("message"))
        for package in told["packages"]
        for file in package.get("files", [])
        for one in file["violations"]
    ]

    assert [] == found
    files = [*LIBRARY.rglob("*.groovy"), *LIBRARY.rglob("*.Jenkinsfile")]
    assert len(files) == told["summary"]["totalFiles"]


def test_shellcheck_finds_nothing() -> None:
    """The script of other systems than Windows is plain POSIX."""
    tool = _there("shellcheck")
    done = subprocess.run(
        [tool, "--shell=sh", str(RESOURCES / "scan.sh")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stdout)


def test_jenkins_can_copy_the_library() -> None:
    """It takes src, vars and resources, refuses links, and none of it is big."""
    files = [path for path in LIBRARY.rglob("*") if not path.is_dir()]

    assert not [path for path in LIBRARY.rglob("*") if path.is_symlink()]
    assert {".groovy"} == {path.suffix for path in (LIBRARY / "src").rglob("*.*")}
    assert {".groovy", ".txt"} == {path.suffix for path in (LIBRARY / "vars").iterdir()}
    for path in files:
        if path.suffix in {".groovy", ".txt", ".sh", ".ps1", ".Jenkinsfile"}:
            assert path.read_text().isascii(), f"{path}: read as the machine likes"
    resources = LIBRARY / "resources"
    assert MOST > sum(p.stat().st_size for p in files if resources in p.parents)


def test_the_bootstrap_is_the_projects_own() -> None:
    """The library holds copies of it, for Jenkins copies no other folder: put them there anew where it changes."""
    for copy in RESOURCES.iterdir():
        own = ROOT / "plugins" / copy.name
        if own.is_file():
            assert own.read_bytes() == copy.read_bytes(), f"cp {own} {copy}"


def test_powershell_puts_no_text_into_a_command() -> None:
    """What differs is read from variables where it is used; nothing is evaluated, no other shell started."""
    script = (RESOURCES / "scan.ps1").read_text().lower()

    for word in ("invoke-expression", "iex ", "cmd ", "start-process", " -command "):
        assert word not in script
    assert script.count("exit ") == 4


def _there(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        without(name)
    return str(path)
