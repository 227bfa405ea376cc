"""Regular expressions of a policy: what they meet, and that nobody can make them slow."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.policy import patterns
from shipworthy.policy.conditions.interface import Expected


@pytest.mark.parametrize(
    ("pattern", "text", "met"),
    [
        ("linux-(headers|libc-dev).*", "linux-headers-6.1.0-13", True),
        ("linux-(headers|libc-dev).*", "linux-image", False),
        ("(?i)JQUERY", "jQuery", True),
        ("(?i)[a-c]+", "AbC", True),
        ("lib", "libssl3", False),
        ("^lib.*$", "libssl3", True),
        (r"\Alib\w+\z", "libssl3", True),
        ("a^b", "ab", False),
        ("(^a|b)c", "ac", True),
        (r"python3\.\d{1,2}", "python3.11", True),
        (r"python3\.\d{1,2}", "python3.111", False),
        ("a{2}", "aa", True),
        ("a{2,}", "a", False),
        ("a{0}", "", True),
        ("[^a-z]", "A", True),
        ("[]a]", "]", True),
        (r"[\d.]+", "1.2", True),
        (r"[a\-z]", "-", True),
        ("a+?b*?", "aab", True),
        ("(?:a|)(?P<n>b)", "b", True),
        ("", "", True),
        (r"@babel/.*", "@babel/core", True),
        (r"\S+\s\D\W", "a b-", True),
    ],
)
def test_expressions(pattern: str, text: str, met: bool) -> None:
    """The whole name is met or not."""
    assert patterns.matcher(pattern)(text) is met


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "a)",
        "[a",
        "*",
        "a**",
        "a*+",
        r"\1",
        r"(a)\1",
        "(?=a)",
        "(?i:a)",
        "(?<!a)b",
        "[b-a]",
        "[[:alpha:]]",
        r"\pL",
        "a{1001}",
        "a{2,1}",
        "\\",
        "{",
        "(" * 40 + ")" * 40,
        "(a{1000}){1000}",
        "a" * 1001,
        "((a{99}){99}){99}",
    ],
)
def test_what_is_no_expression_is_told(pattern: str) -> None:
    """A pattern that cannot be read, or must not be, says what was expected."""
    with pytest.raises(Expected, match=r"regular expression|repetition"):
        patterns.matcher(pattern)


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|aa)+b", "(a?){300}a{300}b"])
def test_time_is_linear(pattern: str) -> None:
    """Twenty thousand characters are no more to hostile patterns than to others."""
    assert not patterns.matcher(pattern)("a" * 16_000)
    assert not patterns.matcher(pattern)("a" * 20_000)


@pytest.mark.property
@given(
    st.text(st.sampled_from("ab|()*+?.[]^\\d-{1,2}"), max_size=12),
    st.lists(st.text(st.sampled_from("ab1-.\\"), max_size=6), max_size=5),
)
def test_expressions_agree_with_pythons(pattern: str, texts: list[str]) -> None:
    """What is taken for an expression means what it means to others, and nothing else is raised."""
    try:
        meets = patterns.matcher(pattern)
    except Expected:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of sets to come in Python
        try:
            known = re.compile(pattern, re.ASCII | re.DOTALL)
        except re.error:
            return  # RE2 repeats an anchor, Python does not
    for text in texts:
        assert meets(text) is (known.fullmatch(text) is not None), text
