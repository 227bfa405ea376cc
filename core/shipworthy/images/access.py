"""What sources of images need from outside: whom to trust, who asks, where an engine listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace

from shipworthy.remote.answers import Answers
from shipworthy.remote.connection import Connection
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How images are come by; nothing of it changes what is found in one."""

    registry: Connection = field(default_factory=Connection)
    """How registries of images are spoken to."""
    username: str = ""
    """Whom to log in to a registry as; empty for what docker's configuration says."""
    password: str = field(default="", repr=False)
    login_host: str = ""
    """The one registry that user and password are for; empty for any."""
    mirrors: tuple[str, ...] = ()
    """Registries to ask first for images of Docker Hub: ``HOST[:PORT][/PREFIX]``."""
    engine: str = ""
    """Where an engine listens: ``unix:///path``, ``tcp://host:port``, ``ssh://host``; empty for its own rules."""
    namespace: str = ""
    """containerd's namespace; empty for its default."""
    source: str = ""
    """Where a bare reference is looked up (``--from``); empty for one place after the other."""

    whole_layers: bool = False
    """Whether a registry's layers are read to their ends also where a table of contents would do."""
    cache_from: tuple[str, ...] = ()
    """Repositories that layer records are fetched from: ``registry:HOST/REPOSITORY``."""
    cache_to: str = ""
    """The repository that layer records are sent to."""
    failed: set[str] = field(default_factory=set, repr=False, compare=False)
    """Which of these gave no answer; nobody who has this value, or one made of it, asks them again."""
    answers: Answers | None = field(default=None, repr=False, compare=False)
    """What registries of images have said already, for who asks for the same documents; each is then asked for once."""
    tell: Callable[[str], None] = field(
        default=lambda _: None, repr=False, compare=False
    )
    """Told in one line where a bare reference was found."""

    def only_for(self, host: str) -> Access:
        """The same, user and password for no registry but ``host``."""
        return self if self.login_host else replace(self, login_host=host)
