"""What is stricter than what, and that nothing less passes for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.errors import UsageError
from shipworthy.model.advisory import SEVERITIES, Severity
from shipworthy.policy.conditions.combine import All, AnyOf, Not
from shipworthy.policy.conditions.fixes import FixAvailable
from shipworthy.policy.conditions.severity import SeverityIs
from shipworthy.policy.document.extend import load_policy
from shipworthy.policy.document.fetch import Fetched
from shipworthy.policy.document.rule import Limit
from shipworthy.policy.document.strict import as_strict, doubt_of, weaker
from shipworthy.policy.document.when import alike


def crossed(limit: Limit, counts: dict[Severity, int]) -> bool:
    """Whether so many findings of each severity are more than the limit allows."""
    own = dict(limit.by_severity)
    others = sum(count for name, count in counts.items() if name not in own)
    return others > limit.others or any(
        counts.get(name, 0) > most for name, most in own.items()
    )


_NUMBERS = st.integers(0, 4)
_SEVERITY = st.sampled_from(SEVERITIES[:4])
_LIMITS = st.builds(
    lambda others, own: Limit(others=others, by_severity=tuple(own.items())),
    _NUMBERS,
    st.dictionaries(_SEVERITY, _NUMBERS, max_size=3),
)


@pytest.mark.property
@given(
    ours=_LIMITS,
    locked=_LIMITS,
    counts=st.dictionaries(_SEVERITY, _NUMBERS, max_size=4),
)
def test_a_stricter_limit_is_crossed_by_all_that_crosses_the_other(
    ours: Limit, locked: Limit, counts: dict[Severity, int]
) -> None:
    """Whatever is counted, a limit that is called as strict lets nothing more pass."""
    if as_strict(ours, locked) and crossed(locked, counts):
        assert crossed(ours, counts)


@given(limit=_LIMITS)
def test_every_limit_is_as_strict_as_itself(limit: Limit) -> None:
    """Repeating a locked rule is always allowed."""
    assert as_strict(limit, limit)


def test_effects_are_ordered() -> None:
    """To fail is more than to warn, to warn more than to say so."""
    assert weaker("inform", "warn")
    assert weaker("warn", "fail")
    assert not weaker("warn", "warn")
    assert [doubt_of(effect) for effect in ("inform", "warn", "fail")] == [
        "warn",
        "warn",
        "fail",
    ]


def test_conditions_are_alike_in_any_order() -> None:
    """Parts may stand in another order; another combination of the same parts is another condition."""
    high, fixed = SeverityIs(named=("high",)), FixAvailable()

    assert alike(All((high, Not((fixed,)))), All((Not((fixed,)), high)))
    assert not alike(All((high, fixed)), AnyOf((high, fixed)))
    assert not alike(high, Not((high,)))
    assert not alike(high, SeverityIs(named=("high",), or_worse=False))


_WHEN = st.sampled_from(["{severity: high}", "{fix-available: true}"])
_EFFECT = st.sampled_from(["fail", "warn", "inform"])
_MAX = st.sampled_from(["0", "3", "{high: 1, other: 2}"])
_DOUBT = st.sampled_from(["fail", "warn"])
_FLAG = st.sampled_from(["true", "false"])
_LOCKED = st.fixed_dictionaries(
    {"name": st.just("a"), "when": _WHEN, "locked": st.just("true")},
    optional={
        "effect": _EFFECT,
        "max": _MAX,
        "undecided": _DOUBT,
        "suppressible": _FLAG,
    },
)
_REPEATED = st.fixed_dictionaries(
    {"name": st.just("a")},
    optional={
        "when": _WHEN,
        "effect": _EFFECT,
        "max": _MAX,
        "undecided": _DOUBT,
        "suppressible": _FLAG,
        "locked": _FLAG,
    },
)
_SETTINGS = {"undecided": _EFFECT, "partial": _EFFECT}
_BELOW = st.fixed_dictionaries(
    {"rules": st.tuples(_LOCKED).map(list)}, optional=_SETTINGS
)
_ABOVE = st.fixed_dictionaries(
    {}, optional={"rules": st.tuples(_REPEATED).map(list), **_SETTINGS}
)


def _text(value: object) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {_text(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return str(value)


@pytest.mark.property
@settings(max_examples=200)
@given(
    texts=st.fixed_dictionaries({"a": _ABOVE, "b": _BELOW, "c": _ABOVE}),
    order=st.sampled_from([["b"], ["b", "c"], ["c", "b"]]),
)
def test_whatever_lies_on_each_other_locks_hold(
    texts: dict[str, dict[str, object]], order: list[str]
) -> None:
    """Policies either fit or are refused; a locked rule of the one below is in what comes out, and locked."""

    def fetch(reference: str, *, relative_to: str) -> Fetched:
        del relative_to
        extends = {"extends": order} if reference == "a" else {}
        data = _text({**texts[reference], **extends}).encode()
        return Fetched(name=reference, data=data, digest=f"sha256:{reference}")

    try:
        below = load_policy("b", fetch).policy
        above = load_policy("a", fetch).policy
    except UsageError:
        return
    found = {rule.name: rule for rule in above.rules}
    for rule in below.rules:
        if rule.locked:
            ours = found[rule.name]
            assert ours.locked
            assert alike(ours.when, rule.when)
            assert not weaker(ours.effect, rule.effect)
            assert ours.suppressible <= rule.suppressible
            if rule.undecided is not None:
                assert ours.undecided is not None
                assert not weaker(ours.undecided, rule.undecided)
            elif ours.undecided is not None:
                assert not weaker(ours.undecided, doubt_of(rule.effect))
            assert as_strict(
                Limit(others=ours.max, by_severity=ours.max_by_severity),
                Limit(others=rule.max, by_severity=rule.max_by_severity),
            )
    for key in ("partial", "undecided"):
        if key in texts["b"]:
            assert not weaker(
                getattr(above.settings, key), getattr(below.settings, key)
            )
