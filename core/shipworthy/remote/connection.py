"""How a registry is spoken to: encryption, whom to trust, patience."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.transfer import Patience
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user and the password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What a caller may set."""

    plain_http: bool = False
    """Speak HTTP without encryption."""
    insecure: bool = False
    """Take any certificate."""
    ca_file: Path | None = None
    """Certificates of the authorities to trust, PEM."""
    also_trust: tuple[Path, ...] = ()
    """Certificates of authorities to trust beside the usual ones or those of ``ca_file``."""
    client_certificate: Path | None = None
    """The certificate to show, PEM."""
    client_key: Path | None = None
    """Its key; none where both are in one file."""
    patience: Patience = field(default_factory=Patience)

    @property
    def verify(self) -> bool | str:
        """As requests understands it."""
        if self.insecure:
            return False
        return str(self.ca_file) if self.ca_file else True

    @property
    def shown(self) -> str | tuple[str, str] | None:
        """The certificate to show, as requests understands it."""
        if self.client_certificate is None:
            return None
        if self.client_key is None:
            return str(self.client_certificate)
        return str(self.client_certificate), str(self.client_key)

    def is_plain(self, place: RegistryPlace) -> bool:
        """Whether to go without encryption: when asked to, and on this machine unless a certificate is named."""
        encrypted = (
            self.insecure
            or self.ca_file is not None
            or bool(self.also_trust)
            or self.client_certificate is not None
        )
        return self.plain_http or (place.is_loopback and not encrypted)
