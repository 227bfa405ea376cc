"""
Whom to notify: addresses as the caller writes them, ``[FORMAT=]URL``, and what may be said of them.

An address is a secret itself: a chat lets everybody post who knows its path. So :attr:`Receiver.place`, scheme and host, is all
that any message of ours ever tells, and what is wrong with an address is told by its place in the list.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from shipworthy.errors import UsageError


TOKEN = "SHIPWORTHY_NOTIFY_TOKEN"  # noqa: S105  # the variable's name
"""The variable that holds the bearer token."""
EVENTS = "cloudevents"
"""The format that is signed, and sent where none is named."""
FORMATS = (EVENTS, "slack", "teams")
"""What a message can be."""

_NAMED = re.compile(r"([A-Za-z][A-Za-z0-9-]*)=(.*)", re.DOTALL)
_ADDRESS = re.compile(r"[!-~]{1,4096}")
_TOKEN = re.compile(r"[!-~]{1,8192}")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]")
_HINT = "write [FORMAT=]https://HOST/PATH; formats: " + ", ".join(FORMATS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One address that is told of a result."""

    format: str
    place: str
    """Scheme and host, which is all that may be printed."""
    url: str = field(repr=False)
    """Without user and password."""
    authorization: str = field(default="", repr=False)
    """The value of the header; empty for none."""
    is_loopback: bool = False
    """Whether it is on this machine, so that no proxy is asked."""


def parse_receivers(
    texts: Sequence[str], *, token: str = "", plain_http: bool = False
) -> tuple[Receiver, ...]:
    """
    The receivers that ``[FORMAT=]URL`` texts name, in their order.

    Args:
        texts: As the caller wrote them.
        token: A bearer token for those that read events; no chat gets it.
        plain_http: Whether addresses without encryption may be elsewhere than on this machine.

    Raises:
        UsageError: An address or the token is none that can be used; never says more of it than its number.
    """
    if token and not _TOKEN.fullmatch(token):
        raise UsageError(f"{TOKEN}: expected visible ASCII characters without blanks")
    return tuple(
        _receiver(text, f"--notify, address {number}", token, plain_http)
        for number, text in enumerate(texts, 1)
    )


def _receiver(text: str, name: str, token: str, plain_http: bool) -> Receiver:
    named = _NAMED.fullmatch(text)
    form, address = (named[1].lower(), named[2]) if named else (EVENTS, text)
    if form not in FORMATS:
        raise UsageError(f"{name}: no such format of notifications", hint=_HINT)
    parts = _split(address)
    if parts is None or parts.scheme not in {"http", "https"}:
        raise UsageError(f"{name}: expected an address of https", hint=_HINT)
    host, loopback = parts.netloc.rpartition("@")[2], _is_loopback(parts.hostname or "")
    if parts.scheme == "http" and not (loopback or plain_http):
        raise UsageError(
            f"{name}: http://{host} is not encrypted",
            hint="use https, or say --notify-plain-http where the network is trusted",
        )
    return Receiver(
        format=form,
        place=f"{parts.scheme}://{host}",
        url=urlunsplit((parts.scheme, host, parts.path or "/", parts.query, "")),
        authorization=_authorization(parts, form, name, token),
        is_loopback=loopback,
    )


def _authorization(parts: SplitResult, form: str, name: str, token: str) -> str:
    """The user and the password of the address, else the token, where it is for such a receiver."""
    bearer = token if form == EVENTS else ""
    if "@" not in parts.netloc:
        return f"Bearer {bearer}" if bearer else ""
    if bearer:
        raise UsageError(f"{name}: has a password, and {TOKEN} is set as well")
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _split(address: str) -> SplitResult | None:
    """The parts of an address that every client would take apart in the same way; else ``None``."""
    if not _ADDRESS.fullmatch(address) or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    if port is not None:
        host = host.rpartition(":")[0]
    return parts if _HOST.fullmatch(host.removesuffix(":")) else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
