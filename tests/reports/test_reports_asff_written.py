"""What findings for Security Hub write as it is, since it was looked at: the same as what is made of values."""

from __future__ import annotations

from dataclasses import replace

import orjson
from hypothesis import given
from hypothesis import strategies as st
from reports_sample import DJANGO_SQL, sample

from shipworthy.reports.asff import AsffReport
from shipworthy.reports.asff_package import PLACES, named, package_of, places
from shipworthy.reports.asff_words import (
    filled,
    fit,
    is_plain,
    told_as_it_fits,
    told_as_it_is,
)
from shipworthy.reports.document import to_document


_TEXTS = st.lists(
    st.sampled_from([*'aZ1-.:/"\\ é\n\t\x1b', "\u202e", "😀", "a" * 300]), max_size=6
).map("".join)


@given(_TEXTS)
def test_what_is_plain_is_told_as_it_is(text: str) -> None:
    """A text that is only looked at reads as one that is made to fit."""
    if is_plain(text):
        assert told_as_it_is("Name", text) == told_as_it_fits("Name", text)
        assert all(fit(part) == part for part in (text[:3], text[3:]))


@given(
    st.sampled_from(["deb", "npm", "odd kind", ""]),
    st.tuples(_TEXTS, _TEXTS, _TEXTS),
    st.lists(_TEXTS, max_size=PLACES + 2),
)
def test_a_package_is_what_its_values_make(
    kind: str, texts: tuple[str, str, str], paths: list[str]
) -> None:
    """By whichever way its texts were looked at, in each of its places, sorted by the names of its members."""
    name, version, arch = texts
    known = named(kind, name, f"1:{version}-2", arch)
    located = [{"path": path, "layer": 1} for path in paths]
    every = places({"locations": located}, {1: "sha256:1"})

    for place, path in zip(every, paths or [""], strict=False):
        told = orjson.loads(written := package_of(known, place))
        assert list(told) == sorted(told)
        assert told == filled(
            {
                "Architecture": fit(arch, 64),
                "Epoch": told.get("Epoch", ""),
                "FilePath": fit(path),
                "Name": fit(name),
                "PackageManager": {"deb": "OS", "npm": "NODEPKG"}.get(
                    kind, fit(kind.upper(), 64)
                ),
                "Release": told.get("Release", ""),
                "SourceLayerHash": "sha256:1" if paths else "",
                "Version": told.get("Version", ""),
            }
        )
        assert orjson.dumps(told).decode() == written


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS)
def test_a_finding_is_json_in_order_whatever_it_is_called(
    id_: str, name: str, version: str, title: str
) -> None:
    """Ids, names and titles of any signs stand in their places, and members in the order of their names."""
    package = replace(DJANGO_SQL.package, name=name or "x", version=version)
    finding = replace(
        DJANGO_SQL, id=id_ or "x", title=title, description="", package=package
    )
    data = AsffReport().render(to_document(replace(sample(), findings=(finding,))))
    (told, *_) = orjson.loads(data.splitlines()[0])["Findings"]
    called = fit(f"{package.name} {version}".strip(), 160)

    assert list(told) == sorted(told)
    assert told["Title"] == fit(f"{finding.id} in {called}", 256)
    assert told["Description"] == (fit(title, 1024).strip() or told["Title"])
    assert told["GeneratorId"] == fit(f"shipworthy/{finding.id}", 256)
