"""How a registry is spoken to: encryption, whom to trust, patience."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.transfer import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What a caller may set."""

    plain_http: bool = False
    """Speak HTTP without encryption."""
    insecure: bool = False
    """Take any certificate."""
    ca_file: Path | None = None
    """Certificates of the authorities to trust, PEM."""
    patience: Patience = field(default_factory=Patience)

    @property
    def verify(self) -> bool | str:
        """As requests understands it."""
        if self.insecure:
            return False
        return str(self.ca_file) if self.ca_file else True

    def is_plain(self, place: RegistryPlace) -> bool:
        """Whether to go without encryption: when asked to, and on this machine unless a certificate is named."""
        encrypted = self.insecure or self.ca_file is not None
        return self.plain_http or (place.is_loopback and not encrypted)
