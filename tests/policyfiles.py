"""Short ways to lay policy files over each other in tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipworthy.errors import UsageError
from shipworthy.policy.document.extend import Loaded, load_policy
from shipworthy.policy.document.fetch import file_fetch
from shipworthy.policy.rules import Policy


def load(**texts: str) -> Loaded:
    """The policy ours.yaml of these files; the underscore of a name is a slash."""
    for name, text in texts.items():
        path = Path(f"{name.replace('_', '/')}.yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return load_policy("ours.yaml", file_fetch)


def policy(**texts: str) -> Policy:
    """What these files come to."""
    return load(**texts).policy


def over(base: str, ours: str) -> Policy:
    """``ours`` laid over ``base``."""
    return policy(base=base, ours=f"extends: [base.yaml]\n{ours}")


def refused(**texts: str) -> list[str]:
    """Everything that is wrong with these files."""
    with pytest.raises(UsageError) as caught:
        load(**texts)
    assert caught.value.exit_code == 2
    return list(caught.value.lines)


def weakening(base: str, ours: str) -> list[str]:
    """Everything that is wrong with laying ``ours`` over ``base``."""
    return refused(base=base, ours=f"extends: [base.yaml]\n{ours}")


def names(found: Policy) -> list[str]:
    """The names of the rules in their order."""
    return [rule.name for rule in found.rules]


def rule(name: str, more: str = "") -> str:
    """A rule on criticals, as one line."""
    return f"- {{name: {name}, when: {{severity: critical}}{more}}}\n"
