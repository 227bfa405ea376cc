"""The recipe's script under bash, with its inputs as an agent sets them: each way to the tool, each image, hostile values."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import teamcity_inputs
import yaml
from bootstrapping import BOOTSTRAP, checkout, sha256, zipapp
from pipelining import HOSTILE, Images, variables
from teamcitying import BuildLog, read_log


ROOT = Path(__file__).resolve().parents[2]
SCRIPT: str = yaml.safe_load((ROOT / "teamcity/recipe.yml").read_text("utf-8"))[
    "steps"
][0]["script"]
STUB = "import sys\nif sys.argv[1:] != ['--into=tool']: sys.exit(2)\nprint({tool!r})\n"


def run(folder: Path, *, path: str = "", **inputs: str | Path) -> tuple[int, BuildLog]:
    """The step in ``folder``: all inputs that are not given have their defaults."""
    script = folder.parent / f"{folder.name}.sh"
    script.write_text(SCRIPT, encoding="utf-8")
    usual = {
        one.name: one.default.replace("%system.agent.persistent.cache%/shipworthy/", "")
        for one in teamcity_inputs.INPUTS
    }
    environment = variables(
        TEAMCITY_VERSION="2025.07",
        **{f"input_{k}": v for k, v in (usual | inputs).items()},
    )
    environment["PATH"] = path or environment["PATH"]
    done = subprocess.run(
        ["bash", str(script)], cwd=folder, env=environment, check=False, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert "Traceback" not in done.stdout, done.stdout
    return done.returncode, read_log(done.stdout)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A checkout directory, with shipworthy's sources where a second VCS root puts them."""
    plugins = tmp_path / "work/.shipworthy/plugins"
    plugins.mkdir(parents=True)
    tool = Path(sys.executable).parent / "shipworthy"
    (plugins / "bootstrap.py").write_text(STUB.format(tool=str(tool)))
    return tmp_path / "work"


@pytest.mark.parametrize(
    ("which", "code", "problem"),
    [
        ("passing", 0, ""),
        ("failing", 1, "shipworthy_fail_on"),
        ("broken", 3, "shipworthy_could_not_scan"),
        ("hostile", 1, "shipworthy_fail_on"),
    ],
)
def test_each_image(
    work: Path, images: Images, database: Path, which: str, code: int, problem: str
) -> None:
    """The verdict decides the step, and what is told is what this image deserves."""
    ended, log = run(
        work, target=getattr(images, which), fail_on="critical", db=database
    )

    assert code == ended
    assert ([problem] if problem else []) == [key[:-9] for key in log.problems]
    assert {".shipworthy", "shipworthy-report", "data"} >= {
        path.name for path in work.iterdir()
    }


def test_several_images_on_one_line(work: Path, images: Images, database: Path) -> None:
    """Fields of TeamCity's pages have one line: a semicolon parts images there."""
    ended, log = run(
        work,
        target=f"{images.failing};{images.passing}",
        db=database,
        only_fixed="true",
        max="high=0",
        title="nightly",
    )

    assert 1 == ended
    assert 4 == log.statistics["shipworthy.nightly.total"]
    assert 2 == len(list(work.glob("shipworthy-report/*/result.json")))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_inputs(work: Path, database: Path, text: str) -> None:
    """No value is run, becomes an option or speaks to the server, whichever input it stands in."""
    own = {one.name for one in teamcity_inputs.INPUTS if not one.variable}
    values = {
        one.name: text
        for one in teamcity_inputs.INPUTS
        if one.name not in own and one.kind != "boolean"
    }
    ended, log = run(work, **values | {"db": str(database)})

    assert ended in {2, 3}
    assert log.problems
    assert all(key.startswith("shipworthy_") for key in log.problems)
    assert not list(work.rglob("owned"))


@pytest.mark.parametrize("text", ["'; touch owned; `touch owned` $(touch owned)", "-c"])
def test_hostile_ways_to_the_tool(work: Path, tmp_path: Path, text: str) -> None:
    """Nor is one of the inputs of the script's own."""
    for name in (
        "tool_source",
        "tool_zipapp",
        "tool_version",
        "tool_sha256",
        "tool_wheelhouse",
        "tool_dir",
    ):
        more = (
            {"tool_zipapp": str(zipapp(tmp_path / "x.pyz"))}
            if name == "tool_sha256"
            else {}
        )
        ended, log = run(work, target="x", **{name: text, **more})
        assert ended
        assert 1 == len(log.problems)
        assert not list(tmp_path.rglob("owned"))


def test_a_box_that_is_not_ticked_says_nothing(
    work: Path, images: Images, database: Path
) -> None:
    """A variable of the build stays what it is; a value that is none of a box is wrong usage."""
    ended, _ = run(
        work, target=images.failing, fail_on="high", db=database, no_fail="true"
    )
    assert 0 == ended
    ended, log = run(work, target=images.failing, db=database, no_fail="perhaps")
    assert (2, ["shipworthy_wrong_usage"]) == (
        ended,
        [key[:-9] for key in log.problems],
    )


def test_a_single_file_runs_when_it_is_the_right_one(
    work: Path, tmp_path: Path
) -> None:
    """It is started after its digest was checked, and not otherwise."""
    single = zipapp(tmp_path / "shipworthy.pyz")
    ended, log = run(
        work, target="x", tool_zipapp=single, tool_sha256=sha256(single).upper()
    )
    assert (0, ["zip says ci"]) == (ended, [told for told in log.text if told])

    for digest, code in (("", 2), ("0" * 64, 3)):
        ended, log = run(work, target="x", tool_zipapp=single, tool_sha256=digest)
        assert (code, {"shipworthy_not_started"}) == (ended, set(log.problems))
        assert not any("zip says" in told for told in log.text)


def test_the_agent_may_have_it(tmp_path: Path, images: Images, database: Path) -> None:
    """Without sources it is what the agent has on its path; without that the step says what to do."""
    folder, bin_ = tmp_path / "work", tmp_path / "bin"
    folder.mkdir()
    bin_.mkdir()
    for name in ("bash", "python3", "env"):
        (bin_ / name).symlink_to(str(shutil.which(name)))
    call = {"target": str(images.passing), "db": str(database)}
    ended, log = run(folder, path=str(bin_), **call)
    assert (2, {"shipworthy_not_started"}) == (ended, set(log.problems))
    (bin_ / "shipworthy").symlink_to(Path(sys.executable).parent / "shipworthy")
    assert 0 == run(folder, path=str(bin_), **call)[0]


def test_it_is_installed_from_its_sources(tmp_path: Path) -> None:
    """The real bootstrap, over a small checkout, offline; the second step finds it installed."""
    work = tmp_path / "work"
    source = checkout(work / "sources")
    for path in (BOOTSTRAP, BOOTSTRAP.with_name("bootstrap_environment.py")):
        shutil.copyfile(path, source / "plugins" / path.name)
    call = {
        "target": "x",
        "tool_source": "sources",
        "tool_wheelhouse": "sources/wheelhouse",
        "tool_dir": str(tmp_path / "kept"),
    }
    first, second = run(work, **call), run(work, **call)

    assert (0, 0) == (first[0], second[0])
    assert "tiny says ci" in first[1].text
    assert ["tiny says ci"] == [told for told in second[1].text if told]
