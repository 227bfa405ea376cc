"""
What ``--cache-from`` and ``--cache-to`` name, and how those repositories are spoken to: as those of images are, with little patience.

``registry:[HOST[:PORT]/]NAME`` without tag and digest: tags are the records' own. Docker's configuration says whom to log in as. The
caller's own user and password go along only where the host is the very one that they are for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from shipworthy.errors import UsageError
from shipworthy.images.access import Access
from shipworthy.images.registry.reference import parse_reference
from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.transfer import Patience


if TYPE_CHECKING:
    from shipworthy.remote.repository import Repository

FROM, TO = "--cache-from", "--cache-to"
_SCHEME = "registry:"
_EXPECTED = "expected registry:[HOST[:PORT]/]NAME, without tag and digest"
_TRIES, _FIRST, _TIMEOUT, _LONGEST_WAIT = 2, 0.2, 5.0, 1.0


def places_of(
    cache_from: Iterable[str], cache_to: str
) -> tuple[tuple[RegistryPlace, ...], RegistryPlace | None]:
    """
    The repositories to fetch from, in their order, and the one to send to, if any.

    Raises:
        UsageError: One of them is no repository of a registry.
    """
    sources = tuple(_place(text, FROM) for text in dict.fromkeys(cache_from))
    return sources, _place(cache_to, TO) if cache_to else None


def repository(place: RegistryPlace, access: Access) -> Repository:
    """The repository, not asked yet; the caller closes it."""
    from shipworthy.images.registry.opening import certificates
    from shipworthy.remote.connection import Login
    from shipworthy.remote.repository import Repository

    is_meant = bool(access.username) and access.login_host == place.host
    connection = certificates(place.host, access.registry)
    return Repository(
        place=place,
        connection=replace(connection, patience=_short(connection.patience)),
        login=Login(username=access.username, password=access.password)
        if is_meant
        else None,
    )


def _place(text: str, option: str) -> RegistryPlace:
    if not text.startswith(_SCHEME):
        shown = text.rpartition("@")[2][:200]
        raise UsageError(
            f"{option} {shown}: not in a registry",
            hint=f"{_EXPECTED}; files are kept with shipworthy cache export",
        )
    reference = text.removeprefix(_SCHEME)
    place = parse_reference(reference)
    if ":" in reference.rpartition("/")[2] or place.digest:
        raise UsageError(
            f"{option} registry:{place.title}: names a tag or a digest, not a repository",
            hint=_EXPECTED,
        )
    name = place.title.rpartition(":")[0]
    return replace(place, tag="", title=f"{_SCHEME}{name}")


def _short(patience: Patience) -> Patience:
    """Patience for what is only there to save time."""
    sleep = patience.sleep
    return replace(
        patience,
        tries=min(patience.tries, _TRIES),
        first=min(patience.first, _FIRST),
        timeout=min(patience.timeout, _TIMEOUT),
        sleep=lambda seconds: sleep(min(seconds, _LONGEST_WAIT)),
    )
