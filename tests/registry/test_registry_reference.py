"""What a reference means, as docker takes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.errors import UsageError
from shipworthy.images.registry.reference import parse_mirror, parse_reference


DIGEST = "sha256:" + "0af1" * 16


@pytest.mark.parametrize(
    ("text", "host", "repository", "wanted", "title"),
    [
        (
            "alpine",
            "registry-1.docker.io",
            "library/alpine",
            "latest",
            "docker.io/library/alpine:latest",
        ),
        (
            "grafana/grafana:11.0.0",
            "registry-1.docker.io",
            "grafana/grafana",
            "11.0.0",
            "docker.io/grafana/grafana:11.0.0",
        ),
        (
            "docker.io/alpine",
            "registry-1.docker.io",
            "library/alpine",
            "latest",
            "docker.io/library/alpine:latest",
        ),
        (
            "index.docker.io/library/alpine:3",
            "registry-1.docker.io",
            "library/alpine",
            "3",
            "docker.io/library/alpine:3",
        ),
        (
            "localhost/app",
            "localhost",
            "app",
            "latest",
            "localhost/app:latest",
        ),
        (
            "localhost:5000/a/b__c-d.e:v1",
            "localhost:5000",
            "a/b__c-d.e",
            "v1",
            "localhost:5000/a/b__c-d.e:v1",
        ),
        ("REG/app", "REG", "app", "latest", "REG/app:latest"),
        ("[::1]:5000/app", "[::1]:5000", "app", "latest", "[::1]:5000/app:latest"),
        (
            f"ghcr.io/a/b:1@{DIGEST}",
            "ghcr.io",
            "a/b",
            DIGEST,
            f"ghcr.io/a/b:1@{DIGEST}",
        ),
        (f"ghcr.io/a/b@{DIGEST}", "ghcr.io", "a/b", DIGEST, f"ghcr.io/a/b@{DIGEST}"),
    ],
)
def test_references(
    text: str, host: str, repository: str, wanted: str, title: str
) -> None:
    """Host, repository and tag are docker's, whatever is left out."""
    place = parse_reference(text)
    assert (host, repository, wanted) == (place.host, place.repository, place.wanted)
    assert title == str(place)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "names no repository"),
        ("Alpine", "capital letters"),
        ("ghcr.io/A/b", "capital letters"),
        ("a//b", "names no repository"),
        ("a/b:", "no tag"),
        ("a/b:x y", "no tag"),
        ("a@sha256:12", "no digest"),
        ("0af1" * 16, "the id of an image"),
        ("host:99999/a", "no host"),
        ("-x.y/a", "no host"),
        ("https://ghcr.io/a/b", "without the scheme"),
        ("../../etc/passwd", "no host"),
        ("a" * 300, "names no repository"),
        ("a" * 2000, "too long"),
    ],
)
def test_what_is_no_reference(text: str, reason: str) -> None:
    """It is refused before anybody is asked, with the reason."""
    with pytest.raises(UsageError, match=reason):
        parse_reference(text)


def test_a_password_in_a_reference_is_not_told() -> None:
    """Neither with a scheme nor without."""
    for text in ("https://me:hidden-word@ghcr.io/a/b", "me:hidden-word@ghcr.io/a/b"):
        with pytest.raises(UsageError) as caught:
            parse_reference(text)
        assert "hidden-word" not in f"{caught.value.message}{caught.value.hint}"
        assert "docker login" in caught.value.hint


def test_mirrors() -> None:
    """A mirror is a host, which may keep its copies below a name."""
    assert ("mirror.example:5000", "hub/") == parse_mirror("mirror.example:5000/hub")
    assert ("mirror.example", "") == parse_mirror("mirror.example/")
    with pytest.raises(UsageError, match="expected HOST"):
        parse_mirror("https://mirror.example")


@pytest.mark.property
@given(st.text(alphabet="aA0./:@-_[] é\n", max_size=40))
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    """Whatever is taken for a host or repository can stand in an address as it is."""
    try:
        place = parse_reference(text)
    except UsageError:
        return
    assert not set(f"{place.host}{place.repository}{place.tag}") & set(" @é\n?#")
    assert ".." not in place.repository.split("/")
