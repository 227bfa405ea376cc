"""Pipelines run on a stand-in for Jenkins: its own engine, and steps that do what they do (``platforms/jenkins``)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jars
from pipelining import variables, without


ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "jenkins"
HERE = Path(__file__).resolve().parent / "platforms" / "jenkins"
ENGINE = {
    "com.cloudbees:groovy-cps:1.12": "f4886e833a1c0d1b73b1f45f4ea74a2d691def4e6562ec17d10598313d596e74",
    "com.google.guava:guava:11.0.1": "aa7cef9d2ba0110a2db7be0fb6e679cd71f6a26fc3ba9da7715f41d3300def1d",
    "org.kohsuke:groovy-sandbox:1.10": "600dd736ef298222d799496d35c75d082acea2b633eb61031921fe36754e40c3",
}
"""What runs pipelines in Jenkins, and what its sandbox is made of; the last ones on Maven Central."""
ALLOWED = {
    "String": "contains isEmpty length charAt matches replaceAll replaceFirst split substring toLowerCase"
    " toUpperCase toString plus compareTo static-join static-valueOf",
    "Character": "compareTo",
    "Boolean": "compareTo",
    "Integer": "compareTo minus next plus toString",
    "Math": "static-max static-min",
    "Locale": ".ROOT",
    "ArrayList": "new add addAll contains equals get isEmpty iterator removeAll retainAll size",
    "Arrays": "static-asList",
    "Arrays$ArrayList": "contains",
    "Collections": "static-sort",
    "HashMap": "new containsKey equals get keySet put putAll remove values",
    "LinkedHashMap": "containsKey equals get isEmpty keySet put putAll remove values",
    "LazyMap": "get keySet",
    "JsonSlurper": "new parseText",
    "ScriptBytecodeAdapter": "static-asType static-compareEqual static-compareLessThan",
}
"""
What the library may call: what the sandbox's ``generic-whitelist`` (script-security) has for the class or what it
implements, with the arguments that the library gives.
"""
TOOL = """\
#!/usr/bin/env python3
import json, os, pathlib
kept = {k: v for k, v in os.environ.items() if k.startswith(("SHIPWORTHY_", "DOCKER_", "TOKEN"))}
config = pathlib.Path(os.environ.get("DOCKER_CONFIG", "none")) / "config.json"
if config.is_file():
    kept["config"] = config.read_text()
    kept["mode"] = oct(config.stat().st_mode)
pathlib.Path("seen.json").write_text(json.dumps(kept))
print("the password is", os.environ.get("SHIPWORTHY_JENKINS_PASSWORD_0"))
facts = {"exitCode": 0, "status": "passed", "headline": "Fit to ship", "images": [{"reports": {"html": "report/index.html"}}]}
where = pathlib.Path(os.environ["SHIPWORTHY_JENKINS_FACTS"])
where.parent.mkdir(parents=True)
where.write_text(json.dumps(facts))
"""
"""A program in shipworthy's place that notes what it was given."""
_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One build."""

    name: str
    pipeline: str
    """The Jenkinsfile; ``input`` is bound to :attr:`given`, as a parameter of the build would be."""
    given: object = None
    environment: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    """``missing`` steps, ``credentials``, ``unix``, what ``powershell`` ends with, ``artifacts`` to copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a build."""

    result: str
    error: str
    returned: Any
    log: str
    steps: tuple[Mapping[str, Any], ...]
    outside: frozenset[str]
    """What its Groovy called that is neither a step nor its own."""
    suspended: int
    """How often its state was written down and read back."""
    workspace: Path

    @property
    def names(self) -> tuple[str, ...]:
        """The steps by name."""
        return tuple(step["step"] for step in self.steps)

    def all(self, name: str) -> list[Any]:
        """The arguments of every step of a name."""
        return [step["arguments"] for step in self.steps if step["step"] == name]

    @property
    def forbidden(self) -> set[str]:
        """What the sandbox would have stopped."""
        ours = ("Bodies ", "com.cloudbees.groovy.cps.")
        called = {one for one in self.outside if not one.startswith(ours)}
        allowed = {f"{k} {v}" for k, all_ in ALLOWED.items() for v in all_.split()}
        return {one for one in called if _short(one) not in allowed}

    @property
    def archive(self) -> Path:
        """Where the artifacts were kept."""
        return Path(f"{self.workspace}@archive")


def builds(folder: Path, cases: Iterable[Case]) -> dict[str, Told]:
    """Run all of ``cases`` in one process, each in a workspace of its own below ``folder``."""
    if shutil.which("groovy") is None:
        without("groovy")
    library = [str(path) for path in jars.fetched(ENGINE)]
    tool = program(folder / "bin" / "shipworthy")
    described = [_described(one, folder, tool.parent) for one in cases]
    asked, answer = folder / "cases.json", folder / "told.json"
    asked.write_text(
        json.dumps({"library": str(LIBRARY), "here": str(HERE), "cases": described})
    )
    done = subprocess.run(
        [
            "groovy",
            "-cp",
            os.pathsep.join((*library, str(HERE))),
            str(HERE / "harness.groovy"),
            str(asked),
            str(answer),
        ],
        env=variables(JAVA_HOME=java_home(), JAVA_OPTS=_OPTIONS),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "\tat " not in done.stderr, (
        done.stderr
    )  # what no step ended is a mistake of ours
    return {one["name"]: _told(one, folder) for one in json.loads(answer.read_text())}


def program(path: Path) -> Path:
    """``shipworthy`` as a program of that name, of the sources that are tested."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -m shipworthy "$@"\n')
    path.chmod(0o755)
    return path


def noting(path: Path) -> Path:
    """A program in shipworthy's place, whose notes :func:`seen` reads."""
    path.write_text(TOOL)
    path.chmod(0o755)
    return path


def seen(one: Told) -> dict[str, str]:
    """The variables that the program was given."""
    read: dict[str, str] = json.loads((one.workspace / "seen.json").read_text())
    return read


def java_home() -> str:
    """Where Java is: Debian's ``groovy`` does not look for it."""
    java = shutil.which("java")
    return str(Path(java).resolve().parents[1]) if java else ""


def _short(call: str) -> str:
    """``java.lang.String static join`` as ``String static-join``."""
    name, _, what = call.partition(" ")
    return f"{name.rpartition('.')[2]} {what.replace('static ', 'static-')}"


def _described(one: Case, folder: Path, tools: Path) -> dict[str, object]:
    kept = variables()
    kept["PATH"] = f"{tools}{os.pathsep}{kept['PATH']}"
    return {
        "name": one.name,
        "pipeline": one.pipeline,
        "workspace": str(folder / one.name),
        "input": one.given,
        "environment": {
            **kept,
            "JENKINS_URL": "https://ci.example/",
            "BUILD_ID": "7",
            **one.environment,
        },
        **one.more,
    }


def _told(one: Mapping[str, Any], folder: Path) -> Told:
    return Told(
        result=one["result"],
        error=one["error"] or "",
        returned=one["returned"],
        log=one["log"],
        steps=tuple(one["steps"]),
        outside=frozenset(one["outside"]),
        suspended=one["suspended"],
        workspace=folder / one["name"],
    )
