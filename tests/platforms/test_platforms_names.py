"""The names that a step gives its targets' folders."""

from __future__ import annotations

import pytest

from shipworthy_ci.reportset import names_for


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("registry.example:5000/team/shop:build-7", "registry.example-5000-team-shop"),
        ("shop@sha256:0123abcd", "shop"),
        ("shop:1.4@sha256:0123abcd", "shop"),
        ("docker-archive:build/shop.tar", "docker-archive-build-shop.tar"),
        ("docker-archive:build/shop.tar:1.4", "docker-archive-build-shop.tar"),
        ("oci:layout", "oci-layout"),
        ("build/shop.tar", "build-shop.tar"),
        ("localhost:5000/shop", "localhost-5000-shop"),
    ],
)
def test_a_name_lasts_from_build_to_build(target: str, name: str) -> None:
    """What changes with each build, tag and digest, is no part of it: the next one's baseline is found by it."""
    assert (name,) == names_for([target])


def test_images_that_differ_in_their_tag_alone_keep_it() -> None:
    """Two of one repository must not share a folder."""
    assert ("shop-1", "shop-2", "cart") == names_for(["shop:1", "shop:2", "cart:1"])
    assert 2 == len(set(names_for(["shop:1", "shop:1"])))
    assert 2 == len(set(names_for(["Shop:1", "shop:2"])))


def test_long_and_strange_names_stay_apart_and_last() -> None:
    """They end in a digest of what they were, without the tag."""
    first = names_for(["x" * 80 + ":1", "é:1"])
    second = names_for(["x" * 80 + ":2", "é:2"])

    assert first == second
    assert 2 == len(set(first))
