"""The page among a build's reports as Jenkins shows it: under its header, in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from browsing import JENKINS, browsed, serving
from pipelining import Images, step


pytestmark = pytest.mark.functional

LOOK = """
await page.goto(given.url);
const [border] = await styles(".hero", "border-left-width");
const [tools] = await styles("div.tools", "display");
return { border, tools, page: await page.content() };
"""


@pytest.mark.parametrize("which", ["failing", "hostile"])
def test_the_page_is_whole_under_jenkins_header(
    tmp_path: Path, images: Images, database: Path, which: str
) -> None:
    """Styled from the file beside it, every finding on it, no dead control, and nothing asked of others."""
    step(
        tmp_path,
        getattr(images, which),
        "--db",
        database,
        JENKINS_URL="https://ci.example/",
        BUILD_ID="7",
    )
    folder = tmp_path / "shipworthy-report"
    facts = json.loads((folder / "jenkins.json").read_text())
    result = json.loads((folder / "result.json").read_text())
    with serving(folder, JENKINS) as served:
        seen = browsed(tmp_path, LOOK, url=f"{served.url}/{facts['reports']['html']}")

    assert ("8px", "none") == (seen["border"], seen["tools"])
    for finding in result["findings"]:
        assert finding["id"] in seen["page"]
    assert all(path.startswith("/report/") for path in served.asked), served.asked
