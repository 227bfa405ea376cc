"""A real registry: plain, with TLS and an authority of its own, with passwords, tokens and certificates of clients."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import imagebuilder as ib
import pytest
from imagesheld import HASTY, PATIENCE, said, scanned
from registries import certificates, need, registry
from scanning import BASE, EXAMPLE, OURS, dist_info, dpkg
from tokenserver import token_server

from shipworthy.errors import ImageUnreachableError, UsageError
from shipworthy.images.access import Access
from shipworthy.images.registry.opening import certificates as found_for
from shipworthy.remote.connection import Connection


APK = b"P:musl\nV:1.2.4-r1\nA:x86_64\no:musl\n\nP:busybox\nV:1.36.1-r2\nA:x86_64\n\n"
IMAGES = {
    "debian": EXAMPLE,
    "alpine": ib.image(
        {
            "etc/os-release": b'ID=alpine\nVERSION_ID="3.18.4"\n',
            "lib/apk/db/installed": APK,
        },
        {
            "srv/node_modules/lodash/package.json": b'{"name":"lodash","version":"4.17.15"}'
        },
        compression="zstd",
    ),
    "whiteouts": ib.image(
        BASE,
        OURS,
        {"usr/lib/python3/site-packages/.wh.Jinja2-2.10.1.dist-info": b""},
        {"var/lib/dpkg/status": dpkg("libc6 2.36-9+deb12u1 glibc")},
        {"opt/.wh..wh..opq": b"", "opt/link": ib.Symlink("/usr/lib")},
        compression="gzip",
    ),
    "twice": ib.image(BASE, OURS, BASE, dist_info("Flask", "0.12")),
}
USER, PASSWORD = "user", "pass1"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A registry that runs, and where its certificates are."""

    host: str
    folder: Path

    def target(self, name: str = "debian") -> str:
        """The target of an image."""
        return f"registry:{self.host}/test/{name}:1"

    def access(self, **more: object) -> Access:
        """An access that trusts its authority."""
        connection = Connection(also_trust=(self.folder / "ca.crt",), patience=PATIENCE)
        return Access(registry=replace(connection, **more))  # type: ignore[arg-type]


def push(host: str, name: str, folder: Path, *more: str) -> None:
    """Push an image as it is, compressed as it is."""
    need("skopeo")
    layout = ib.write_directory(IMAGES[name].layout_files(), folder / name)
    command = ["skopeo", "copy", "-q", "--preserve-digests", *more]
    there = f"docker://{host}/test/{name}:1"
    subprocess.run(
        [*command, f"oci:{layout}:example:1", there], check=True, capture_output=True
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """A registry without encryption that holds all images."""
    folder = tmp_path_factory.mktemp("plain")
    with registry(folder) as host:
        for name in IMAGES:
            push(host, name, folder, "--dest-tls-verify=false")
        yield Held(host=host, folder=folder)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """A registry with TLS and basic authentication that holds one image."""
    folder = tmp_path_factory.mktemp("secured")
    with registry(folder, secured=True) as host:
        trusted = folder / "trusted"
        trusted.mkdir()
        shutil.copy(folder / "ca.crt", trusted)
        given = ("--dest-cert-dir", str(trusted), "--dest-creds", "user:pass1")
        push(host, "debian", folder, *given)
        yield Held(host=host, folder=folder)


@pytest.mark.functional
@pytest.mark.parametrize("name", IMAGES)
def test_the_same_from_archive_layout_and_registry(
    name: str, plain: Held, database: Path, tmp_path: Path
) -> None:
    """Only the target's own line differs."""
    files = IMAGES[name].classic_files()
    archive = ib.write_archive(files, tmp_path / "image.tar")
    layout = ib.write_directory(IMAGES[name].layout_files(), tmp_path / "layout")
    found = said(scanned(plain.target(name), database))
    assert found[1]
    assert found == said(scanned(f"docker-archive:{archive}", database))
    assert found == said(scanned(f"oci:{layout}", database))


@pytest.mark.functional
def test_encrypted_with_a_password(secured: Held, database: Path) -> None:
    """The authority is trusted beside the usual ones, the user is let in by basic authentication."""
    access = replace(secured.access(), username=USER, password=PASSWORD)
    found = said(scanned(secured.target(), database, access=access))
    assert found[0]
    with pytest.raises(ImageUnreachableError, match=r"access denied \(401\)"):
        scanned(secured.target(), database, access=secured.access())
    wrong = replace(secured.access(), username="user", password="hidden-word")
    with pytest.raises(ImageUnreachableError, match=r"access denied \(401\)") as caught:
        scanned(secured.target(), database, access=wrong)
    assert "hidden-word" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.functional
def test_an_authority_that_nobody_knows(secured: Held, database: Path) -> None:
    """The reason is told, and how to trust it; whoever wants to takes any certificate."""
    encrypted = Connection(
        client_certificate=secured.folder / "srv.crt",
        client_key=secured.folder / "srv.key",
        patience=PATIENCE,
    )
    with pytest.raises(ImageUnreachableError, match="TLS: certificate verify") as told:
        scanned(secured.target(), database, access=Access(registry=encrypted))
    assert "--registry-ca-file" in told.value.hint
    insecure = Access(
        registry=Connection(insecure=True, patience=PATIENCE),
        username=USER,
        password=PASSWORD,
    )
    assert scanned(secured.target(), database, access=insecure).findings
    broken = secured.access(also_trust=(secured.folder / "reg.yml",))
    with pytest.raises(UsageError, match="expected certificates in PEM"):
        scanned(secured.target(), database, access=broken)


@pytest.mark.functional
def test_a_registry_without_encryption(plain: Held, database: Path) -> None:
    """Where encryption was asked for, the hint says how to go without."""
    encrypted = Access(registry=Connection(insecure=True, patience=PATIENCE))
    with pytest.raises(ImageUnreachableError, match="TLS: ") as told:
        scanned(plain.target(), database, access=encrypted)
    assert "--registry-plain-http" in told.value.hint


@pytest.mark.functional
def test_what_dockers_folder_has_for_a_host(secured: Held, tmp_path: Path) -> None:
    """Authorities are added, and a certificate to show is found beside its key."""
    folder = tmp_path / secured.host
    folder.mkdir()
    for name, copy in (("ca.crt", "ca.crt"), ("srv.crt", "client.cert")):
        shutil.copy(secured.folder / name, folder / copy)
    before = Connection(also_trust=(Path("own.pem"),))
    found = found_for(secured.host, before, [tmp_path / "none", tmp_path])
    assert (Path("own.pem"), folder / "ca.crt") == found.also_trust
    assert found.client_certificate is None
    shutil.copy(secured.folder / "srv.key", folder / "client.key")
    found = found_for(secured.host, before, [tmp_path])
    shown = (folder / "client.cert", folder / "client.key")
    assert shown == (found.client_certificate, found.client_key)
    assert before == found_for("elsewhere", before, [tmp_path])


@pytest.mark.functional
def test_an_expired_certificate(database: Path, tmp_path: Path) -> None:
    """It is told to be one, at once and without another try."""
    with registry(tmp_path, secured=True, days=-1) as host:
        held = Held(host=host, folder=tmp_path)
        with pytest.raises(ImageUnreachableError, match="expired") as told:
            scanned(held.target(), database, access=held.access())
    assert "needs a new certificate" in told.value.hint


@pytest.mark.functional
def test_a_registry_that_asks_for_a_certificate(database: Path, tmp_path: Path) -> None:
    """It gets to see ours; without one there is no answer."""
    with registry(tmp_path, secured=True, clients=True) as host:
        held = Held(host=host, folder=tmp_path)
        shown = held.access(
            client_certificate=tmp_path / "srv.crt", client_key=tmp_path / "srv.key"
        )
        with pytest.raises(ImageUnreachableError, match=r"no answer|TLS"):
            scanned(held.target(), database, access=held.access())
        with pytest.raises(ImageUnreachableError, match=r"access denied \(401\)"):
            scanned(held.target(), database, access=shown)
        keyless = held.access(client_certificate=tmp_path / "srv.crt")
        with pytest.raises(UsageError, match=r"with our certificate|expected cert"):
            scanned(held.target(), database, access=keyless)


@pytest.mark.functional
def test_tokens_of_a_service(plain: Held, database: Path, tmp_path: Path) -> None:
    """The registry sends us there; with the user's password comes a token that it takes."""
    need("openssl", "htpasswd")
    certificates(tmp_path)
    shutil.copytree(plain.folder / "reg", tmp_path / "reg")
    with (
        token_server(tmp_path, {"robot": "hidden-word"}) as service,
        registry(tmp_path, more=service.lines) as host,
    ):
        held = Held(host=host, folder=tmp_path)
        access = replace(HASTY, username="robot", password="hidden-word")
        assert scanned(held.target(), database, access=access).findings
        assert {"repository:test/debian:pull"} == {*service.scopes}
        with pytest.raises(ImageUnreachableError, match=r"access denied \(401\)"):
            scanned(held.target(), database)
