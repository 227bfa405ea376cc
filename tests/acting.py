"""
``act``, which runs workflows on this machine: built from source once, started without Docker and without GitHub.

What a workflow uses of others is replaced by the stand-ins under ``tests/platforms/actions``, by repository and commit.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import gotools
from compositing import REPOSITORY, STUBS, checkout
from pipelining import variables


ACT = "github.com/nektos/act@v0.2.87"
USES = re.compile(
    r"uses: (?P<repository>[\w.-]+/[\w.-]+)[\w./-]*@(?P<commit>[0-9a-f]{40})"
)
_LONGEST = 900


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What a workflow came to."""

    code: int
    log: str

    def step(self, name: str) -> str:
        """The lines of one step of the job, those inside of its actions too."""
        begin = self.log.index(f"Run Main {name}")
        end = self.log.find("Run Main told by ", begin)
        return self.log[begin:end]


def act(folder: Path, workflow: str, **environment: str | Path) -> Acted:
    """Run a workflow on a push, in a repository that holds the action's sources and ``workflow``."""
    program = gotools.built(ACT)
    workspace = checkout(folder / "repository", copied=True, real=True)
    place = workspace / ".github/workflows/test.yml"
    place.parent.mkdir(parents=True)
    place.write_text(workflow, encoding="utf-8")
    _commit(workspace)
    text = (REPOSITORY / "action.yml").read_text(encoding="utf-8")
    stubs = sorted({(one["repository"], one["commit"]) for one in USES.finditer(text)})
    arguments = [str(program), "push", "-P", "ubuntu-latest=-self-hosted"]
    arguments += ["--no-cache-server", "--action-offline-mode"]
    for repository, commit in stubs:
        arguments += [
            "--local-repository",
            f"{repository}@{commit}={STUBS / repository}",
        ]
    pip = {name: value for name, value in os.environ.items() if name[:4] == "PIP_"}
    for name, value in {**pip, **environment}.items():
        arguments += ["--env", f"{name}={value}"]
    with tempfile.TemporaryDirectory() as home:  # act keeps its copies there
        done = subprocess.run(
            arguments,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
            cwd=workspace,
            timeout=_LONGEST,
            env=variables(HOME=home) | {"XDG_CACHE_HOME": f"{home}/.cache"},
        )
    return Acted(code=done.returncode, log=done.stdout)


def _commit(workspace: Path) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for arguments in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["remote", "add", "origin", "https://github.com/acme/shop.git"],
        ["add", "--all"],
        [*who, "commit", "--quiet", "--message", "test"],
    ):
        subprocess.run(["git", *arguments], cwd=workspace, check=True)
