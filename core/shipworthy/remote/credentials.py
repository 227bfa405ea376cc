"""
What a registry asks for before it answers: passwords as docker keeps them, and tokens for them.

From oras: docker's credential helpers and the token exchange (distribution's "token authentication
specification"). Beside it: docker's configuration (:mod:`shipworthy.remote.dockerconfig`); a login of the
caller's own; registries that ask for basic authentication; identity tokens, exchanged as distribution's
"oauth2 token authentication" says; no password to an address without encryption when the registry itself
has one. Nothing secret is ever part of a message.
"""

from __future__ import annotations

import base64
import logging
import re
from typing import Any

import oras.auth.token
import oras.auth.utils
import oras.container
import oras.logger
import requests

from shipworthy.errors import UnreachableError
from shipworthy.remote.connection import Connection, Login
from shipworthy.remote.dockerconfig import docker_config
from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.session import Session
from shipworthy.remote.transfer import Again, Body, check, plain


_MAX_TOKEN = 1 << 20
_REALM = re.compile(r'realm="([^"]*)"', re.IGNORECASE)
_IDENTITY = "<token>"
"""The user in whose place docker keeps an identity token."""
_CLIENT = "shipworthy"
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, OSError)


class Credentials:
    """
    What is known of one registry.

    Not to be used from two threads at once.
    """

    def __init__(
        self, place: RegistryPlace, connection: Connection, login: Login | None = None
    ) -> None:
        oras.logger.logger.set_level(logging.CRITICAL + 1)
        self._place = place
        self._plain = connection.is_plain(place)
        self._session = session = Session(connection)
        session.requests.hooks["response"].append(self._hold)
        self._auth: Any = oras.auth.token.TokenAuth()
        self._auth.session = _Asking(session)
        self._auth.prefix = "http" if self._plain else "https"
        self._auth._tls_verify = connection.verify  # noqa: SLF001  # as oras sets it
        self._token = self._identity = ""
        if login is None:
            self._load()
        else:
            self._auth.set_basic_auth(login.username, login.password)
        self._tell_apart()

    def answer(self, refusal: requests.Response) -> str:
        """
        The value of ``Authorization`` to come back with; empty where there is nothing to say.

        Raises:
            UnreachableError: What the registry asks for cannot be done, or must not be.
            Again: The token service did not answer.
        """
        challenge = refusal.headers.get("Www-Authenticate", "")
        kind = challenge.partition(" ")[0].lower()
        if kind == "basic":
            return f"Basic {self._password}" if self._password else ""
        if kind != "bearer":
            return ""
        self._look_at(challenge)
        if self._token:
            return f"Bearer {self._token}"
        try:
            if self._identity:
                return self._exchanged(challenge)
            headers, _ = self._auth.authenticate_request(refusal, {}, refresh=True)
        except requests.JSONDecodeError:
            raise self._denied("its token service gives no token") from None
        except Again as again:
            told = f"the token service: {again}"
            raise Again(told, again.after, again.status) from None
        except requests.RequestException as error:
            raise Again(f"the token service: {plain(error)}") from None
        except _UNREADABLE:
            raise self._denied("its token service gives no token") from None
        finally:
            self._session.requests.close()
        return str(headers.get("Authorization", ""))

    @property
    def _password(self) -> str:
        return str(getattr(self._auth, "_basic_auth", ""))

    def _look_at(self, challenge: str) -> None:
        realm = _REALM.search(challenge)
        if realm is None:
            raise self._denied("it does not say where tokens are given")
        is_open = realm[1].lower().startswith("http://")
        is_secret = self._password or self._identity
        if is_open and not self._plain and is_secret:
            raise self._denied(
                "it wants the password sent to an address without encryption"
            )

    def _exchanged(self, challenge: str) -> str:
        """A token for the identity token."""
        asked = oras.auth.utils.parse_auth_header(challenge)
        form = {
            "grant_type": "refresh_token",
            "client_id": _CLIENT,
            "service": asked.service or "",
            "scope": asked.scope or "",
            "refresh_token": self._identity,
        }
        answer = self._session.ask(str(asked.realm), "POST", data=form)
        if answer.status_code != 200:
            return ""
        document = answer.json()
        token = document.get("access_token") or document.get("token")
        return f"Bearer {token}" if token else ""

    def _load(self) -> None:
        """What docker's configuration and its helpers have for this registry."""
        self._auth._auth_config = config = docker_config()  # noqa: SLF001  # what oras would read itself, unbounded
        container = oras.container.Container("repository")
        for host in self._place.logins or (self._place.host,):
            entry = config["auths"].get(host, {})
            self._token = entry.get("registrytoken", "")
            self._identity = entry.get("identitytoken", "")
            container.registry = host
            try:
                self._auth.load_configs(container)
            except _UNREADABLE:
                raise self._denied(
                    "docker's credential helper gave nothing that can be read"
                ) from None
            if self._password or self._identity or self._token:
                return

    def _tell_apart(self) -> None:
        """Take an identity token for what it is where it stands in a password's place."""
        try:
            user, _, secret = base64.b64decode(self._password).decode().partition(":")
        except ValueError:
            return
        if user == _IDENTITY and secret:
            self._identity = secret
            del self._auth._basic_auth  # noqa: SLF001  # oras has no other way to forget it

    def _hold(
        self, response: requests.Response, *_: object, **__: object
    ) -> requests.Response:
        """Keep an answer of the token service within bounds, and take an overload for what it is."""
        try:
            data = self._bounded(response)
        except BaseException:
            response.close()
            raise
        response._content = data  # noqa: SLF001  # else requests would read it without a bound
        return response

    def _bounded(self, response: requests.Response) -> bytes:
        if response.status_code >= 400 and response.status_code not in {401, 403}:
            check(response, f"{self._place}: the token service")
        body, parts = Body(response), []
        while body.taken <= _MAX_TOKEN and (part := body.read()):
            parts.append(part)
        if body.taken > _MAX_TOKEN:
            raise self._denied(f"its token crosses the bound of {_MAX_TOKEN} bytes")
        return b"".join(parts)

    def _denied(self, reason: str) -> UnreachableError:
        return UnreachableError(
            f"{self._place}: access denied: {reason}",
            hint=f"log in first: docker login {(self._place.logins or (self._place.host,))[-1]}",
        )


class _Asking:
    """The two ways in which oras asks a token service, with our limits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, url: str, **more: Any) -> requests.Response:
        return self.request("GET", url, **more)

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        more.pop("verify", None)
        return self._session.ask(url, method, **more)
