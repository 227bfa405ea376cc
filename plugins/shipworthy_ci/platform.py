"""
The seam between shipworthy and a CI system.

A platform says what its pipeline wants, and tells it in its own way what was found. Third
parties add their own through the entry-point group ``shipworthy.platforms``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from shipworthy.errors import ShipworthyError, UsageError
from shipworthy_ci.job import Job
from shipworthy_ci.surroundings import Surroundings


GROUP = "shipworthy.platforms"
"""The entry-point group that platforms register in."""

_BUILT_IN = {
    "github": "shipworthy_ci.github.platform:GithubPlatform",
    "jenkins": "shipworthy_ci.jenkins.platform:JenkinsPlatform",
    "gitlab": "shipworthy_ci.gitlab.platform:GitlabPlatform",
    "azure": "shipworthy_ci.azure.platform:AzurePlatform",
    "teamcity": "shipworthy_ci.teamcity.platform:TeamcityPlatform",
    "generic": "shipworthy_ci.generic.platform:GenericPlatform",
}
_LAST = "generic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the platform's own conventions say; command line and ``SHIPWORTHY_…`` variables beat it."""

    targets: tuple[str, ...] = ()
    """What to scan where nobody names a target."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Values for options of ``shipworthy ci``, by the names of its parameters (``fail_on``)."""
    login: tuple[str, str, str] = field(default=("", "", ""), repr=False)
    """(host, user, password) of the registry that the platform lets its jobs read, and of no other; empty for none."""


class Platform(Protocol):
    """
    **Protocol:** one CI system.

    Everything a platform writes into the log goes through its own escaping: no text of images,
    feeds or the environment may speak to the pipeline. It raises nothing but
    :class:`shipworthy.errors.ShipworthyError`.
    """

    name: str
    """What ``--ci`` calls it."""
    formats: tuple[str, ...]
    """The reports that it reads, written beside those that every platform gets."""
    html_assets: str
    """``external`` where the page is shown under a policy that forbids inline style, else ``inline``."""

    def detects(self, environment: Mapping[str, str]) -> bool:
        """Whether these variables are those of its pipelines."""
        ...

    def inputs(self, around: Surroundings) -> Inputs:
        """What its conventions say; raises ``UsageError`` for a value that cannot be."""
        ...

    def section(
        self, title: str, around: Surroundings
    ) -> AbstractContextManager[Callable[[str], None]]:
        """A part of the log, folded where it can be; what it gives prints text of others, harmlessly."""
        ...

    def deliver(self, job: Job, around: Surroundings) -> None:
        """Tell the pipeline what was found: outputs, summary, annotations, comments, statistics."""
        ...

    def refuse(self, error: ShipworthyError, around: Surroundings) -> None:
        """Tell in its own kind of message why nothing was scanned."""
        ...

    def finish(self, job: Job, around: Surroundings) -> int:
        """The exit code that its step ends with, after the last word was said."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """**Protocol:** a platform that keeps the results of earlier runs where a later one can ask for them."""

    def recall(self, places: Mapping[Path, Path], around: Surroundings) -> None:
        """
        Bring results of the branch that a change goes to, as far as there are any, and tell what came.

        Args:
            places: Where this run will write each result, and where the earlier one of it is wanted.
            around: The pipeline.
        """
        ...


def choose(name: str, environment: Mapping[str, str]) -> Platform:
    """
    The platform called ``name``; without a name the one that these variables belong to.

    Raises ``UsageError`` for a name that nobody registered.
    """
    if name and name != "auto":
        return _named(name)
    for built_in in _BUILT_IN:
        if built_in != _LAST:
            platform = _named(built_in)
            if platform.detects(environment):
                return platform
    from shipworthy.extensions import load

    others, _ = load("platforms", _made)
    for platform in others:
        if platform.name not in _BUILT_IN and platform.detects(environment):
            return platform
    return _named(_LAST)


def platform_names() -> tuple[str, ...]:
    """The names of all platforms, built-in and registered by others, sorted."""
    from importlib.metadata import entry_points

    others = {point.name for point in entry_points(group=GROUP)}
    return tuple(sorted(others.union(_BUILT_IN)))


def _named(name: str) -> Platform:
    place = _BUILT_IN.get(name)
    if place is not None:
        module, _, attribute = place.partition(":")
        return cast("Platform", getattr(import_module(module), attribute)())
    from shipworthy.extensions import load

    others, statuses = load("platforms", _made)
    for platform in others:
        if platform.name == name:
            return platform
    broken = [
        status.message for status in statuses if status.source.endswith(f"/{name}")
    ]
    if broken:
        raise UsageError(f"--ci {name}: the plug-in {broken[0]}")
    raise UsageError(
        f"--ci {name}: no such platform", hint="known: " + ", ".join(platform_names())
    )


def _made(loaded: object) -> Platform:
    make = cast("Callable[[], Any]", loaded)
    return cast("Platform", make())
