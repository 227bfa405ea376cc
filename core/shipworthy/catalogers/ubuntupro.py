"""
Whether an image is set up to install from Ubuntu Pro: ESM and the FIPS lines.

Sources: sources.list(5) for both forms of apt's sources, and ubuntu-pro-client
(https://github.com/canonical/ubuntu-pro-client): it writes
``/etc/apt/sources.list.d/ubuntu-esm-infra.sources`` (before 24.04 ``.list``) for a service that
is enabled and keeps what it knows in ``/var/lib/ubuntu-advantage/status.json``.

The directory alone says nothing: the client keeps sources of its own below
``/var/lib/ubuntu-advantage/apt-esm`` on machines without a subscription, to tell what they miss.
Tokens and passwords are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from json import loads

from shipworthy.catalogers.distro import CHANNEL
from shipworthy.catalogers.interface import Body, Evidence, LayerFile, Wants
from shipworthy.model.bucket import UBUNTU_CODENAMES


STATUS = "var/lib/ubuntu-advantage/status.json"
SOURCES = "etc/apt/sources.list"
SOURCES_DIR = "etc/apt/sources.list.d"

_SERVICES = {
    "infra": "esm-infra",
    "infra-legacy": "esm-infra",  # which of both repaired a package is not told
    "apps": "esm-apps",
    "fips": "fips",
    "fips-updates": "fips-updates",
    "fips-preview": "fips-preview",
}
"""By the part of the archive's address; the first ESM archive of all had none."""
_CHANNELS = frozenset(_SERVICES.values())
_LISTS = {
    f"var/lib/apt/lists/esm.ubuntu.com_{part}_ubuntu_dists_{codename}-{part}-{pocket}_{kind}": (
        f"esm-{part}"
    )
    for part in ("infra", "apps")
    for codename in UBUNTU_CODENAMES
    for pocket in ("security", "updates")
    for kind in ("InRelease", "Release")
}
"""What apt leaves of a repository that it fetched, and its channel."""

_ARCHIVE = re.compile(r"https?://esm\.ubuntu\.com/(?:([a-z-]{1,20})/)?ubuntu(?:/|\s|$)")
_ONE_LINE = re.compile(r"deb\s+(?:\[[^\]]{0,500}\]\s+)?(\S{1,500})\s")
_FIELD = re.compile(r"([A-Za-z-]{1,40}):[ \t]*(.{0,4000})")
_OFF = frozenset({"no", "false", "without", "off", "disable"})
_MAX_LINES = 10_000
_MAX_SERVICES = 1_000


class UbuntuProCataloger:
    """Finds the channels of Ubuntu Pro that apt installs from."""

    name = "ubuntupro"
    version = 1
    grouped = False
    wants = Wants(
        paths=frozenset({STATUS, SOURCES, *_LISTS}),
        prefixes=frozenset({SOURCES_DIR}),
        max_size=4 * 1024 * 1024,
    )

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the channels of each file as facts; a file that names none gives no evidence."""
        for file in files:
            if file.path == STATUS:
                channels = set(_enabled(file.data))
            elif file.path in _LISTS:
                channels = {_LISTS[file.path]}
            elif file.path.endswith(".sources"):
                channels = set(_stanzas(_lines(file.data)))
            elif file.path == SOURCES or file.path.endswith(".list"):
                channels = set(_one_liners(_lines(file.data)))
            else:
                continue
            if channels:
                facts = tuple((f"{CHANNEL}{name}", "") for name in sorted(channels))
                yield Evidence(path=file.path, facts=facts)


def _lines(data: Body) -> list[str]:
    text = bytes(data).decode("utf-8", "replace")
    return [line.rstrip("\r") for line in text.split("\n", _MAX_LINES)[:_MAX_LINES]]


def _one_liners(lines: Iterable[str]) -> Iterator[str]:
    """``deb [arch=amd64] https://esm.ubuntu.com/infra/ubuntu xenial-infra-security main``."""
    for line in lines:
        found = _ONE_LINE.match(line.strip())
        if found:
            yield from _of_address(found[1])


def _stanzas(lines: Iterable[str]) -> Iterator[str]:
    """Stanzas of deb822(5) with ``Types``, ``URIs`` and perhaps ``Enabled: no``."""
    fields: dict[str, str] = {}
    last = ""
    for line in (*lines, ""):
        if line.startswith("#"):
            continue
        found = _FIELD.fullmatch(line)
        if found:
            last = found[1].lower()
            fields[last] = found[2]
        elif line[:1] in {" ", "\t"} and line.strip() and last:
            fields[last] = f"{fields[last]} {line.strip()}"[:4000]
        elif not line.strip():
            yield from _of_stanza(fields)
            fields, last = {}, ""


def _of_stanza(fields: dict[str, str]) -> Iterator[str]:
    if "deb" not in fields.get("types", "").split():
        return
    if fields.get("enabled", "yes").strip().lower() in _OFF:
        return
    for address in fields.get("uris", "").split():
        yield from _of_address(address)


def _of_address(address: str) -> Iterator[str]:
    found = _ARCHIVE.match(address)
    if found:
        part = found[1]
        channel = "esm-infra" if part is None else _SERVICES.get(part, "")
        if channel:
            yield channel


def _enabled(data: Body) -> Iterator[str]:
    """The services that the client says are enabled on an attached machine."""
    try:
        status = loads(bytes(data))
    except (ValueError, RecursionError):
        return
    if not isinstance(status, dict) or status.get("attached") is not True:
        return
    services = status.get("services")
    for service in services[:_MAX_SERVICES] if isinstance(services, list) else ():
        if isinstance(service, dict) and service.get("status") == "enabled":
            name = service.get("name")
            if isinstance(name, str) and name in _CHANNELS:
                yield name
