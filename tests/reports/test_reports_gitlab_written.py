"""What GitLab's report writes as it is, since it was looked at: the same as what is made of values."""

from __future__ import annotations

import re

import orjson
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.reports.gitlab_details import whereabouts_of
from shipworthy.reports.gitlab_identifiers import addresses, identifiers
from shipworthy.reports.gitlab_markdown import plain
from shipworthy.reports.gitlab_members import bounded
from shipworthy.reports.gitlab_vectors import vectors
from shipworthy.reports.json import written_at
from shipworthy.reports.text import block, line, links, quiet


# As the schema of 15.1.4 has them, and what acts in GitLab's Markdown, each in one pattern.
_V2 = (
    "(AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(U|POC|F|H|ND)|RL:(OF|TF|W|U|ND)|RC:(UC|UR|C|ND)"
    "|CDP:(N|L|LM|MH|H|ND)|TD:(N|L|M|H|ND)|[CIA]R:(L|M|H|ND))"
)
_V3 = (
    "(AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]"
    "|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH])"
)
_VECTOR = re.compile(rf"(?=.{{16,128}}$)(({_V2}/)*{_V2}|CVSS:3[.][01]/({_V3}/)*{_V3})")
_MARKUP = re.compile(
    r"[\\`<\[\]#!@&~$%^]"
    r"(?:(?<=[\\`<\[\]])|(?<=[#!])(?=[\w\"{])|(?<=[@&~$%^])(?<!\w.)(?=[\w\"{~]))"
)
_COMMAND = re.compile(r"^(?=[ \t]*/)", re.MULTILINE)

_TEXTS = st.lists(
    st.sampled_from([*'\\`<[]#!@&~$%^/"{ \n\ta_é', "::", "##[", "\x1b"]), max_size=12
).map("".join)
_IDS = st.sampled_from(
    [
        "CVE-2021-44228",
        "GHSA-jfh8-c2jp-5v3q",
        "CVE-",
        "CVE-2021-é",
        'CVE-"',
        "CVE-1\n",
        "cve-2021-1",
        "GHSA-²",
        "CVE-" + "1" * 64,
        "CVE-" + "1" * 65,
        "CVE-" + "1" * 300,
    ]
)
_METRICS = st.sampled_from(
    [
        *("AV:N", "AC:L", "AC:M", "Au:N", "C:C", "C:H", "I:C", "A:N", "PR:N", "UI:R"),
        *("S:U", "E:ND", "E:X", "CDP:LM", "TD:ND", "CR:M", "MAV:X", "MC:L", "RL:OF"),
        *("", "AV", "AV:", ":N", "CVSS:3.1", "AV:N\n", "Av:N"),
    ]
)


@given(_TEXTS)
def test_signs_are_escaped_as_in_one_go(text: str) -> None:
    """Sign after sign comes to what one look at the whole text would."""
    once = _MARKUP.sub(lambda found: f"\\{found[0]}", quiet(block(text, 50)))

    assert plain(text, 50) == _COMMAND.sub(r"\\", once)


@given(
    st.sampled_from(["", "CVSS:3.0/", "CVSS:3.1/", "CVSS:4.0/", "/"]),
    st.lists(_METRICS, max_size=30).map("/".join),
)
def test_vectors_are_those_of_the_schema(version: str, metrics: str) -> None:
    """The metrics that are known, one by one, make what the schema's pattern takes."""
    vector = f"{version}{metrics}"
    told = vectors([{"source": "nvd", "vector": vector}])

    assert bool(told) is bool(_VECTOR.fullmatch(vector))


@given(_IDS)
def test_an_identifier_is_the_same_by_any_way(id_: str) -> None:
    """Whether an id can stand as it is or not, its name, its value and its page are those."""
    data = identifiers([id_], ())
    (told,) = orjson.loads(b"{%b}" % data)["identifiers"]
    page = {
        "cve": "https://nvd.nist.gov/vuln/detail/",
        "ghsa": "https://github.com/advisories/",
    }[id_.partition("-")[0].lower()]

    assert told["name"] == told["value"] == bounded(id_, 255)
    assert [told[key] for key in told if key == "url"] == links([page + id_])
    assert data == b'"identifiers": %b' % written_at([told], 3)


@given(
    st.lists(
        st.sampled_from(
            ["https://a.example/?q=1&r=2", "http://b.example", "ftp://c", "", '"', "\\"]
        )
        | st.text(max_size=4).map("https://example/{}".format),
        max_size=60,
    )
)
def test_addresses_are_written_as_they_are(urls: list[str]) -> None:
    """No address that is taken has a sign that JSON would write in another way."""
    found = list(dict.fromkeys(links(urls)))[:50]

    assert addresses((), urls) == b'"links": %b' % written_at(
        [{"url": url} for url in found], 3
    )


@given(st.lists(_TEXTS, min_size=1, max_size=14))
def test_places_are_looked_at_together(paths: list[str]) -> None:
    """What a package's places come to, looked at one by one."""
    told = whereabouts_of({"locations": [{"path": path} for path in paths], "purl": ""})
    shown = [line(path) for path in paths[:10]]
    more = [f"and {len(paths) - 10} more"] if len(paths) > 10 else []
    value = bounded(" | ".join((*shown, *more)), 1000)

    assert told.purl == b""
    assert orjson.loads(b"{%b}" % told.path)["path"]["value"] == value


@given(_TEXTS)
def test_a_text_is_bounded_as_one_that_is_cleaned(text: str) -> None:
    """What is taken as it is would have come out of the cleaners as it is."""
    assert bounded(text, 255) == quiet(line(text, 255 - 64))
