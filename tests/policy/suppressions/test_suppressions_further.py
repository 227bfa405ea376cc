"""What only other tools' files ask of a finding: source, distribution, group, way of matching, exact id."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ignoring import evidence
from judging import package
from suppressing import ALL, JINJA, LIBSSL, LOG4J, VIM, entry, parted, taken

from shipworthy.model.package import Distro
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.words import about


DEBIAN = Distro(id="debian", version="12")


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("openssl", ("CVE-2023-5363",)),
        ("open.*|vim", ("CVE-2023-5363", "CVE-2023-4752")),
        ("libssl3", ()),
        ("ssl", ()),
        ("(", ()),
    ],
)
def test_the_source_package_as_a_whole(pattern: str, ids: tuple[str, ...]) -> None:
    """A package that is its own source has none; a broken pattern meets nothing."""
    assert taken(entry(source_pattern=pattern)) == ids


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("openssl", (LIBSSL.id,)),
        ("libssl3|vim-common", ()),
        ("jinja2|vim", (VIM.id, JINJA.id)),
        ("Jinja2", ()),
        ("org\\.apache\\..*", (LOG4J.id,)),
    ],
)
def test_the_name_that_advisories_go_by(pattern: str, ids: tuple[str, ...]) -> None:
    """The source's of Debian, PyPI's normal form, everybody else's own."""
    assert taken(entry(advised=pattern)) == ids


@pytest.mark.parametrize(
    ("distro", "ids"),
    [
        ("debian", ("CVE-2023-5363", "CVE-2023-4752")),
        ("debian-12", ("CVE-2023-5363", "CVE-2023-4752")),
        ("debian-11", ()),
        ("ubuntu", ()),
    ],
)
def test_the_packages_of_a_distribution(distro: str, ids: tuple[str, ...]) -> None:
    """Libraries in the same image are not its packages."""
    assert taken(entry(distros=(distro,)), distro=DEBIAN) == ids
    assert taken(entry(distros=(distro,)), distro=None) == ()


def test_a_dependency_group_is_a_note_of_the_package() -> None:
    """No package of an image has one, so such an entry fits nothing there."""
    noted = replace(
        JINJA, package=package("pypi", "x", "1", notes=("group:dev", "dev"))
    )
    assert taken(entry(groups=("dev",)), findings=(noted, *ALL)) == (noted.id,)
    assert taken(entry(groups=("prod",)), findings=(noted,)) == ()


@pytest.mark.parametrize(
    ("way", "ids"), [("source", ("S",)), ("name", ("N",)), ("cpe", ("C",))]
)
def test_the_way_of_matching(way: str, ids: tuple[str, ...]) -> None:
    """By the source package's name, by the package's own, or by NVD's configurations; without evidence by none."""
    findings = (
        replace(LIBSSL, id="S", evidence=evidence("openssl")),
        replace(LIBSSL, id="N", evidence=evidence("libssl3")),
        replace(LIBSSL, id="C", evidence=evidence("openssl:openssl", "cpe")),
        replace(LIBSSL, id="-"),
    )
    assert taken(entry(matched_by=(way,)), findings=findings) == ids


def test_an_id_and_no_other_name() -> None:
    """Without aliases, the id shown and the advisories' count; with them, every name does."""
    exact = entry(ids=("GHSA-jfh8-c2jp-5v3q", "dsa-5532-1"), aliases=False)
    assert taken(exact) == (LIBSSL.id,)
    assert taken(replace(exact, aliases=True)) == (LOG4J.id, LIBSSL.id)
    assert taken(replace(exact, ids=("cve-2023-4752",))) == (VIM.id,)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (entry(source_pattern="linux.*"), "everything from source /linux.*/"),
        (entry(distros=("debian-12",)), "everything of debian-12"),
        (entry(advised="linux"), "everything called /linux/"),
        (entry(groups=("dev",)), "everything in group dev"),
        (entry(matched_by=("cpe",)), "everything matched by cpe"),
    ],
)
def test_they_are_in_the_entry_s_name(field: Suppression, words: str) -> None:
    """The report says what an entry is about."""
    assert about(field) == words
    (use,) = parted(field, distro=DEBIAN).uses
    assert use.entry == words
