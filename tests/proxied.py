"""A real registry behind a proxy that does wrong, and what a scan by way of it comes to."""

from __future__ import annotations

import base64
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import imagebuilder as ib
import pytest
from faultproxy import Fault, FaultProxy, fault_proxy
from imagesheld import said, scanned
from registries import need, registry
from scanning import BASE, OURS

from shipworthy.errors import ScanError, ShipworthyError
from shipworthy.images.access import Access
from shipworthy.model.result import ScanResult
from shipworthy.remote.connection import Connection
from shipworthy.remote.transfer import Patience


USER, PASSWORD = "user", "pass1"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
SECRETS = (PASSWORD, BASIC, f"{USER}:", "cookie-word", "signed-word")
_NOISE = random.Random(7)
IMAGE = ib.image(
    BASE,
    {**OURS, **{f"srv/{n}": ib.File(_NOISE.randbytes(150_000)) for n in range(4)}},
    {"srv/small": b"x"},
    compression="gzip",
)
LAYER = f"blobs/{ib.sha256(IMAGE.blobs[1])}"
SIZE = len(IMAGE.blobs[1])
CONFIG = f"blobs/{ib.sha256(IMAGE.config)}"
MANIFEST = "manifests/1"
WHERE = (MANIFEST, CONFIG, LAYER)


@dataclass(kw_only=True)
class Line:
    """A registry behind a proxy, and what its image holds when nothing goes wrong."""

    proxy: FaultProxy
    upstream: str
    folder: Path
    """Where the registry keeps its files."""
    database: Path
    host: str = ""
    """Where the registry itself listens, where the proxy is before something else."""
    whole: tuple[object, ...] = field(default=(), repr=False)

    @property
    def target(self) -> str:
        """The image, by way of the proxy."""
        return f"registry:{self.host or self.proxy.host}/a/app:1"

    def scan(self, access: Access | None = None) -> ScanResult:
        """A scan in this process."""
        return scanned(self.target, self.database, access=access or patient())

    def ends(self, access: Access | None = None) -> ShipworthyError:
        """The error that a scan ends with: of exit code 3, one line that says what, one that says what to do."""
        with pytest.raises(ScanError) as caught:
            self.scan(access)
        error = caught.value
        assert 3 == error.exit_code
        assert error.message
        assert error.hint
        for text in (error.message, error.hint, repr(error)):
            assert "\n" not in text
            assert not [secret for secret in SECRETS if secret in text]
        return error


def patient(
    waited: list[float] | None = None, *, tries: int = 3, facing: Fault | None = None
) -> Access:
    """Logged in, without waits between tries but those noted, and with little patience for the one fault to be seen."""
    how = facing.how if facing else ""
    patience = Patience(
        tries=tries,
        first=0.0,
        timeout=0.5 if how == "hang" else 20.0,
        slow=0.4 if how == "drip" else 20.0,
        sleep=(waited if waited is not None else []).append,
    )
    connection = Connection(patience=patience)
    return Access(registry=connection, username=USER, password=PASSWORD)


def found(result: ScanResult) -> tuple[object, ...]:
    """All that is found, and of which layers."""
    layers = tuple(layer.diff_id for layer in result.image.layers)
    return (*said(result), layers, result.image.manifest_digest)


@contextmanager
def proxied(folder: Path, database: Path) -> Iterator[Line]:
    """A registry with basic authentication that holds the image, and a proxy before it."""
    need("skopeo")
    layout = ib.write_directory(IMAGE.layout_files(), folder / "layout")
    with registry(folder, passwords=True) as upstream:
        command = ["skopeo", "copy", "-q", "--preserve-digests"]
        command += ["--dest-tls-verify=false", f"--dest-creds={USER}:{PASSWORD}"]
        there = f"docker://{upstream}/a/app:1"
        subprocess.run([*command, f"oci:{layout}:example:1", there], check=True)
        with fault_proxy(upstream) as proxy:
            line = Line(
                proxy=proxy, upstream=upstream, folder=folder, database=database
            )
            line.whole = found(line.scan())
            assert line.whole[0]
            yield line


def header(**more: str) -> tuple[tuple[str, str], ...]:
    """Headers by their names."""
    return tuple((name.replace("_", "-"), value) for name, value in more.items())
