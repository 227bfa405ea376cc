"""
Bringing a directory of feeds up to date: every source once, several at a time.

A source that fails is told of and counted; the others go on, and what was fetched of it before
stays where it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import field
from pathlib import Path

from shipworthy.advisories.upstream.client import Client, HostLimits, MissingError
from shipworthy.advisories.upstream.download import (
    UNCHANGED,
    Bounds,
    Download,
    StoppedError,
)
from shipworthy.advisories.upstream.mirrors import bases
from shipworthy.advisories.upstream.source import (
    Source,
    Target,
    fault_of,
    is_climbing,
)
from shipworthy.advisories.upstream.state import State
from shipworthy.errors import DatabaseError, FeedError, UnreachableError
from shipworthy.remote.transfer import Patience
from shipworthy.values import dataclass


MAX_LIST = 32 << 20
"""Bytes of a list."""
_THREADS = 6
_ENOUGH = 3
"""Files that fail one after the other, before the rest is not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How feeds are fetched, as the caller sets it."""

    year: int
    agent: str
    """What requests say they are from."""
    mirrors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    """Of publishers who ask for one, by the variable's name."""
    patience: Patience = field(default_factory=Patience)
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(slots=True, kw_only=True)
class Fetched:
    """What became of one source."""

    name: str
    files: int = 0
    fetched: int = 0
    size: int = 0
    missing: int = 0
    problems: list[str] = field(default_factory=list)
    skipped: str = ""
    """Why it was not asked."""
    is_kept: bool = False
    """Whether files of an earlier time are there."""

    def line(self) -> str:
        """The account in one line."""
        if self.skipped:
            return f"skipped {self.name}: {self.skipped}"
        told = f"{self.fetched} of {self.files} files new ({self.size / 1e6:.1f} MB)"
        if not self.problems:
            return f"fetched {self.name}: {told}"
        more = f" and {len(self.problems) - 1} more" if len(self.problems) > 1 else ""
        rest = (
            "what was fetched before stays in use" if self.is_kept else "none is there"
        )
        return f"failed {self.name}: {self.problems[0]}{more}; {told}; {rest}"


def fetch(
    root: Path,
    sources: Sequence[Source],
    plan: Plan,
    *,
    progress: Callable[[str], None] | None = None,
) -> list[Fetched]:
    """
    Bring the files of these sources in ``root`` up to date; gives an account of each, by name.

    Raises ``DatabaseError`` when ``root`` cannot be written.
    """
    tell = progress or (lambda _: None)
    try:
        root.mkdir(parents=True, exist_ok=True)
        state = State(root)
        state.save()
    except OSError as error:
        raise DatabaseError(
            f"{root}: cannot be written ({error.strerror or error})"
        ) from None
    tell(f"fetching {len(sources)} sources into {root}")
    limits, stop = HostLimits(), threading.Event()
    done = []
    with ThreadPoolExecutor(_THREADS) as pool:
        futures = [pool.submit(_one, s, state, plan, limits, stop) for s in sources]
        try:
            for future in as_completed(futures):
                done.append(future.result())
                tell(done[-1].line())
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return sorted(done, key=lambda fetched: fetched.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """A source's lists, wherever they answer."""

    client: Client
    bases: Sequence[str]
    year: int

    def text(self, url: str, *, optional: bool = False) -> str:
        if is_climbing(url):
            raise FeedError(f"a list names the address {url[:100]!r}, no plain one")
        error: UnreachableError | None = None
        for base in self.bases:
            try:
                return self.client.text(base + url, MAX_LIST)
            except UnreachableError as caught:
                error = caught
        if isinstance(error, MissingError) and optional:
            return ""
        assert error is not None
        raise error


def _one(
    source: Source,
    state: State,
    plan: Plan,
    limits: HostLimits,
    stop: threading.Event,
) -> Fetched:
    """Fetch one source, whatever happens."""
    fetched = Fetched(name=source.name)
    key = plan.keys.get(source.key, "") if source.key else ""
    if source.key and not key:
        fetched.skipped = f"{source.key} is not set"
        return fetched
    client = Client(
        limits=limits,
        patience=plan.patience,
        agent=plan.agent,
        key=key,
        key_base=source.base,
    )
    download = Download(
        source=source, client=client, state=state, bounds=plan.bounds, stop=stop
    )
    try:
        _follow(download, plan, fetched)
        state.save()
    except (DatabaseError, OSError) as error:
        fetched.problems.append(_words(error))
    finally:
        client.close()
    fetched.is_kept = state.holds(source.name)
    return fetched


def _follow(download: Download, plan: Plan, fetched: Fetched) -> None:
    source, state = download.source, download.state
    lists = _Lists(
        client=download.client,
        bases=bases(source, plan.mirrors, index=True),
        year=plan.year,
    )
    places = bases(source, plan.mirrors)
    named: set[str] = set()
    failed = 0
    for number, target in enumerate(source.targets(lists)):
        if download.stop.is_set():
            raise StoppedError
        if number == plan.bounds.files:
            raise FeedError(
                f"a list names more than the bound of {plan.bounds.files} files"
            )
        fault = fault_of(target) or ("twice the same" if target.path in named else "")
        if fault:
            fetched.problems.append(fault)
            continue
        named.add(target.path)
        problem = _fetch_one(download, target, places, fetched)
        if problem:
            fetched.problems.append(problem)
        failed = failed + 1 if problem else 0
        if failed == _ENOUGH:
            return
    if not fetched.problems and fetched.files:
        for place in state.forget_others(source.name, named):
            (state.root / place).unlink(missing_ok=True)
        for path in state.forget_parts(source.name, named):
            download.part_of(path).unlink(missing_ok=True)
    if not fetched.files and not fetched.problems:
        fetched.problems.append("none of its files is where it should be")


def _fetch_one(
    download: Download, target: Target, places: Sequence[str], fetched: Fetched
) -> str:
    """Fetch one file from the first place that has it; gives why none had."""
    problem, missing = "", True
    for base in places:
        try:
            size = download.fetch(target, base + target.url)
        except (DatabaseError, OSError) as error:
            problem = _words(error)
            missing = missing and isinstance(error, MissingError)
            continue
        fetched.files += 1
        if size != UNCHANGED:
            fetched.fetched += 1
            fetched.size += size
        return ""
    if missing and target.optional:
        fetched.missing += 1
        return ""
    return problem


def _words(error: DatabaseError | OSError) -> str:
    return error.message if isinstance(error, DatabaseError) else str(error)
