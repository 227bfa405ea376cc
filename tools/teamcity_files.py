"""
Write ``teamcity/recipe.yml``, ``teamcity/meta-runner.xml`` and the table of inputs in ``teamcity/README.md``.

All come from :mod:`teamcity_inputs` and ``teamcity_script.sh``; the same sources give the same bytes, and a test holds
the files to them. Run it by hand: ``python tools/teamcity_files.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr


ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "plugins"), str(ROOT / "core")]

from teamcity_inputs import INPUTS, Input  # noqa: E402  # it stands beside this file

from shipworthy_ci.teamcity import messages  # noqa: E402  # specifications are escaped as messages are


NAME = "shipworthy/scan-image"
TITLE = "Scan container images with shipworthy"
VERSION = "1.0.0"
DESCRIPTION = (
    "Is this image fit to ship? Scans container images, judges them by your policy, fails the build with problems that"
    " say why, and brings statistics, inspections, tests and a report. For agents on Linux and macOS, with bash."
)
STEP = "Scan images"
BEGIN, END = (
    "<!-- inputs: made by tools/teamcity_files.py -->",
    "<!-- end of inputs -->",
)
_MARK = "# INPUTS\n"


def main() -> int:
    """Write them; gives the exit code."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    return 0


def files() -> Mapping[Path, str]:
    """Every file with its text."""
    readme = ROOT / "teamcity/README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return {
        ROOT / "teamcity/recipe.yml": recipe(),
        ROOT / "teamcity/meta-runner.xml": meta_runner(),
        readme: f"{before}{BEGIN}\n{table()}{END}{after}",
    }


def script() -> str:
    """What the step runs."""
    text = (ROOT / "tools/teamcity_script.sh").read_text(encoding="utf-8")
    lines = [
        f"{'flag' if one.kind == 'boolean' else 'given'} input_{one.name} {one.variable}\n"
        for one in INPUTS
        if one.variable
    ]
    assert "%" not in text, "TeamCity would put the value of a parameter there"
    assert _MARK in text
    return text.replace(_MARK, "".join(lines))


def recipe() -> str:
    """The recipe, for TeamCity 2025.03 and newer."""
    lines = [
        "# Made by tools/teamcity_files.py; meta-runner.xml is the same for older servers.",
        f"name: {NAME}",
        f"title: {_quoted(TITLE)}",
        f"version: {VERSION}",
        f"description: {_quoted(DESCRIPTION)}",
        "inputs:",
        *(line for one in INPUTS for line in _input(one)),
        "steps:",
        f"  - name: {_quoted(STEP)}",
        "    script: |",
        *(f"      {line}".rstrip() for line in script().splitlines()),
    ]
    return "\n".join(lines) + "\n"


def meta_runner() -> str:
    """The meta-runner, for servers before recipes."""
    parameters = "".join(
        f"      <param name={quoteattr(one.parameter)} value={quoteattr(one.default)} spec={quoteattr(_specification(one))} />\n"
        for one in INPUTS
    )
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by tools/teamcity_files.py; recipe.yml is the same for TeamCity 2025.03 and newer. -->
<meta-runner name={quoteattr(TITLE)}>
  <description>{escape(DESCRIPTION)}</description>
  <settings>
    <parameters>
{parameters}    </parameters>
    <build-runners>
      <runner name={quoteattr(STEP)} type="simpleRunner">
        <parameters>
          <param name="script.content">{escape(script())}</param>
          <param name="teamcity.step.mode" value="default" />
          <param name="use.custom.script" value="true" />
        </parameters>
      </runner>
    </build-runners>
    <requirements>
      <does-not-contain name="teamcity.agent.jvm.os.name" value="Windows" />
    </requirements>
  </settings>
</meta-runner>
"""


def table() -> str:
    """The inputs for people."""
    lines = ["| input | default | |", "| --- | --- | --- |"]
    for one in INPUTS:
        default = (
            f"`{one.default}`"
            if one.default
            else "**required**"
            if one.required
            else ""
        )
        text = one.description.replace("|", "\\|")
        lines.append(f"| `{one.parameter}` | {default} | {text} |")
    return "\n".join(lines) + "\n"


def _input(one: Input) -> Iterator[str]:
    yield f"  - {one.parameter}:"
    yield f"      type: {one.kind}"
    yield f"      label: {_quoted(one.label)}"
    yield f"      description: {_quoted(one.description)}"
    if one.required:
        yield "      required: true"
    else:
        yield f"      default: {_quoted(one.default)}"
        yield "      required: false"


def _specification(one: Input) -> str:
    kind, more = {
        "text": ("text", f" validationMode='{'not_empty' if one.required else 'any'}'"),
        "boolean": ("checkbox", " checkedValue='true' uncheckedValue='false'"),
        "password": ("password", ""),
    }[one.kind]
    label, description = messages.escape(one.label), messages.escape(one.description)
    return f"{kind} label='{label}' description='{description}' display='normal'{more}"


def _quoted(text: str) -> str:
    """A scalar of YAML in quotes: JSON's are YAML's."""
    return json.dumps(text)


if __name__ == "__main__":
    sys.exit(main())
