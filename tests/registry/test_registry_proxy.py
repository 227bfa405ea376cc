"""Faults between the scanner and a real registry: a whole result, or exit 3 and a line; never a secret."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from faultproxy import FOREVER, Fault
from proxied import (
    CONFIG,
    LAYER,
    MANIFEST,
    SIZE,
    WHERE,
    Line,
    found,
    header,
    patient,
)


pytestmark = pytest.mark.functional


FLEETING = {
    "cut": Fault(where="", cut=100),
    "cut at once": Fault(where="", cut=0),
    "cut in the head": Fault(where="", head=True),
    "reset": Fault(where="", cut=100, how="reset"),
    "without a length": Fault(where="", cut=100, stated=False),
    "limited": Fault(where="", status=429),
    "limited for seconds": Fault(where="", status=429, headers=header(Retry_After="7")),
    "limited for nothing": Fault(where="", status=429, headers=header(Retry_After="x")),
    "failing": Fault(where="", status=500),
    "bad gateway": Fault(where="", status=502),
    "overloaded": Fault(where="", status=503),
    "overloaded for seconds": Fault(
        where="", status=503, headers=header(Retry_After="7")
    ),
    "silent": Fault(where="", head=True, how="hang"),
    "silent in the middle": Fault(where="", cut=100, how="hang"),
    "dripping": Fault(where="", cut=100, how="drip"),
    "dripping in the head": Fault(where="", head=True, how="drip"),
}
"""What passes."""


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("name", FLEETING)
def test_what_passes_leaves_a_complete_result(
    name: str, times: int, line: Line
) -> None:
    """Once or twice with manifest, configuration and layer: nothing of it is to be seen in the result."""
    waited: list[float] = []
    faults = [replace(FLEETING[name], where=part, times=times) for part in WHERE]
    line.proxy.set(*faults)
    access = patient(waited, tries=5, facing=faults[0])
    assert line.whole == found(line.scan(access))
    assert times * len(WHERE) == line.proxy.struck
    named = [float(value) for _, value in faults[0].headers if value.isdecimal()]
    assert named * times * len(WHERE) == [wait for wait in waited if wait]


REASONS = {
    "limited": "the server says 429",
    "limited for seconds": "the server says 429",
    "limited for nothing": "the server says 429",
    "failing": "the server says 500",
    "bad gateway": "the server says 502",
    "overloaded": "the server says 503",
    "overloaded for seconds": "the server says 503",
    "silent": "timed out",
    "silent in the middle": "timed out",
    "dripping": "too slow",
    "dripping in the head": "too slow",
}
"""What is said where it stays; lines that drop drop in several ways."""


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("name", FLEETING)
def test_what_stays_ends_the_scan(name: str, where: str, line: Line) -> None:
    """For ever: so many tries and no more, and the line names the image and the reason."""
    line.proxy.set(replace(FLEETING[name], where=where, times=FOREVER))
    # A cut line brings a blob a little further each time, so cut it where nothing comes.
    if where != MANIFEST and name in {"cut", "reset", "without a length"}:
        line.proxy.set(replace(FLEETING[name], where=where, times=FOREVER, cut=0))
    begun = time.monotonic()
    error = line.ends(patient(facing=FLEETING[name]))
    assert time.monotonic() - begun < 60
    lost = r"connection (lost|failed)|ended after"
    assert f"{line.proxy.host}/a/app:1: no answer (" in error.message
    assert pytest.approx(3, abs=1) == line.proxy.struck
    pattern = REASONS.get(name, lost)
    assert re.search(pattern, error.message)


def test_a_refusal_that_is_cut_is_asked_again(line: Line) -> None:
    """The registry's question who is there may not come whole either, and is no refusal then."""
    line.proxy.set(Fault(where=MANIFEST, head=True, refusals=True, times=2))
    assert line.whole == found(line.scan())
    line.proxy.set(Fault(where=MANIFEST, head=True, refusals=True, times=FOREVER))
    assert "no answer (connection failed)" in line.ends().message


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_layer_that_is_cut_again_and_again(how: str, line: Line) -> None:
    """More often than there are tries, as long as each line brings some of it."""
    line.proxy.set(Fault(where=LAYER, cut=100_000, how=how, times=5))
    if how == "reset":  # which takes what the kernel still holds along
        line.proxy.set(Fault(where=LAYER, cut=400_000, how=how, times=1))
    assert line.whole == found(line.scan())
    starts = [one.headers.get("Range") for one in line.proxy.asked if LAYER in one.line]
    assert starts[0] is None
    assert how == "reset" or starts[1:] == [f"bytes={n}00000-" for n in range(1, 6)]


DAMAGED = {
    "manifest": (Fault(where=MANIFEST, flip=0), "the manifest"),
    "manifest's digest": (Fault(where=MANIFEST, flip=300), "the registry says that"),
    "short manifest": (Fault(where=MANIFEST, grow=-9), "the manifest"),
    "long manifest": (Fault(where=MANIFEST, grow=9), "the manifest"),
    "empty manifest": (Fault(where=MANIFEST, body=b""), "the manifest"),
    "configuration": (Fault(where=CONFIG, flip=40), "sha256:"),
    "short configuration": (Fault(where=CONFIG, grow=-1), "the manifest says"),
    "long configuration": (Fault(where=CONFIG, grow=1), "the manifest says"),
    "layer": (Fault(where=LAYER, flip=300_000), "layer 2"),
    "layer's head": (Fault(where=LAYER, flip=1), "layer 2"),
    "layer's end": (Fault(where=LAYER, flip=SIZE - 2), "layer 2"),
    "short layer": (Fault(where=LAYER, grow=-1), f"the manifest says {SIZE}"),
    "long layer": (Fault(where=LAYER, grow=1), f"the manifest says {SIZE}"),
    "long, unstated": (Fault(where=LAYER, grow=1, stated=False), "has more bytes"),
    "empty layer": (Fault(where=LAYER, body=b""), f"the manifest says {SIZE}"),
    "nothing": (Fault(where=LAYER, status=204), f"the manifest says {SIZE}"),
    "other status": (Fault(where=LAYER, status=418), "the server says 418"),
    "unasked part": (Fault(where=LAYER, status=206), "that nobody asked for"),
    "not there": (Fault(where=LAYER, status=404), "no such image"),
    "forbidden": (Fault(where=LAYER, status=403), "access denied"),
    "web page": (
        Fault(where=MANIFEST, headers=header(Content_Type="text/html"), body=b"<html>"),
        "the manifest",
    ),
}
"""What asking again would not help, and a part of what is said of it."""


@pytest.mark.parametrize("times", [1, FOREVER])
@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_ends_the_scan(name: str, times: int, line: Line) -> None:
    """At once, with no result but an error; even where the next answer would be right."""
    fault, part = DAMAGED[name]
    line.proxy.set(replace(fault, times=times))
    assert part in line.ends().message
    assert 1 == line.proxy.struck


def test_bytes_behind_the_end_are_not_taken_for_an_answer(line: Line) -> None:
    """What follows the stated length is of nobody."""
    line.proxy.set(*[Fault(where=part, extra=90, times=FOREVER) for part in WHERE])
    assert line.whole == found(line.scan())


def test_a_manifest_of_100_mb(line: Line) -> None:
    """Not more than the bound is read of it, whether the length is stated or not."""
    for stated in (True, False):
        body = b" " * 100_000_000
        line.proxy.set(Fault(where=MANIFEST, body=body, stated=stated))
        assert "crosses the bound of" in line.ends().message
        assert 1 == line.proxy.struck
