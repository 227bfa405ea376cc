"""From findings that one thing closes to an action: names, counts, risk, order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shipworthy.assessment.remediation.site import Site
from shipworthy.model.advisory import SEVERITIES
from shipworthy.model.finding import Finding
from shipworthy.model.remediation import Action, ActionKind, Upgrade
from shipworthy.values import dataclass


_RANK = {severity: at for at, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An action before it is counted."""

    kind: ActionKind
    title: str
    findings: Sequence[Finding]
    detail: str = ""
    command: str = ""
    upgrades: tuple[Upgrade, ...] = ()
    layer: int = -1
    origin: str = "unknown"


def settled(drafts: Iterable[Draft], site: Site) -> tuple[Action, ...]:
    """
    The actions in order: what must go, then by risk removed, and last what cannot be fixed.

    A fingerprint that two actions would close counts in the first.
    """
    taken: set[str] = set()
    actions = sorted((_action(draft, site) for draft in drafts), key=_order)
    return tuple(_without(action, taken) for action in actions)


def label(finding: Finding) -> str:
    """How a verdict names a finding too: ``ID package@version``."""
    return f"{finding.id} {finding.package.name}@{finding.package.version}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 finding``, ``12 findings``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str], *, most: int = 3) -> str:
    """``a``, ``a and b``, ``a, b, c and 4 more``."""
    if len(words) > most + 1:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    if len(words) > 1:
        return f"{', '.join(words[:-1])} and {words[-1]}"
    return words[0] if words else ""


def origin_of(findings: Iterable[Finding]) -> str:
    """Whose the findings are, where they are all of one origin."""
    origins = {finding.origin for finding in findings}
    return origins.pop() if len(origins) == 1 else "unknown"


def layer_of(findings: Iterable[Finding]) -> int:
    """The layer that brought all of the findings; -1 where it is not one."""
    layers = {finding.layer for finding in findings}
    return layers.pop() if len(layers) == 1 else -1


def _action(draft: Draft, site: Site) -> Action:
    findings = draft.findings
    labels = [label(finding) for finding in findings]
    closes = {
        finding.fingerprint or text
        for finding, text in zip(findings, labels, strict=True)
    }
    worst = min((finding.severity for finding in findings), key=_RANK.__getitem__)
    return Action(
        kind=draft.kind,
        title=draft.title,
        detail=_detail(draft, site),
        command=draft.command,
        upgrades=draft.upgrades,
        layer=draft.layer,
        instruction=site.instruction(draft.layer),
        line=site.lines.get(draft.layer, 0),
        origin=draft.origin,
        closes=() if draft.kind == "none" else tuple(sorted(closes)),
        findings=tuple(sorted(labels)),
        worst=worst,
        risk=round(sum(finding.risk.score for finding in findings), 1),
    )


def _detail(draft: Draft, site: Site) -> str:
    """The draft's, with the platforms where not all are concerned."""
    some = site.only_on(p for finding in draft.findings for p in finding.platforms)
    return f"{draft.detail} Only on {some}.".strip() if some else draft.detail


def _order(action: Action) -> tuple[object, ...]:
    return (
        action.kind != "remove",
        action.kind == "none",
        -action.risk,
        -len(action.findings),
        action.title,
        action.findings,
        action.layer,
        action.detail,
    )


def _without(action: Action, taken: set[str]) -> Action:
    """The action without what an earlier one closes."""
    left = tuple(print_ for print_ in action.closes if print_ not in taken)
    taken.update(left)
    return action if left == action.closes else replace(action, closes=left)
