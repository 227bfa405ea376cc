"""Where a registry leads to, seen through a proxy before a real one: nothing secret follows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from faultproxy import FOREVER, Fault, fault_proxy
from proxied import (
    BASIC,
    LAYER,
    MANIFEST,
    WHERE,
    Line,
    found,
    header,
    patient,
)
from registries import certificates


pytestmark = pytest.mark.functional


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_secret_follows_to_another_host(status: int, line: Line) -> None:
    """The storage behind a registry gets neither password nor cookie, and a cut line is taken up there."""
    with fault_proxy(line.upstream, authorization=f"Basic {BASIC}") as other:
        there = header(
            Location=f"http://{other.host}{{path}}?signature=signed-word",
            Set_Cookie="session=cookie-word; Path=/",
        )
        line.proxy.set(
            *[Fault(where=w, status=status, headers=there, times=9) for w in WHERE]
        )
        other.set(Fault(where=LAYER, cut=100_000, times=2))
        assert line.whole == found(line.scan())
        assert other.count("?signature=") == len(other.asked) > 3
        for one in other.asked:
            assert not {"authorization", "cookie"} & {*map(str.lower, one.headers)}
        assert not [o for o in line.proxy.asked if "cookie-word" in str(o.headers)]
        other.set(Fault(where="", status=401, times=FOREVER))
        assert "access denied (401)" in line.ends().message
        other.set(Fault(where="", status=500, times=FOREVER))
        assert "the server says 500" in line.ends().message


LEADING = {
    "round in circles": ("http://{host}{path}", "from one address to the next"),
    "on and on": ("http://{host}{path}x", "from one address to the next"),
    "without encryption": ("http://{plain}{path}", "which is not https"),
    "with a password": (
        "http://user:signed-word@{plain}{path}",
        "which is not https",
    ),
    "to a file": ("file:///etc/passwd", "leads to no address"),
    "to no host": ("https://", "from one address to the next"),
    "to no port": ("https://127.0.0.1:99999/", "no answer ("),
    "to a name that cannot be": ("https://a..b/", "no answer ("),
    "to a long name": (f"https://{'a' * 70}.invalid/", "no answer ("),
    "to nothing in brackets": ("https://[bad/", "leads to no address"),
    "to nobody": ("https://127.0.0.1:1/", "connection refused"),
}


@pytest.mark.parametrize(
    ("name", "where"),
    [
        *[(name, MANIFEST) for name in LEADING],
        ("round in circles", LAYER),
        ("without encryption", LAYER),
        ("to a long name", LAYER),
    ],
)
def test_where_a_registry_must_not_lead(
    name: str, where: str, line: Line, certified: Path
) -> None:
    """Nowhere without encryption from where there is some, not round in circles, and to no address that is none."""
    address, part = LEADING[name]
    pair = (str(certified / "srv.crt"), str(certified / "srv.key"))
    with fault_proxy(line.upstream, certificate=pair) as proxy:
        address = address.replace("{host}", proxy.host)
        if "circles" in name or "on and on" in name:
            address = address.replace("http:", "https:")
        there = header(Location=address.replace("{plain}", line.proxy.host))
        proxy.set(Fault(where=where, status=307, headers=there, times=FOREVER))
        access = patient()
        trusting = replace(access.registry, also_trust=(certified / "ca.crt",))
        own = replace(line, proxy=proxy)
        error = own.ends(replace(access, registry=trusting))
    assert part in error.message
    assert not line.proxy.asked
    assert proxy.struck < 8


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates."""
    folder = tmp_path_factory.mktemp("certified")
    certificates(folder)
    return folder
