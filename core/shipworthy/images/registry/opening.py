"""
From a reference to an opened image: whom to trust for its host, whom to log in as, which mirror to ask first.

Certificates of one host are where docker and podman look for them: ``certs.d/HOST[:PORT]`` with authorities
in ``*.crt`` and what to show in ``*.cert`` and ``*.key``
(https://docs.docker.com/engine/security/certificates/). Mirrors are asked as docker asks them: for images of
Docker Hub, one after the other, and Docker Hub itself last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from shipworthy.errors import ImageNotFoundError, ImageUnreachableError
from shipworthy.images.access import Access
from shipworthy.images.interface import Image
from shipworthy.images.registry.image import RegistryImage
from shipworthy.images.registry.named import Named
from shipworthy.images.registry.reference import HUB, parse_mirror, parse_reference
from shipworthy.images.registry.source import Source
from shipworthy.images.several import Several, in_any_order, open_each
from shipworthy.remote.connection import Connection, Login
from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.repository import Repository


CERTIFICATES = (Path("/etc/docker/certs.d"), Path("/etc/containers/certs.d"))


def open_registry(
    text: str, *, target: str, platform: str | None, access: Access
) -> Image | Several:
    """
    The image that the reference ``text`` names; ``target`` is what the caller wrote.

    Without a ``platform``, not even an empty one, the images of all of them.

    Raises:
        UsageError: It is no reference, or a certificate cannot be read.
        ImageNotFoundError: No such image in the registry.
        ImageUnreachableError: It does not answer, or lets nobody in.
        ImageError: It is no image, or not what it claims to be.
    """
    named = parse_reference(text)
    *mirrors, last = _places(named, access.mirrors)
    for place in mirrors:
        try:
            return _open(place, named, target, platform, access)
        except (ImageNotFoundError, ImageUnreachableError):
            continue  # the next may have it
    return _open(last, named, target, platform, access)


def certificates(
    host: str, connection: Connection, directories: Sequence[Path] = CERTIFICATES
) -> Connection:
    """The connection with what ``certs.d`` has for the host; what the caller set comes first."""
    for directory in directories:
        folder = directory / host
        try:
            names = sorted(path for path in folder.iterdir() if path.is_file())
        except OSError:
            continue
        trusted = tuple(path for path in names if path.suffix == ".crt")
        connection = replace(connection, also_trust=(*connection.also_trust, *trusted))
        for shown in (path for path in names if path.suffix == ".cert"):
            key = shown.with_suffix(".key")
            if connection.client_certificate is None and key in names:
                connection = replace(
                    connection, client_certificate=shown, client_key=key
                )
    return connection


def _open(
    place: RegistryPlace,
    named: RegistryPlace,
    target: str,
    platform: str | None,
    access: Access,
) -> Image | Several:
    is_own = access.login_host in {"", named.host} and place.host == named.host
    login = (
        Login(username=access.username, password=access.password)
        if access.username and is_own
        else None
    )
    source = Source(
        Repository(
            place=place,
            connection=certificates(place.host, access.registry),
            login=login,
            answers=access.answers,
        )
    )
    tags = (f"{named.title.partition('@')[0]}",) if named.tag else ()
    try:
        found = Named(source, place.wanted)
        opened = partial(
            RegistryImage,
            source,
            found,
            target=target,
            tags=tags,
            whole_layers=access.whole_layers,
        )
        if platform is not None:
            return opened(platform=platform)
        return open_each(
            found.choose_all(),
            lambda choice: opened(choice=choice),
            target=target,
            in_order=in_any_order,
        )
    except BaseException:
        source.close()
        raise


def _places(named: RegistryPlace, mirrors: Sequence[str]) -> Iterator[RegistryPlace]:
    """Where to ask, in turn."""
    if named.title.startswith(f"{HUB}/"):
        for mirror in mirrors:
            host, prefix = parse_mirror(mirror)
            yield replace(
                named,
                host=host,
                repository=f"{prefix}{named.repository}",
                title=f"{named.title} at {host}",
                logins=(),
            )
    yield named
