"""Globs on paths, names and purls: what they mean, and that no glob takes long."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.policy.globs import any_of, is_glob, loose, matcher


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("usr/bin/curl", "usr/bin/curl", True),
        ("/usr/bin/curl", "usr/bin/curl", True),
        ("usr/bin", "usr/bin/curl", False),
        ("*.jar", "app.jar", True),
        ("*.jar", "app/app.jar", False),
        ("**/*.jar", "app.jar", True),
        ("**/*.jar", "opt/app/lib/x.jar", True),
        ("app/**/lib", "app/lib", True),
        ("app/**/lib", "app/a/b/lib", True),
        ("app/**/lib", "appxlib", False),
        ("app/**", "app/a/b", True),
        ("app/**", "app", False),
        ("**/node_modules/**", "srv/node_modules/a/package.json", True),
        ("**/a*/b/**", "ac/d/ab/b/c", True),
        ("usr/lib/python3.?/**", "usr/lib/python3.9/x", True),
        ("usr/lib/python3.?/**", "usr/lib/python3.11/x", False),
        ("?bin", "/bin", False),
        ("a[1].txt", "a1.txt", False),
        ("a[1].txt", "a[1].txt", True),
        ("a**c", "a/b/c", True),
    ],
)
def test_paths(pattern: str, path: str, meant: bool) -> None:
    """A star stops at a slash, two do not, and brackets stand for themselves."""
    assert matcher(pattern)(path) is meant


def test_names_know_no_directories() -> None:
    """In names and purls a star is anything: scopes and namespaces have slashes."""
    assert loose("@babel/*")("@babel/core")
    assert loose("pkg:npm/*")("pkg:npm/%40babel/core@7.0.0")
    assert loose("log4j-????")("log4j-core")
    assert not loose("log4j-core")("log4j-core-x")


def test_several_globs_are_met_by_any() -> None:
    """One of them is enough, and none is never met."""
    assert any_of([matcher("a"), matcher("b/*")])("b/c")
    assert not any_of([])("a")
    assert is_glob("a?")
    assert not is_glob("a[1]")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a" * 4000),
        ("**a*" * 60 + "b", "a" * 4000),
        ("**/*a" * 30 + "*b", ("a" * 40 + "/") * 90),
        ("**/" * 60 + "b", "a/" * 2000),
    ],
)
def test_no_glob_is_slow(pattern: str, path: str) -> None:
    """A path made against a glob with sixty stars costs a moment, not an hour."""
    start = time.perf_counter()
    assert not matcher(pattern)(path)
    assert time.perf_counter() - start < 2


def test_an_endless_text_is_not_looked_at() -> None:
    """Beyond any path there is a bound."""
    assert not matcher("*")("a" * 5000)


def _meant(pattern: str, text: str) -> bool:
    """What a path's glob means, slowly and by its definition."""

    @cache
    def holds(at: int, of: int) -> bool:
        rest = pattern[at:]
        if not rest:
            return of == len(text)
        if rest.startswith("**"):
            stars = len(rest) - len(rest.lstrip("*"))
            begins = at == 0 or pattern[at - 1] == "/"
            if rest[stars:].startswith("/") and begins:
                after = at + stars + 1
                starts = [of, *(n + 1 for n in range(of, len(text)) if text[n] == "/")]
                return any(holds(after, n) for n in starts)
            return any(holds(at + stars, n) for n in range(of, len(text) + 1))
        if rest[0] == "*":
            end = text.find("/", of)
            end = len(text) if end < 0 else end
            return any(holds(at + 1, n) for n in range(of, end + 1))
        if of == len(text):
            return False
        same = text[of] != "/" if rest[0] == "?" else text[of] == rest[0]
        return same and holds(at + 1, of + 1)

    return holds(0, 0)


@pytest.mark.property
@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(["a", "b", "/", "*", "**", "**/", "?", "/**/"]), max_size=9
    ),
    st.text("ab/", max_size=12),
)
def test_globs_mean_what_their_definition_says(parts: list[str], text: str) -> None:
    """Taking the first place for good loses nothing."""
    pattern = "".join(parts).lstrip("/")
    assert matcher(pattern)(text) is _meant(pattern, text)
