"""
A token service for a real registry, as distribution's "token authentication specification" describes it.

Tokens are JSON Web Tokens signed by a certificate that comes along (RFC 7515, ``x5c``), the form that
distribution 2.8 verifies against its ``rootcertbundle``.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificate


SERVICE, ISSUER = "test-service", "test-issuer"


@dataclass(kw_only=True)
class TokenServer:
    """Who signs, who is let in, and what was asked."""

    folder: Path
    users: dict[str, str]
    realm: str = ""
    scopes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> tuple[str, ...]:
        """What a registry's configuration says to make it ask for our tokens."""
        members = f"realm: '{self.realm}', service: {SERVICE}, issuer: {ISSUER}"
        return (f"auth: {{token: {{{members}, rootcertbundle: ca.crt}}}}",)

    def token(self, scope: str) -> str:
        """A token for what the scope names."""
        certificate = load_pem_x509_certificate(
            (self.folder / "srv.crt").read_bytes()
        ).public_bytes(Encoding.DER)
        key = load_pem_private_key((self.folder / "srv.key").read_bytes(), None)
        assert isinstance(key, RSAPrivateKey)
        now = int(time.time())
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        access = [{"type": kind, "name": name, "actions": actions.split(",")}]
        head = {"typ": "JWT", "alg": "RS256"}
        head |= {"x5c": [base64.b64encode(certificate).decode()]}  # type: ignore[dict-item]
        claims = {
            "iss": ISSUER,
            "aud": SERVICE,
            "sub": "robot",
            "exp": now + 60,
            "nbf": now - 10,
            "iat": now,
            "jti": str(len(self.scopes)),
            "access": access,
        }
        signed = (
            f"{_coded(json.dumps(head).encode())}.{_coded(json.dumps(claims).encode())}"
        )
        signature = key.sign(signed.encode(), PKCS1v15(), SHA256())
        return f"{signed}.{_coded(signature)}"


@contextmanager
def token_server(folder: Path, users: dict[str, str]) -> Iterator[TokenServer]:
    """A token service that signs with ``srv.key`` of the folder, for as long as the context lasts."""
    asked = TokenServer(folder=folder, users=users)

    class Handler(_Handler):
        held = asked

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    asked.realm = f"http://127.0.0.1:{server.server_port}/token"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    held: TokenServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        """Give a token to who is known."""
        (scope,) = parse_qs(urlsplit(self.path).query)["scope"]
        self.held.scopes.append(scope)
        _, _, value = self.headers.get("Authorization", "").partition(" ")
        user, _, password = base64.b64decode(value).decode().partition(":")
        is_known = bool(password) and self.held.users.get(user) == password
        body = json.dumps({"token": self.held.token(scope)} if is_known else {})
        self.send_response(200 if is_known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
