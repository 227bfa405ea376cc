"""Files made to harm, and the odd corners of YAML: what the reader of policies takes and refuses."""

from __future__ import annotations

import contextlib

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shipworthy.errors import UsageError
from shipworthy.policy.document import parse as parser
from shipworthy.policy.document.nodes import plain
from shipworthy.policy.document.parse import MOST_BYTES, parse
from shipworthy.policy.document.problems import Problems
from shipworthy.policy.document.read import KEYS, read_document


@pytest.fixture(
    params=["CSafeLoader", "SafeLoader"], ids=["libyaml", "Python"], autouse=True
)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML comes with libyaml or without; both are held to the same."""
    monkeypatch.setattr(parser, "_LOADER", getattr(yaml, request.param))


def values(text: str) -> object:
    """The plain values of a text that must be sound."""
    problems = Problems("p.yaml")
    root = parse(text.encode(), problems)
    problems.raise_any()
    return plain(root) if root is not None else None


def refusal(data: bytes | str) -> str:
    """What is said of data that must not be read."""
    with pytest.raises(UsageError) as caught:
        read_document("p.yaml", data.encode() if isinstance(data, str) else data)
    assert caught.value.exit_code == 2
    return caught.value.message


@pytest.mark.parametrize(
    "text", ["", "\n", "# only words\n", "---\n", "null", "~", "\ufeff"]
)
def test_nothing_is_an_empty_policy(text: str) -> None:
    """A file without content is read, and known to be empty."""
    assert read_document("p.yaml", text.encode()).empty


def test_plain_words_are_those_of_yaml_1_2() -> None:
    """Only true, false, null and plain numbers are other than text; nothing turns into a date, a minute or an octal."""
    assert values("[no, on, Yes, 12:30, 1_000, 0x1F, .inf, 2027-01-31, <<]") == [
        "no",
        "on",
        "Yes",
        "12:30",
        "1_000",
        "0x1F",
        ".inf",
        "2027-01-31",
        "<<",
    ]
    assert values("[true, False, null, 7, -1, 1.5, .5, 1e3]") == [
        True,
        False,
        None,
        7,
        -1,
        1.5,
        0.5,
        1000.0,
    ]


def test_quotes_make_a_text() -> None:
    """What stands in quotes or in a block is a text, whatever it looks like."""
    assert values("['1', \"true\", '']") == ["1", "true", ""]
    assert values("a: |\n  7\n") == {"a": "7\n"}


def test_json_is_read() -> None:
    """JSON is YAML."""
    text = '{"rules": [{"name": "a", "max": 1, "when": {"fix-available": true}}]}'

    assert read_document("p.json", text.encode()).rules[0].name == "a"


def test_a_huge_number_is_no_number() -> None:
    """Neither its digits nor its size are taken on."""
    assert values(f"[{'9' * 5000}, 1e999]") == ["9" * 5000, "1e999"]
    assert "max: found '9999" in refusal(
        f"rules: [{{name: a, when: {{severity: high}}, max: {'9' * 5000}}}]"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version: 1\nrules: [", "p.yaml:2: this is not YAML"),
        ("a:\n\t- b", "p.yaml:2: this is not YAML"),
        ("version: 1\n---\nversion: 1", "p.yaml:2: found a second document"),
        ("rules: &all []\nvex: *all", "p.yaml:1: found the anchor &all"),
        ("version: 1\nvex: *all", "p.yaml:2: found the alias *all"),
        ("vex: !!python/object/apply:os.system [id]", "p.yaml:1: found the tag"),
        ("vex: !!str x", "p.yaml:1: found the tag tag:yaml.org,2002:str"),
        ("expiring-within: 014", "p.yaml:1: found 014, which readers"),
        ("version: 1\n? [a]\n: b", "p.yaml:2: found a list or mapping as a key"),
        (
            "vex: [a]\n\nvex: [b]",
            "p.yaml:3: the key 'vex' is there twice, first in line 1",
        ),
        ("version: 1\nvex: ['\x1b[2J']", "p.yaml:2: found the control character"),
        ('version: 1\nvex: ["\\ud800"]', "p.yaml:2: "),
        ('version: 1\nvex: ["\\UFFFFFFFF"]', "p.yaml:"),
        ('version: 1\nvex: ["a\\0b"]', "p.yaml:2: found NUL"),
        ("[" * 70 + "]" * 70, "p.yaml:1: lists and mappings are more than 64 deep"),
        ("- " * 5000, "p.yaml:1: "),
        ("[" * 100_000, "p.yaml:1: "),
        ("{a: " * 100_000, "p.yaml:1: "),
        ("[" + "a," * 50_001 + "]", "p.yaml:1: the file has more than 50,000 values"),
        ("#" * (MOST_BYTES + 1), "p.yaml:1: the file has 1,048,577 bytes"),
    ],
)
def test_what_is_refused_names_its_line(text: str, told: str) -> None:
    """Broken, oversized and surprising files end with one plain line."""
    message = refusal(text)

    assert message.startswith(told)
    assert "\n" not in message


def test_other_encodings_are_refused() -> None:
    """Bytes that are not UTF-8 are told of on their line."""
    assert refusal(b"version: 1\nvex: [\xff]").startswith("p.yaml:2: found bytes")
    assert refusal("version: 1".encode("utf-16")).startswith("p.yaml:1: found bytes")


def test_entities_do_not_grow() -> None:
    """A bomb of aliases in each other is refused at its first anchor."""
    bomb = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n"
        for n in range(20)
    )

    assert refusal(bomb).startswith("p.yaml:1: found the anchor &a")


_WORDS = st.sampled_from(
    [
        *KEYS,
        *("name", "when", "all", "any", "not", "severity", "severity-is"),
        *("fix-available", "high", "true", "7", "-1", "2.10", "2026-02-30", "90d"),
        *("id", "reason", "path", "layer", "*", "**", "owner", "expires", "max", "of"),
        *("locked", "finding", "'", '"', "*a", "&a", "!!int", "", "~", "%", "\t"),
    ]
)
_NODES = st.recursive(
    _WORDS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(_WORDS, inner), max_size=5).map(
            lambda items: "{" + ", ".join(f"{k}: {v}" for k, v in items) + "}"
        ),
    ),
    max_leaves=25,
)

_PROPERTY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.property
@_PROPERTY
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.text().map(lambda t: t.encode("utf-8", "surrogatepass")),
        _NODES.map(str.encode),
    )
)
@example(data=b"rules: [{name: a, when: {severity: [[]]}}]")
@example(data=b"rules: [{name: a, when: {severity: {a: b}}}]")
@example(data=b"rules: [{name: a, when: {not: {not: {}}}}]")
@example(data=b"\xed\xa0\x80")
def test_nothing_but_usage_errors_comes_out(data: bytes) -> None:
    """Whatever a file holds, it is a policy or it is refused with its name and a line."""
    try:
        read_document("p.yaml", data)
    except UsageError as error:
        for line in error.lines:
            assert line.startswith(("p.yaml:", "and "))
            assert "\n" not in line


@pytest.mark.property
@_PROPERTY
@given(
    key=st.sampled_from(KEYS),
    node=_NODES,
)
def test_no_key_lets_another_error_out(key: str, node: str) -> None:
    """The same for every key with whatever under it."""
    with contextlib.suppress(UsageError):
        read_document("p.yaml", f"{key}: {node}".encode())
