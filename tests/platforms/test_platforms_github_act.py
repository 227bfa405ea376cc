"""A workflow that uses the action runs under act: four images in a job, each with its own end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from acting import Acted, act
from pipelining import HOSTILE, Images


WORKFLOW = """\
on: push
permissions: {}
jobs:
  scan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
"""
STEP = """\
      - name: scan WHICH
        id: WHICH
        uses: ./github-action
        continue-on-error: true
        with:
          image: IMAGE
          fail-on: critical
          title: TITLE
          upload-sarif: true
      - name: told by WHICH
        env:
          OUTCOME: ${{ steps.WHICH.outcome }}
          OUTPUTS: ${{ toJSON(steps.WHICH.outputs) }}
        run: |
          echo "outcome=$OUTCOME" >"$STORE/WHICH"
          echo "$OUTPUTS" >"$STORE/WHICH.json"
"""
LAST = """\
      - name: the end
        run: exit 7
"""


@pytest.fixture(scope="module")
def acted(
    tmp_path_factory: pytest.TempPathFactory, images: Images, database: Path
) -> tuple[Acted, Path]:
    """One run of all four, and the folder of what it left."""
    folder = tmp_path_factory.mktemp("act")
    store = folder / "store"
    store.mkdir()
    hostile = f"{images.hostile}\\n$(touch owned); {HOSTILE[0]}\\n{HOSTILE[5]}"
    targets = {
        "passing": str(images.passing),
        "failing": str(images.failing),
        "broken": str(images.broken),
        "hostile": hostile,
    }
    workflow = WORKFLOW
    for which, image in targets.items():
        step = STEP.replace("WHICH", which).replace("TITLE", which)
        workflow += step.replace("IMAGE", json.dumps(image.replace("\\n", "\n")))
    done = act(folder, workflow + LAST, STORE=store, SHIPWORTHY_DB=database)
    return done, store


@pytest.mark.functional
@pytest.mark.parametrize(
    ("which", "outcome", "verdict", "code"),
    [
        ("passing", "success", "passed", "0"),
        ("failing", "failure", "failed", "1"),
        ("broken", "failure", "error", "3"),
        ("hostile", "failure", "error", "3"),
    ],
)
def test_each_image_has_its_own_end(
    acted: tuple[Acted, Path], which: str, outcome: str, verdict: str, code: str
) -> None:
    """The step's outcome, its outputs, the artifact and what goes to code scanning."""
    done, store = acted
    assert "Job failed" in done.log, done.log
    assert f"outcome={outcome}\n" == (store / which).read_text(), done.log
    outputs = json.loads((store / f"{which}.json").read_text())
    assert (verdict, code) == (outputs["verdict"], outputs["exit-code"])
    artifact = store / "artifacts" / outputs["artifact-name"]
    pages = list(artifact.rglob("report.html"))
    assert (0 if which == "broken" else 1) == len(pages)


@pytest.mark.functional
def test_act_takes_annotations_and_summaries(acted: tuple[Acted, Path]) -> None:
    """Its own reading of commands and files: a closed gate and a scan that could not be done look different."""
    done, _ = acted
    failing, broken = done.step("scan failing"), done.step("scan broken")

    assert "gate closed by rule fail-on" in failing
    assert "could not scan" not in failing
    assert "could not scan" in broken
    assert "gate closed" not in broken
    assert "Do not ship" in failing


@pytest.mark.functional
def test_the_second_image_finds_what_the_first_one_kept(
    acted: tuple[Acted, Path],
) -> None:
    """The tool is installed once, and no key of a cache is written twice."""
    done, store = acted

    assert "bootstrap: installing" in done.step("scan passing")
    assert "bootstrap: installing" not in done.step("scan failing")
    assert {"data", "tool"} == {
        path.name.split("-")[1] for path in (store / "cache").iterdir()
    }


@pytest.mark.functional
def test_nothing_of_an_image_or_an_input_acts(acted: tuple[Acted, Path]) -> None:
    """No command that is not ours, no file, and no output that somebody else named."""
    done, store = acted

    assert [] == list(store.parent.rglob("owned"))
    assert "set-output:: owned" not in done.log
    assert "❗  ::error::owned" not in done.log
    outputs = json.loads((store / "hostile.json").read_text())
    assert "owned" not in outputs
