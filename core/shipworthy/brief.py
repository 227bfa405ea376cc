"""
What a scan is judged by, read before it: policy, ignore files, VEX, baseline, Dockerfile.

What is wrong with any of them is found at once, and not after the layers have been read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.errors import UsageError
from shipworthy.examine import Means
from shipworthy.judging import Brief
from shipworthy.layers.cache import default_directory
from shipworthy.model.package import Status
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import PolicySource
from shipworthy.policy.baseline.baseline import Baseline
from shipworthy.policy.options import GateOptions, with_options
from shipworthy.policy.rules import Policy
from shipworthy.policy.vex.statement import VexDocuments
from shipworthy.remote.connection import Connection
from shipworthy.sboms.source import sbom_path
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.policy.document.extend import Loaded


ATTACHED = "attached"
"""What ``--vex`` takes for the documents attached to the image."""
_MOST_DOCKERFILE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the caller names; paths as they were given."""

    policy: str | Path | Policy | None = None
    """A file, a reference, or the policy itself."""
    ignore_files: Sequence[str | Path] = ()
    vex: Sequence[str | Path] = ()
    """Documents and directories, and the word ``attached``."""
    baseline: str = ""
    """A result or a target, or ``none``."""
    dockerfile: str | Path | None = None
    options: GateOptions = field(default_factory=GateOptions)

    @property
    def wants_attached(self) -> bool:
        """Whether the VEX attached to the image is asked for."""
        return ATTACHED in self.vex


def prepare(request: Request, means: Means) -> Brief:
    """
    Read everything that ``request`` names.

    Raises:
        UsageError: Something is not there, or not what it should be.
        UnreachableError: A shared policy cannot be fetched.
        DatabaseError: The baseline is a target, and there is no database.
    """
    policy = _policy(request.policy, means)
    _check_options(policy, request.options)
    policy = with_options(policy, request.options)
    policy, notes = _with_ignore_files(policy, request.ignore_files)
    vex = _vex((*policy.vex, *map(str, request.vex)))
    baseline = request.baseline or policy.baseline
    return Brief(
        policy=policy,
        vex=vex,
        baseline=_baseline(baseline, means),
        notes=notes,
        dockerfile=_dockerfile(request.dockerfile),
        today=means.at or dt.datetime.now(tz=dt.timezone.utc).date().isoformat(),
    )


def told_by(brief: Brief, target: str, scanned: Scanned) -> Brief:
    """``brief`` with what the target itself brings: the VEX attached to it, an SBOM's word on what contains what."""
    if scanned.attached:
        from shipworthy.policy.vex.read import joined, read_attached

        brief = replace(
            brief, vex=joined((brief.vex, read_attached(target, scanned.attached)))
        )
    path = sbom_path(target)
    if brief.vex.statements and path not in {None, "-"}:
        from shipworthy.policy.vex.parents import parents_of
        from shipworthy.sboms.links import read_links

        links = read_links(str(path))
        parents = parents_of(scanned.packages, links.pairs, links.refs)
        brief = replace(brief, parents=parents)
    return brief


def load(
    name: str,
    connection: Connection,
    options: Iterable[str] | None = None,
    cache: str | Path | None = None,
) -> Loaded:
    """The policy called ``name`` with all that it extends, from wherever that is."""
    from shipworthy.extends import SharedPolicies
    from shipworthy.policy.document.extend import load_policy

    directory = Path(cache) if cache else default_directory()
    fetch = SharedPolicies(cache=directory, connection=connection)
    known = None if options is None else tuple(options)
    return load_policy(name, fetch, options=known)


def _policy(asked: str | Path | Policy | None, means: Means) -> Policy:
    if asked is None:
        return Policy()
    if isinstance(asked, Policy):
        return asked
    return load(str(asked), means.db_connection, cache=means.cache_dir).policy


def _check_options(policy: Policy, options: GateOptions) -> None:
    demanded = policy.settings.partial_demanded
    if options.allow_partial and demanded:
        raise UsageError(
            f"--allow-partial: {demanded} demands that a partial scan fails",
            hint="leave the option out, or speak to the owner of the shared policy",
        )


def _with_ignore_files(
    policy: Policy, asked: Sequence[str | Path]
) -> tuple[Policy, tuple[Status, ...]]:
    """The policy with the entries of other tools' files after its own, and what was not taken over."""
    paths = dict.fromkeys((*policy.ignore_files, *map(str, asked)))
    if not paths:
        return policy, ()
    from shipworthy.policy.foreign.read import read_ignore_file

    entries, sources = list(policy.suppressions), list(policy.sources)
    notes: list[Status] = []
    for path in paths:
        found = read_ignore_file(path)
        entries += found.entries
        sources.append(PolicySource(name=path, digest=found.digest, kind="ignore-file"))
        notes += (
            Status(
                source="policy/ignore-file", subject=path, message=note, partial=False
            )
            for note in found.notes
        )
    taken = replace(policy, suppressions=tuple(entries), sources=tuple(sources))
    return taken, tuple(notes)


def _vex(asked: Iterable[str]) -> VexDocuments:
    paths = [path for path in dict.fromkeys(asked) if path != ATTACHED]
    if not paths:
        return VexDocuments()
    from shipworthy.policy.vex.read import joined, read_vex

    return joined(map(read_vex, paths))


def _baseline(name: str, means: Means) -> Baseline | None:
    if not name:
        return None
    from shipworthy.results import baseline_at

    return baseline_at(name, means)


def _dockerfile(path: str | Path | None) -> str:
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_DOCKERFILE + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}, expected a Dockerfile") from None
    if len(data) > _MOST_DOCKERFILE:
        raise UsageError(f"{path}: larger than a Dockerfile may be (1 MiB)")
    return data.decode(errors="replace")
