"""Texts of a SARIF log that are looked at together come out as each of them does alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.reports.sarif_words import both, marked, plain, uri, uris


LIMIT = 300

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet=" \n\\`*_{}0](#:[Ww.\u202e", max_size=12),
        st.sampled_from(
            ("x" * 236, "x" * 237, "y" * 301, "##[error]", "::set-env", "www.example")
        ),
    ),
    max_size=6,
)
ADDRESSES = st.lists(
    st.one_of(
        st.sampled_from(
            (
                "https://nvd.nist.gov/vuln/detail/CVE-2021-44228",
                "HTTP://example.org:8080/a%2Fb?c=d#e",
                "https://example.org/a\nhttps://example.org/b",
                "https://example.org/\n",
                "https://example.org/%zz",
                "javascript:alert(1)",
                "",
                "https://example.org/" + "x" * 2040,
            )
        ),
        st.text(max_size=10),
    ),
    max_size=6,
)


@given(TEXTS)
def test_texts_looked_at_together_are_as_each_alone(texts: list[str]) -> None:
    """Whatever stands beside a text, it is made as harmless as it would be alone."""
    assert both(texts, LIMIT) == (
        [plain(text, LIMIT) for text in texts],
        [marked(text, LIMIT) for text in texts],
    )


@given(ADDRESSES)
def test_addresses_looked_at_together_are_as_each_alone(texts: list[str]) -> None:
    """A line end in one makes it no two addresses; those that are none are left away."""
    assert uris(texts) == [text for text in texts if uri(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a*b_c", r"a\*b\_c"),
        ("\\[x](y)", r"\\\[x\]\(y\)"),
        ("WWW.example.org", r"WWW\.example\.org"),
        ("openssl 3.0.1", "openssl 3.0.1"),
        ("", ""),
    ],
)
def test_nothing_in_markdown_means_anything(text: str, told: str) -> None:
    """A backslash stands before each sign of Markdown, once, and what would be linked by itself is parted."""
    assert marked(text) == told


@pytest.mark.parametrize(
    "text", ["http\u017f://example.org/", "https://e\u212a.example/"]
)
def test_letters_that_only_fold_to_ascii_make_no_address(text: str) -> None:
    """The long s and the sign of Kelvin are s and k where case is ignored, and no part of RFC 3986."""
    assert not uri(text)
