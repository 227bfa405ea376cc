"""What docs/policy.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shipworthy.errors import UsageError
from shipworthy.policy.document import read, rule, settings, suppression
from shipworthy.policy.document.read import read_document


PAGE = (Path(__file__).resolve().parents[3] / "docs" / "policy.md").read_text()
FILES = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    if re.search(rf"^(?:{'|'.join(read.KEYS)}):", block, re.MULTILINE)
]

WRONG = """\
# a policy written in a hurry
rules:
  - name: nothing-bad
    when: {severity: hgih}
    efect: fail
suppressions:
  - id: CVE-2021-44228
  - id: CVE-2022-0001
    expires: 2026-02-30
    reason: not in use
  - package: openssl
    version: 2.10
    reason: not in use
"""


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_every_file_on_the_page_is_a_policy(text: str) -> None:
    """What users copy can be read."""
    read_document("shipworthy.yaml", text.encode())


def test_the_errors_on_the_page_are_the_tool_s() -> None:
    """Word for word."""
    with pytest.raises(UsageError) as caught:
        read_document("shipworthy.yaml", WRONG.encode())

    shown = re.findall(r"^shipworthy: error: (.*)$", PAGE, re.MULTILINE)
    assert list(caught.value.lines) == shown


def test_every_key_is_on_the_page() -> None:
    """The tables list what the reader knows, each key once in its table."""
    for key in (*read.KEYS, *rule.KEYS, *suppression.KEYS):
        assert f"\n| `{key}` | " in PAGE
    for key in settings.DEMANDS:
        assert f"`{key}`" in PAGE
