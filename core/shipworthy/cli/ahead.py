"""
Asking a target's registry while the rest of the program is still being loaded.

A client for HTTP takes as long to load as all else of a scan that remembers everything, and a registry that is far away longer to
answer. So a fork is started first of all: it loads the client, is told what to open as soon as the command line is
understood, and hands over what it was told itself (:mod:`shipworthy.remote.answers`). The scan asks by itself where
it failed, and for all that is no small document. See docs/adr/0036.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shipworthy.errors import ShipworthyError


if TYPE_CHECKING:
    from shipworthy.images.access import Access

_COMMANDS = frozenset({"ci", "sbom", "scan"})
"""Those that ask :func:`informed`."""
_KIND = "registry:"
_TARGET = "SHIPWORTHY_TARGET"
"""Where pipelines name the target, or several, one a line."""


@contextmanager
def standing_by(arguments: Sequence[str]) -> Iterator[None]:
    """While it is open a fork waits for :func:`informed`, if the command line or its variable names an image in a registry and there is a core for it."""
    command, *given = arguments or ("",)
    given += os.environ.get(_TARGET, "").split()
    wanted = command in _COMMANDS and any(one.startswith(_KIND) for one in given)
    standby = _started() if wanted else None
    if standby is None:
        yield
        return
    token = _STANDBY.set(standby)
    try:
        yield
    finally:
        _STANDBY.reset(token)
        standby.end()


def _started() -> _Standby | None:
    """A fork; none where it would have no core, or as many processes or files are there as may be: the scan can do without."""
    from shipworthy.layers.workers import can_share

    if not can_share():
        return None
    try:
        return _Standby()
    except OSError:
        return None


def informed(access: Access, target: str, platform: str | None) -> Access:
    """
    ``access`` that knows what the registry says of ``target``, as soon as somebody wants to know.

    ``platform`` is as :func:`shipworthy.images.registry.opening.open_registry` takes it. Without a fork that stands by it is ``access`` itself.
    """
    standby = _STANDBY.get()
    if standby is None or not target.startswith(_KIND):
        return access
    from shipworthy.remote.answers import Answers

    _STANDBY.set(None)  # it answers once
    standby.ask(access, target, platform)
    return replace(access, answers=Answers(standby.told))


class _Standby:
    """The fork, from outside."""

    def __init__(self) -> None:
        question, asking = os.pipe()
        told, telling = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            # Its copies of the other ends would keep both lines open after a parent that was killed.
            _serve(question, telling, others=(asking, told))
        os.close(question)
        os.close(telling)
        self._asking, self._told = os.fdopen(asking, "wb"), os.fdopen(told, "rb")

    def ask(self, access: Access, target: str, platform: str | None) -> None:
        import pickle

        plain = replace(access, tell=_nobody, failed=set())
        # What has ended gives no answer either.
        with suppress(BrokenPipeError), self._asking as pipe:
            pipe.write(pickle.dumps((plain, target, platform)))

    def told(self) -> bytes:
        """What was answered, waited for; nothing where it failed."""
        return self._told.read()

    def end(self) -> None:
        """Let go of it, wherever it is."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._asking.close()
        self._told.close()


_STANDBY: ContextVar[_Standby | None] = ContextVar("shipworthy_standby", default=None)


def _serve(question: int, telling: int, *, others: Sequence[int]) -> None:
    """Answer one question, in a process of its own that ends here."""
    try:
        for other in others:
            os.close(other)
        import pickle

        # Loaded before anything is asked; a registry's client loads these when it is used.
        import shipworthy.remote.session
        import shipworthy.remote.stream  # noqa: F401
        from shipworthy.images.registry.opening import open_registry
        from shipworthy.remote.answers import Answers

        with os.fdopen(question, "rb") as pipe:
            access, target, platform = pickle.loads(pipe.read())  # noqa: S301  # our own words
        answers = Answers()
        opened = partial(open_registry, target.removeprefix(_KIND), target=target)
        with suppress(ShipworthyError):  # the scan meets the same
            opened(platform=platform, access=replace(access, answers=answers)).close()
        with os.fdopen(telling, "wb") as pipe:
            pipe.write(answers.dump())
    finally:
        os._exit(0)  # what the other process would do at its end is its own to do


def _nobody(text: str) -> None:
    del text
