"""Variables of GitLab's own container scanning, and lists as its inputs arrive in variables."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pipelining import variables

from shipworthy.cli.several import listed
from shipworthy.errors import UsageError
from shipworthy_ci.gitlab.conventions import conventions
from shipworthy_ci.surroundings import Surroundings


def around(folder: Path, **environment: str | Path) -> Surroundings:
    """A pipeline that nobody runs."""
    return Surroundings(
        environment=variables(**environment), log=io.StringIO(), folder=folder
    )


def test_images_are_named_as_gitlab_names_them(tmp_path: Path) -> None:
    """``CS_IMAGE``, then the older variable, then repository and tag, then the project's registry."""
    registry = {
        "CI_REGISTRY_IMAGE": "registry.example.com/shop",
        "CI_COMMIT_REF_SLUG": "main",
        "CI_COMMIT_SHA": "abc",
    }
    application = {
        "CI_APPLICATION_REPOSITORY": "example.com/app",
        "CI_APPLICATION_TAG": "2",
    }
    cases: list[tuple[dict[str, str], tuple[str, ...]]] = [
        ({}, ()),
        (registry, ("registry.example.com/shop/main:abc",)),
        (registry | application, ("example.com/app:2",)),
        (application | {"DOCKER_IMAGE": "old"}, ("old",)),
        ({"DOCKER_IMAGE": "old", "CS_IMAGE": "new"}, ("new",)),
    ]
    assert [targets for _, targets in cases] == [
        conventions(around(tmp_path, **told)).targets for told, _ in cases
    ]


def test_conventions_that_say_nothing_say_nothing(tmp_path: Path) -> None:
    """Defaults of GitLab's own leave ours alone, and what it does not know is refused."""
    plain = around(tmp_path, SECURE_LOG_LEVEL="info", CS_IGNORE_UNFIXED="false")
    assert {} == conventions(plain).options
    for name in ("CS_SEVERITY_THRESHOLD", "SECURE_LOG_LEVEL", "CS_IGNORE_UNFIXED"):
        with pytest.raises(UsageError, match=name):
            conventions(around(tmp_path, **{name: "$(touch owned)"}))
    unknown = around(tmp_path, CS_SEVERITY_THRESHOLD="unknown")
    assert {"fail_on": "low,unknown"} == conventions(unknown).options
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    trusting = around(tmp_path, ADDITIONAL_CA_CERT_BUNDLE=bundle)
    assert {"ca_file": bundle} == conventions(trusting).options
    given = around(tmp_path, ADDITIONAL_CA_CERT_BUNDLE="-----BEGIN CERTIFICATE-----")
    assert {} == conventions(given).options


def test_who_may_read_the_image_is_told_for_one_registry(tmp_path: Path) -> None:
    """The job's own rights for the project's registry; GitLab's user of the scanned image for that image's."""
    own = {
        "CI_REGISTRY": "registry.example.com",
        "CI_REGISTRY_USER": "gitlab-ci-token",
        "CI_REGISTRY_PASSWORD": "secret",
    }
    other = {
        "CS_IMAGE": "quay.example/a/b:1",
        "CS_REGISTRY_USER": "robot",
        "CS_REGISTRY_PASSWORD": "word",
    }

    def login(**told: str) -> tuple[str, str, str]:
        return conventions(around(tmp_path, **told)).login

    assert not any(login())
    assert ("registry.example.com", "gitlab-ci-token", "secret") == login(**own)
    assert ("quay.example", "robot", "word") == login(**own, **other)
    assert "word" not in repr(conventions(around(tmp_path, **other)))
    insecure = around(tmp_path, CS_DOCKER_INSECURE="true", CS_REGISTRY_INSECURE="1")
    assert {"registry_insecure": True, "registry_plain_http": True} == conventions(
        insecure
    ).options


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["a b", "c\\nd"]\n', ["a b", "c\nd"]),
        ("[]", []),
        ("a b", None),
        ("[a, b]", None),
        ("[1]", None),
        ('["a", null]', None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_a_list_may_be_json(text: str, expected: list[str] | None) -> None:
    """Of texts alone; everything else is what it was."""
    assert expected == listed(text)
