"""
What the action does before the tool is installed and after it ran: check inputs, name caches, keep baselines.

Steps of the action hand on values as outputs; nothing but letters, digits, dots and dashes goes into the key of a
cache, whatever a branch or an image is called. The standard library alone is used here, and what of shipworthy needs
no more. Caches are those of ``actions/cache``: a branch sees its own and those of the default and the target branch.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

from shipworthy.reports.image_purl import name_from_target
from shipworthy_ci.github.action_inputs import ActionInputs, given_of, read_inputs
from shipworthy_ci.github.escaping import command, output


ROOT = Path(__file__).resolve().parents[3]
RESULT = "result.json"
USUAL_TITLE = "shipworthy"

_BRANCH = "refs/heads/"
_MOST = 32 << 20
_MOST_IMAGES = 500
_WRONG = 2


def before(environment: Mapping[str, str]) -> int:
    """
    Check the action's own inputs, write the outputs that its later steps go by, and make room for a baseline.

    Gives the exit code; every input that is wrong is told in a message of its own.
    """
    inputs, errors = read_inputs(environment)
    for error in errors:
        title = f"shipworthy: wrong input {error.name}"
        print(command("error", error.expected, {"title": title}))  # noqa: T201  # the runner reads it
    if inputs is None:
        _hand_on(environment, {"verdict": "error", "exit-code": str(_WRONG)})
        return _WRONG
    values = outputs_before(inputs, environment)
    # What an earlier step of this machine restored must not pass for what this one finds.
    shutil.rmtree(values["baseline-dir"], ignore_errors=True)
    _hand_on(environment, values)
    return 0


def outputs_before(
    inputs: ActionInputs, environment: Mapping[str, str]
) -> dict[str, str]:
    """Folders, keys and switches for the later steps."""
    temporary = _folder(environment, "RUNNER_TEMP")
    tools = environment.get("RUNNER_TOOL_CACHE") or str(temporary)
    system = "-".join(
        _part(environment.get(name) or usual)
        for name, usual in (
            ("RUNNER_OS", platform.system()),
            ("RUNNER_ARCH", platform.machine()),
        )
    )
    same = _digest([_step(inputs, environment)])
    branch = _digest([_step(inputs, environment), target_branch(environment)])
    year, week, _ = datetime.now(timezone.utc).isocalendar()
    run = f"{environment.get('GITHUB_RUN_ID')}-{environment.get('GITHUB_RUN_ATTEMPT')}"
    earlier = temporary / f"shipworthy-baseline-{same}"
    folder = given_of(environment, "CACHE_DIR") or str(temporary / "shipworthy-data")
    return {
        "python": sys.executable,
        "tool-dir": str(Path(tools) / "shipworthy"),
        "tool-key": f"shipworthy-tool-{system}-{_tool()}",
        "cache-dir": folder,
        "data-prefix": f"shipworthy-data-{system}-{year}-w{week:02}-",
        "cache": str(inputs.cache).lower(),
        "baseline": inputs.baseline,
        "baseline-from": str(earlier) if inputs.follow_branch else "",
        "baseline-dir": str(earlier),
        "baseline-prefix": f"shipworthy-baseline-{branch}-",
        "baseline-key": f"shipworthy-baseline-{branch}-{_part(run)}",
        "restore-baseline": str(inputs.follow_branch).lower(),
        "artifact": inputs.artifact_name or f"shipworthy-report-{same}",
        "upload-report": str(inputs.upload_report).lower(),
        "upload-sarif": str(inputs.upload_sarif).lower(),
    }


def target_branch(environment: Mapping[str, str]) -> str:
    """The branch that a change goes to; on a push the branch itself."""
    base = environment.get("GITHUB_BASE_REF", "")
    if not base and environment.get("GITHUB_EVENT_NAME") == "merge_group":
        base = _queued(environment.get("GITHUB_EVENT_PATH", ""))
    return (base or environment.get("GITHUB_REF", "")).removeprefix(_BRANCH)


def after(environment: Mapping[str, str]) -> int:
    """
    Keep this run's results where a later one looks for its baseline, and name what the caches hold now.

    Gives 0: what cannot be kept is told, and the verdict stands.
    """
    try:
        _hand_on(environment, _outputs_after(environment))
    except OSError as error:
        told = f"{error.filename or 'a file'}: {error.strerror or error}"
        title = "shipworthy: nothing kept for the next run"
        print(command("warning", told, {"title": title}))  # noqa: T201  # the runner reads it
    return 0


def _outputs_after(environment: Mapping[str, str]) -> dict[str, str]:
    reports = Path(environment.get("ACTION_REPORT_DIR") or "shipworthy-report")
    saved = (
        environment.get("ACTION_FOLLOW") == "true"
        and _is_branch(environment)
        and keep_results(reports, Path(environment["ACTION_BASELINE_DIR"]))
    )
    data = Path(environment["ACTION_CACHE_DIR"])
    key = f"{environment['ACTION_DATA_PREFIX']}{_digest(_listed(data))}"
    fresh = data.is_dir() and key != environment.get("ACTION_DATA_KEY")
    return {
        "save-baseline": str(saved).lower(),
        "data-key": key,
        "save-data": str(fresh).lower(),
    }


def keep_results(reports: Path, kept: Path) -> bool:
    """Copy the results of a report folder, of one image or of several, to ``kept``; whether there were any."""
    shutil.rmtree(kept, ignore_errors=True)
    found = [reports / RESULT, *sorted(reports.glob(f"*/{RESULT}"))[:_MOST_IMAGES]]
    there = [path for path in found if path.is_file() and not path.is_symlink()]
    for path in there:
        place = kept / path.relative_to(reports)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return bool(there)


def _is_branch(environment: Mapping[str, str]) -> bool:
    """Whether this run is one of a branch as it is, not of a change to it."""
    queued = environment.get("GITHUB_EVENT_NAME") == "merge_group"
    ref = environment.get("GITHUB_REF", "")
    base = environment.get("GITHUB_BASE_REF", "")
    return ref.startswith(_BRANCH) and not base and not queued


def _step(inputs: ActionInputs, environment: Mapping[str, str]) -> str:
    """What tells this step from others, in every run the same: its title, or what it scans."""
    title = given_of(environment, "TITLE") or USUAL_TITLE
    if title != USUAL_TITLE:
        return title
    names = {name_from_target(one) for one in inputs.targets.splitlines() if one}
    return "\n".join((title, environment.get("GITHUB_JOB", ""), *sorted(names)))


def _queued(path: str) -> str:
    """The branch that a merge queue is of."""
    try:
        with Path(path).open("rb") as file:
            payload = json.loads(file.read(_MOST))
        return str(payload["merge_group"]["base_ref"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""


def _tool() -> str:
    """What an installation depends on: the interpreter and every file that is installed."""
    parts = [sys.version, sys.executable]
    for path in sorted(_sources()):
        parts.append(path.relative_to(ROOT).as_posix())
        parts.append(sha256(path.read_bytes()).hexdigest())
    return _digest(parts)


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in ("pyproject.toml", "README.md"))
    for room in ("core", "plugins"):
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _listed(folder: Path) -> Iterable[str]:
    """Every file of a folder with its size; the names of what is cached say what it is."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{path.relative_to(folder).as_posix()} {path.stat().st_size}"


def _folder(environment: Mapping[str, str], name: str) -> Path:
    return Path(environment.get(name) or environment.get("TMPDIR") or ".").resolve()


def _part(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text)[:60]


def _digest(parts: Iterable[str]) -> str:
    whole = "\0".join(parts).encode("utf-8", "backslashreplace")
    return sha256(whole).hexdigest()[:16]


def _hand_on(environment: Mapping[str, str], values: Mapping[str, str]) -> None:
    with Path(environment["GITHUB_OUTPUT"]).open("ab") as file:
        file.writelines(
            output(name, value).encode("utf-8", "surrogateescape")
            for name, value in values.items()
        )


def main(arguments: Sequence[str]) -> int:
    """``before`` or ``after``; gives the exit code."""
    steps = {"before": before, "after": after}
    return steps[arguments[0]](os.environ)
