"""The pages for those who move over: their tables are the converter's, and their examples do what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from pipelining import Images, step
from stepping import several, step_fails

from shipworthy.cli.scan import command as scan_command
from shipworthy.policy.pipelines.convert import TOOLS, convert_step
from shipworthy.policy.pipelines.interface import Tool
from shipworthy_ci.command import command as ci_command


ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = {name: DOCS / "moving" / f"{name}.md" for name in TOOLS}
ON_GITHUB = tuple(name for name, tool in TOOLS.items() if tool.uses)
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "github-action/action.yml").read_text())
OF_JENKINS = {"image", "name", "registryCredentials", "tool"}
"""Arguments of the Jenkins step that are not all options of the command."""

_CODE = re.compile(r"`([^`]+)`")
_BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


class Row(NamedTuple):
    """One line of a page's table of inputs."""

    name: str
    becomes: str
    by: str
    words: str


def section(name: str, title: str) -> str:
    """What stands under a heading of a page."""
    text = PAGES[name].read_text()
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no section {title}"
    return found[1]


def cells(text: str) -> list[list[str]]:
    """The rows of the first table, without its head."""
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    lines = table[0].splitlines() if table else []
    return [
        [cell.strip() for cell in line.strip("|").split(" |")] for line in lines[2:]
    ]


def blocks(text: str, language: str) -> list[str]:
    """The examples in one language, in their order."""
    return [body for of, body in _BLOCK.findall(text) if of == language]


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_the_table_of_inputs_is_the_converter_s(tool: Tool) -> None:
    """Every input is on the page once, in the converter's order, with what becomes of it and why nothing does."""
    rows = [Row(*line) for line in cells(section(tool.name, "Inputs"))]

    assert [row.name for row in rows] == [f"`{one.name}`" for one in tool.inputs]
    for row, one in zip(rows, tool.inputs, strict=True):
        assert row.becomes == one.fate, row.name
        assert row.by == ("" if one.fate == "nothing" else f"`{one.here}`"), row.name
        if one.fate == "nothing":
            assert row.words == one.here, row.name


@pytest.mark.parametrize("name", ON_GITHUB)
def test_what_takes_an_input_s_place_is_an_input_of_the_action(name: str) -> None:
    """Nobody is sent to an input that is not there."""
    named = {one.here for one in TOOLS[name].inputs if one.fate == "step"}
    assert named <= set(ACTION["inputs"])


def test_what_takes_an_input_s_place_is_there_on_the_other_platforms() -> None:
    """The Jenkins step's arguments and TeamCity's inputs are options of the command, or known to be their own."""
    params = (*ci_command.params, *scan_command.params)
    options = {one.name for one in params}
    options |= {name[2:].replace("-", "_") for one in params for name in one.opts}
    jenkins = {
        one.here for one in TOOLS["inspector-jenkins"].inputs if one.fate == "step"
    }
    teamcity = {
        one.here for one in TOOLS["inspector-teamcity"].inputs if one.fate == "step"
    }

    assert jenkins <= OF_JENKINS
    assert teamcity <= options


@pytest.mark.parametrize("name", ON_GITHUB)
def test_outputs_are_those_of_the_action(name: str) -> None:
    """Each output that takes another's place is one that the action sets."""
    for _, here, *_ in cells(section(name, "Outputs")):
        assert set(_CODE.findall(here)) <= set(ACTION["outputs"])


@pytest.mark.parametrize("name", TOOLS)
def test_the_example_before_becomes_the_policy_after(name: str, tmp_path: Path) -> None:
    """What the page shows is what the converter writes, word for word but for comments and quotes."""
    before = section(name, "Before") + section(name, "After")
    first, policy, *_ = blocks(before, "yaml")
    path = tmp_path / "step.yml"
    path.write_text(first)

    assert yaml.safe_load(convert_step(name, [str(path)])) == yaml.safe_load(policy)


@pytest.mark.parametrize("name", TOOLS)
def test_the_examples_name_inputs_that_there_are(name: str, tmp_path: Path) -> None:
    """The old step's inputs are all known to the converter, and the new one's to the action."""
    path = tmp_path / "step.yml"
    path.write_text(blocks(PAGES[name].read_text(), "yaml")[0])
    assert "is no input" not in convert_step(name, [str(path)])

    for block in blocks(section(name, "After"), "yaml"):
        document = yaml.safe_load(block)
        for one in document if isinstance(document, list) else []:
            if one.get("uses", "").startswith("OWNER/shipworthy@"):
                assert set(one["with"]) <= set(ACTION["inputs"])


def test_the_table_of_limits_is_what_happens() -> None:
    """The page's own example of > and >= is what converted steps do."""
    text = (DOCS / "moving" / "README.md").read_text()
    part = text.partition("**`>` and `>=`.**")[2]
    rows = cells(part)
    assert len(rows) == 4
    for what, *results in rows:
        setting = _CODE.findall(what)[0].replace(": ", "=")
        github = setting.startswith("high_")
        tools = ["inspector-github"] if github else ["inspector-jenkins", "inspector-teamcity"]  # fmt: skip
        for tool in tools:
            inputs = [
                "isSeverityThresholdEnabled=true",
                "isThresholdEnabled=true",
                *(f"count{word}=9" for word in ("Critical", "Medium", "Low")),
                setting,
            ]
            told = [
                "closes" if step_fails(tool, inputs, several("high", count)) else "passes"
                for count in range(4)
            ]  # fmt: skip
            assert told == results, setting


@pytest.mark.parametrize(
    ("tool", "inputs", "code"),
    [
        ("inspector-github", ["high_threshold=2"], 1),
        ("inspector-github", ["high_threshold=3"], 0),
        ("inspector-teamcity", ["isThresholdEnabled=true", *(f"count{word}=2" for word in ("Critical", "High", "Medium", "Low"))], 0),
        ("trivy-action", ["exit-code=1", "severity=CRITICAL", "vuln-type=os"], 0),
        ("trivy-action", ["exit-code=1", "severity=CRITICAL", "vuln-type=library"], 1),
        ("inspector-github", ["critical_threshold=2"], 3),
    ],
)  # fmt: skip
def test_a_converted_step_decides_the_new_one(
    tmp_path: Path,
    images: Images,
    database: Path,
    tool: str,
    inputs: list[str],
    code: int,
) -> None:
    """
    The policy that lies in the checkout is found by the step, and its exit code is the verdict.

    The image has one critical finding of a library and two high ones. The database holds no ends of support, of which
    Inspector's critical findings are some: that rule cannot be judged, and the step says so.
    """
    (tmp_path / "shipworthy.yaml").write_text(convert_step(tool, inputs))

    done = step(tmp_path, images.failing, "--db", database)

    assert done.returncode == code, done.stdout
    assert ("cannot be judged without ends of support" in done.stdout) is (code == 3)


def test_every_tool_is_on_the_first_page() -> None:
    """The overview names each page and the word that --from takes."""
    rows = cells((DOCS / "moving" / "README.md").read_text())

    assert [_CODE.findall(row[2]) for row in rows] == [[name] for name in TOOLS]
    assert all(f"({name}.md)" in row[1] for name, row in zip(TOOLS, rows, strict=True))


def anchors(path: Path) -> set[str]:
    """What headings of a page are linked by."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize(
    "page",
    [*sorted((DOCS / "moving").glob("*.md")), DOCS / "ci" / "README.md"],
    ids=lambda page: f"{page.parent.name}/{page.name}",
)
def test_links_lead_somewhere(page: Path) -> None:
    """Every page and heading that is linked is there."""
    for target, anchor in _LINK.findall(page.read_text()):
        if "://" in target:
            continue
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), f"{target}#{anchor}"
