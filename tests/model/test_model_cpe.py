"""Which product names a pattern of Red Hat's holds for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.model.cpe import holds_for, parse_cpe


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        # a superset: what the pattern leaves out may be anything
        (
            "cpe:/o:redhat:enterprise_linux:9",
            "cpe:/o:redhat:enterprise_linux:9::baseos",
            True,
        ),
        (
            "cpe:/o:redhat:enterprise_linux:9::baseos",
            "cpe:/o:redhat:enterprise_linux:9::baseos",
            True,
        ),
        (
            "cpe:/a:redhat:enterprise_linux:9::appstream",
            "cpe:/o:redhat:enterprise_linux:9::baseos",
            False,
        ),
        (
            "cpe:/o:redhat:enterprise_linux:9::baseos",
            "cpe:/o:redhat:enterprise_linux:9",
            False,
        ),
        (
            "cpe:/o:redhat:enterprise_linux:8",
            "cpe:/o:redhat:enterprise_linux:9::baseos",
            False,
        ),
        (
            "cpe:/a:redhat:rhel_eus:9.2::appstream",
            "cpe:/a:redhat:enterprise_linux:9::appstream",
            False,
        ),
        # Red Hat's way: the text begins the name's
        ("cpe:/a:redhat:openshift:4", "cpe:/a:redhat:openshift:4.13::el8", True),
        (
            "cpe:/a:redhat:openshift:4.1::el8",
            "cpe:/a:redhat:openshift:4.13::el8",
            False,
        ),
        ("cpe:/a:redhat:3scale_amp:2", "cpe:/a:redhat:3scale_amp:2.11::el8", True),
        ("cpe:/a:redhat:openshift:4.13::el8", "cpe:/a:redhat:openshift:4", False),
        # however it is written
        (
            "CPE:/O:RedHat:enterprise_linux:9::BaseOS",
            "cpe:/o:redhat:enterprise_linux:9::baseos",
            True,
        ),
        # what is no CPE
        ("", "cpe:/o:redhat:enterprise_linux:9", False),
        (
            "cpe:2.3:o:redhat:enterprise_linux:9:*:*:*:*:*:*:*",
            "cpe:/o:redhat:enterprise_linux:9",
            False,
        ),
        ("enterprise_linux", "enterprise_linux", False),
    ],
)
def test_patterns(pattern: str, name: str, expected: bool) -> None:
    """By superset, or by Red Hat's own way."""
    assert holds_for(pattern, name) is expected


def test_the_attributes() -> None:
    """They stand in the order of the standard."""
    cpe = parse_cpe("cpe:/a:redhat:enterprise_linux:9::appstream")

    assert cpe is not None
    assert cpe.attributes == (
        "a",
        "redhat",
        "enterprise_linux",
        "9",
        "",
        "appstream",
        "",
    )


@pytest.mark.property
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text(one: str, other: str) -> None:
    """Whatever stands there is compared or is no CPE."""
    holds_for(one, other)
    name = f"cpe:/a:redhat:{one}"

    assert holds_for(name, name) is (parse_cpe(name) is not None)
