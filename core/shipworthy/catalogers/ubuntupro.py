"""
Whether an image is set up to install from Ubuntu Pro: ESM and the FIPS lines.

Sources: ubuntu-pro-client (https://github.com/canonical/ubuntu-pro-client): it writes
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

from shipworthy.catalogers.aptsources import SOURCES, SOURCES_DIR, sources_of
from shipworthy.catalogers.distro import CHANNEL
from shipworthy.catalogers.interface import Body, Evidence, LayerFile, Wants
from shipworthy.model.bucket import UBUNTU_CODENAMES


STATUS = "var/lib/ubuntu-advantage/status.json"

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
            else:
                found = sources_of(file.path, file.data)
                channels = {c for source in found for c in _of_address(source.address)}
            if channels:
                facts = tuple((f"{CHANNEL}{name}", "") for name in sorted(channels))
                yield Evidence(path=file.path, facts=facts)


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
