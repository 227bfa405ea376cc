"""
The chain from a target to a result; the only place that knows all of it.

``open → catalog → squash → inventory → match → assess → compare → judge → remediate``
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shipworthy.brief import Request, prepare, told_by
from shipworthy.contents import Progress
from shipworthy.examine import Means, examine
from shipworthy.images.access import Access
from shipworthy.images.target import bound
from shipworthy.judging import result_by
from shipworthy.model.result import ScanResult
from shipworthy.policy.options import (
    GateOptions,
    parse_fail_on,
    parse_ignore,
    parse_max,
)
from shipworthy.policy.rules import Policy
from shipworthy.remote.connection import Connection


def scan(
    target: str,
    *,
    db: str | Path | Sequence[str | Path] | None = None,
    db_max_age: str = "",
    db_key: str | Path | None = None,
    db_connection: Connection | None = None,
    fail_on: str = "",
    max_counts: str = "",
    only_fixed: bool = False,
    ignore: Sequence[str] = (),
    allow_partial: bool = False,
    policy: str | Path | Policy | None = None,
    ignore_files: Sequence[str | Path] = (),
    vex: Sequence[str | Path] = (),
    baseline: str = "",
    dockerfile: str | Path | None = None,
    base: str = "",
    platform: str = "",
    all_platforms: bool = False,
    cache_dir: str | Path | None = None,
    cache: bool = True,
    at: str = "",
    access: Access | None = None,
    progress: Progress | None = None,
) -> ScanResult:
    """
    Scan one image, or what an SBOM says of one, and judge it; nothing is printed and nothing exits.

    Args:
        target: ``registry:REF``, ``docker-archive:PATH[:TAG]``, ``oci:DIR[:TAG]``, ``oci-archive:PATH[:TAG]``,
            ``dir:PATH``, ``sbom:PATH`` (CycloneDX in JSON), a bare path to any of these five; ``docker:REF``,
            ``podman:REF``, ``containerd:REF``, ``docker:container/NAME``, or a bare reference.
        db: The advisory database: a directory, a bundle or ``oci://HOST/REPOSITORY[:TAG][@DIGEST]``,
            or several to be tried in turn; by default the one built into the user's cache.
        db_max_age: How old it may be: ``7d`` becomes a status, ``7d,fail`` an error.
        db_key: The public key (PEM) that must have signed it.
        db_connection: How registries are spoken to.
        fail_on: Close the gate on a finding of this severity or worse: ``high``,
            ``high,unknown``.
        max_counts: Most findings allowed a severity: ``critical=0,high=5``.
        only_fixed: Let the gate count only findings that have a fix.
        ignore: Ids or aliases to leave out of the verdict.
        allow_partial: Let a scan pass that could not look at everything.
        policy: The policy: a file (``shipworthy.yaml``) or a ``Policy``; the arguments above add
            rules and entries to it and take none away.
        ignore_files: Ignore files of other tools, read as they are.
        vex: VEX documents and directories; ``attached`` for what is attached to the image.
        baseline: A JSON result or a target to compare with, or ``none``: everything is new.
        dockerfile: The Dockerfile that the image was built from, to name its lines.
        base: The base image's target, to tell its layers from those on top.
        platform: ``os/architecture[/variant]``, where there is a choice.
        all_platforms: Whether to scan the image for every platform of the index, into one result.
        cache_dir: Where layer records are kept; by default the user's cache.
        cache: Whether to keep and use layer records at all.
        at: The day that ends of support are counted from, ``YYYY-MM-DD``; by default the
            database's.
        access: How images elsewhere are come by: registries, engines.
        progress: Told in one line each what is being done; shown the bytes of layers as they are read, where it
            is :class:`shipworthy.layers.progress.Watching`. What it raises ends the scan.

    Returns:
        The result; ``result.verdict`` says whether the image may ship.

    Raises:
        UsageError: The target, the policy or a document beside it, or the day cannot be understood.
        ImageError: The image cannot be opened or is not what it claims to be.
        DatabaseError: The database is missing, broken, of another schema version, too old, or
            not signed by the key.
    """
    request = Request(
        policy=policy,
        ignore_files=ignore_files,
        vex=vex,
        baseline=baseline,
        dockerfile=dockerfile,
        options=GateOptions(
            fail_on=parse_fail_on(fail_on),
            max_counts=parse_max(max_counts),
            only_fixed=only_fixed,
            ignore=parse_ignore(ignore),
            allow_partial=allow_partial,
        ),
    )
    means = Means(
        db=db,
        db_max_age=db_max_age,
        db_key=db_key,
        db_connection=db_connection or Connection(),
        base=base,
        platform=platform,
        all_platforms=all_platforms,
        cache_dir=cache_dir,
        cache=cache,
        at=at,
        progress=progress,
        access=bound(access or Access(), target),
        attached=request.wants_attached,
    )
    brief = prepare(request, means)
    scanned = examine(target, means)
    return result_by(scanned, told_by(brief, target, scanned))
