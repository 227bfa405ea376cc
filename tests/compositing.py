"""
A runner of composite actions, as small as our own action lets it be: bash steps, other composite actions, simple expressions.

It stands in for GitHub's: inputs get their defaults, steps run in order with the runner's files, one that fails skips
those that do not say ``always()``. Every third-party action that is used must have a stand-in under
``tests/platforms/actions``, whatever its commit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from runnerlog import Log, read_log, read_outputs


REPOSITORY = Path(__file__).resolve().parents[1]
STUBS = REPOSITORY / "tests/platforms/actions"
TOP = ("github-action", "core", "pyproject.toml", "README.md", "LICENSE", "action.yml")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_BOOTSTRAP = """\
import pathlib
import sys
arguments = sys.argv[1:]
assert arguments[0] == "--into" and arguments[1], arguments
place = pathlib.Path(arguments[1], "installed")
print("already there" if place.exists() else "bootstrap: installing", file=sys.stderr)
place.parent.mkdir(parents=True, exist_ok=True)
place.touch()
print({program!r})
"""


@dataclass(kw_only=True)
class Ran:
    """What became of an action."""

    failed: bool = False
    code: int = 0
    """The exit code of the step that failed last."""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    """The outcome of each step by its name or id."""
    lines: list[str] = field(default_factory=list)
    summary: str = ""

    @property
    def log(self) -> Log:
        """What the runner makes of all that was printed."""
        return read_log("\n".join(self.lines))


@dataclass(kw_only=True)
class Runner:
    """A machine: its workspace, its temporary folder, and where stand-ins of others keep things."""

    folder: Path
    environment: dict[str, str]

    def __post_init__(self) -> None:
        for name in ("workspace", "temp", "tools", "store", "files"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.environment |= {
            "GITHUB_WORKSPACE": str(self.folder / "workspace"),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "RUNNER_TOOL_CACHE": str(self.folder / "tools"),
            "STORE": str(self.folder / "store"),
        }

    def run(
        self, action: Path, inputs: Mapping[str, str], extra: Mapping[str, str] = {}
    ) -> Ran:
        """Run the action in a folder with these inputs."""
        document = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
        given = {
            name: str((declared or {}).get("default") or "")
            for name, declared in document["inputs"].items()
        } | dict(inputs)
        environment = {**self.environment, **extra}
        context: dict[str, Any] = {"steps": {}, "env": environment}
        github = {"token": environment.get("GITHUB_TOKEN", "")}
        context |= {"github": github}
        context["inputs"] = {k: _filled(v, context) for k, v in given.items()}
        ran = Ran()
        for step in document["runs"]["steps"]:
            self._step(action, step, context, ran)
        ran.outputs = {
            name: _filled(declared["value"], context)
            for name, declared in document.get("outputs", {}).items()
        }
        return ran

    def _step(
        self, action: Path, step: Mapping[str, Any], context: dict[str, Any], ran: Ran
    ) -> None:
        name = step.get("name") or step.get("id") or "run"
        wanted = step.get("if", "success()")
        wanted = wanted if "always()" in wanted else f"success() && {wanted}"
        if not value_of(wanted, context | {"failed": ran.failed}):
            ran.steps[name] = "skipped"
            return
        if "uses" in step:
            inner = self.run(
                STUBS / step["uses"].partition("@")[0],
                {k: _filled(v, context) for k, v in step["with"].items()},
            )
            code, outputs, lines = inner.code, inner.outputs, inner.lines
        else:
            code, outputs, lines = self._bash(action, step, context, ran)
        ran.lines += lines
        ran.steps[name] = "failure" if code else "success"
        if code:
            ran.failed, ran.code = True, code
        if "id" in step:
            context["steps"][step["id"]] = {"outputs": outputs}

    def _bash(
        self, action: Path, step: Mapping[str, Any], context: dict[str, Any], ran: Ran
    ) -> tuple[int, dict[str, str], list[str]]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script"
        files = self.folder / "files"
        output, summary = files / "output", files / "summary"
        for path in (output, summary):
            path.write_text("")
        script = files / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        own = {k: _filled(v, context) for k, v in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=self.environment["GITHUB_WORKSPACE"],
            env={
                **context["env"],
                **own,
                "GITHUB_ACTION_PATH": str(action),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
            },
        )
        ran.summary += summary.read_text(encoding="utf-8")
        log = done.stdout.decode("utf-8", "backslashreplace").splitlines()
        return done.returncode, read_outputs(output.read_text("utf-8")), log


def checkout(folder: Path, *, copied: bool = False, real: bool = False) -> Path:
    """
    The repository as a runner has it.

    Args:
        folder: Where it shall be.
        copied: Whether no link leads out of it.
        real: Whether the installer is the project's own, which takes a network and half a minute; else one stands in
            for it that hands out the program of these tests.
    """
    (folder / "plugins").mkdir(parents=True)
    real = real and (REPOSITORY / "plugins/bootstrap.py").exists()
    for source in (REPOSITORY / "plugins").iterdir():
        if real or source.name != "bootstrap.py":
            _bring(source, folder / "plugins" / source.name, copied=copied)
    for name in TOP:
        _bring(REPOSITORY / name, folder / name, copied=copied)
    if real:
        return folder
    program = Path(sys.executable).parent / "shipworthy"
    text = _BOOTSTRAP.format(program=str(program))
    (folder / "plugins/bootstrap.py").write_text(text, encoding="utf-8")
    return folder


def value_of(text: str, context: Mapping[str, Any]) -> Any:
    """An expression of ``||``, ``&&``, ``==``, ``!=``, names, texts and the status functions, without brackets."""
    for sign, ends_with in (("||", True), ("&&", False)):
        parts = text.split(f" {sign} ")
        if len(parts) > 1:
            value: Any = None
            for part in parts:
                value = value_of(part, context)
                if bool(value) is ends_with:
                    break
            return value
    for sign in ("==", "!="):
        left, found, right = text.partition(f" {sign} ")
        if found:
            return (value_of(left, context) == value_of(right, context)) is (
                sign == "=="
            )
    return _term(text.strip(), context)


def _term(text: str, context: Mapping[str, Any]) -> Any:
    if text[:1] == "'":
        return text[1:-1]
    if text in {"always()", "success()"}:
        return text == "always()" or not context["failed"]
    assert re.fullmatch(r"[a-z]+(?:\.[A-Za-z0-9_-]+)+", text), f"not simple: {text!r}"
    value: Any = context
    for part in text.split("."):
        value = value.get(part, "") if isinstance(value, Mapping) else ""
    return value


def _filled(text: object, context: Mapping[str, Any]) -> str:
    return _EXPRESSION.sub(
        lambda found: str(value_of(found[1].strip(), context)), str(text)
    )


def _bring(source: Path, target: Path, *, copied: bool) -> None:
    if not copied:
        target.symlink_to(source)
    elif source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
    assert os.path.lexists(target)
