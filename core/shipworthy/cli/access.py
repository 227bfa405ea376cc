"""The options that say how images are come by, and what they come to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from shipworthy.cli.main import tell
from shipworthy.cli.options import with_options
from shipworthy.cli.several import Several
from shipworthy.errors import UsageError


if TYPE_CHECKING:
    from shipworthy.images.access import Access

F = TypeVar("F", bound=Callable[..., Any])

PASSWORD = "SHIPWORTHY_REGISTRY_PASSWORD"  # noqa: S105  # the variable's name
_FAILED = "shipworthy.failed"
_LONGEST = 1 << 16
"""Bytes of a password; tokens may be long."""
_FILE = click.Path(dir_okay=False, path_type=Path)


def _from_stdin(
    _: click.Context, __: click.Parameter, given: bool
) -> str:  # as click calls it
    """The password on standard input, which is there once however many targets there are."""
    if not given:
        return ""
    data = sys.stdin.buffer.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise UsageError(f"--password-stdin: more than {_LONGEST} bytes")
    try:
        return data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError("--password-stdin: expected text in UTF-8") from None


def access_options(command: F) -> F:
    """Everything that :func:`access_of` looks at."""
    return with_options(command, _OPTIONS)


def access_of(options: Mapping[str, Any], *, quiet: bool = False) -> Access:
    """
    How to come by images, as the values of the options say.

    ``login``, where a CI platform has one of its own, is (host, user, password) for that registry alone; the
    options' own user stands in its place.

    Raises ``UsageError`` for a user without a password, or the other way round.
    """
    from shipworthy.images.access import Access
    from shipworthy.remote.connection import Connection

    username = options["username"]
    password = options["password_stdin"] or os.environ.get(PASSWORD, "")
    host = ""
    if not username and options.get("login"):
        host, username, password = options["login"]
    if username and not password:
        raise UsageError(
            f"--username {username}: no password",
            hint=f"give it in {PASSWORD}, or on standard input with --password-stdin",
        )
    if options["password_stdin"] and not username:
        raise UsageError("--password-stdin: no user", hint="name one with --username")
    _check_records(options)
    trusted = options["registry_ca_file"] or options.get("ca_file")
    return Access(
        registry=Connection(
            plain_http=options["registry_plain_http"],
            insecure=options["registry_insecure"],
            also_trust=(trusted,) if trusted else (),
            client_certificate=options["registry_cert"],
            client_key=options["registry_key"],
        ),
        engine=options["engine"],
        namespace=options["containerd_namespace"],
        source=options["source"],
        tell=_silent if quiet else tell,
        mirrors=tuple(options["registry_mirror"]),
        whole_layers=options["registry_whole_layers"],
        cache_from=tuple(options["cache_from"]),
        cache_to=options["cache_to"],
        failed=_failed(),
        username=username,
        password=password if username else "",
        login_host=host,
    )


def _failed() -> set[str]:
    """Repositories of layer records that failed before: one set for all targets of a command."""
    context = click.get_current_context(silent=True)
    if context is None:
        return set()
    failed: set[str] = context.meta.setdefault(_FAILED, set())
    return failed


def _check_records(options: Mapping[str, Any]) -> None:
    """Refuse what is no repository of layer records before anything is done."""
    if options["cache_from"] or options["cache_to"]:
        from shipworthy.layers.shared.places import places_of

        places_of(options["cache_from"], options["cache_to"])


def _silent(text: str) -> None:
    del text


_OPTIONS = (
    click.option(
        "--from",
        "source",
        default="",
        metavar="PLACE,…",
        envvar="SHIPWORTHY_FROM",
        help="Where to look for a target that is named by its reference alone."
        "  [default: docker,podman,containerd,registry]",
    ),
    click.option(
        "--engine",
        default="",
        metavar="ADDRESS",
        envvar="SHIPWORTHY_ENGINE",
        help="Where the engine listens: unix:///PATH, tcp://HOST:PORT, ssh://USER@HOST.  [default: as its own tools do]",
    ),
    click.option(
        "--containerd-namespace",
        default="",
        metavar="NAME",
        envvar="SHIPWORTHY_CONTAINERD_NAMESPACE",
        help="containerd's namespace.  [default: CONTAINERD_NAMESPACE, else default, k8s.io, moby]",
    ),
    click.option(
        "--registry-mirror",
        cls=Several,
        metavar="HOST[/PREFIX]",
        envvar="SHIPWORTHY_REGISTRY_MIRROR",
        help="Ask this registry first for images of Docker Hub. Repeat for several.",
    ),
    click.option(
        "--registry-username",
        "--username",
        "username",
        default="",
        metavar="NAME",
        envvar="SHIPWORTHY_REGISTRY_USERNAME",
        help=f"Log in to the target's registry as NAME, with the password in {PASSWORD}."
        "  [default: as docker does]",
    ),
    click.option(
        "--password-stdin",
        is_flag=True,
        callback=_from_stdin,
        help="Take the password from standard input.",
    ),
    click.option(
        "--registry-plain-http",
        is_flag=True,
        envvar="SHIPWORTHY_REGISTRY_PLAIN_HTTP",
        help="Speak to registries of images without encryption.  [default: only on this machine]",
    ),
    click.option(
        "--registry-insecure",
        is_flag=True,
        envvar="SHIPWORTHY_REGISTRY_INSECURE",
        help="Take any certificate of registries of images.",
    ),
    click.option(
        "--registry-ca-file",
        type=_FILE,
        envvar="SHIPWORTHY_REGISTRY_CA_FILE",
        help="Authorities to trust for registries of images beside the usual ones, PEM.  [default: those of --ca-file]",
    ),
    click.option(
        "--registry-cert",
        type=_FILE,
        envvar="SHIPWORTHY_REGISTRY_CERT",
        help="Certificate to show to registries of images, PEM.",
    ),
    click.option(
        "--registry-key",
        type=_FILE,
        envvar="SHIPWORTHY_REGISTRY_KEY",
        help="Its key, where it is not in the same file.",
    ),
    click.option(
        "--registry-whole-layers",
        is_flag=True,
        envvar="SHIPWORTHY_REGISTRY_WHOLE_LAYERS",
        help="Read every layer of a registry to its end, also where a table of contents (eStargz, zstd:chunked) would do.",
    ),
    click.option(
        "--cache-from",
        cls=Several,
        metavar="registry:REPO",
        envvar="SHIPWORTHY_CACHE_FROM",
        help="Fetch what is known of layers from this repository. Repeat for several.",
    ),
    click.option(
        "--cache-to",
        default="",
        metavar="registry:REPO",
        envvar="SHIPWORTHY_CACHE_TO",
        help="Send what was found in layers to this repository, for other machines.",
    ),
)
