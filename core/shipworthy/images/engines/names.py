"""
Which layer a member of an engine's export is, told before its bytes are read.

Podman names members by diff ID (``<hex>.tar``), and so does Docker from version 25 on where it stores images in its
own way (``blobs/sha256/<hex>``). Docker before that names directories by an identity that it derives from the layers
below (moby, ``image/v1``: ``CreateID``): of all but the top layer it can be computed. With containerd's store members have the digests
of compressed blobs, which say nothing; their content does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


_HEX = 64
_NOTHING = (
    '{"container_config":{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,'
    '"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Image":"",'
    '"Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null},'
    '"created":"1970-01-01T00:00:00Z","layer_id":"%s"%s}'
)
"""The document that the identity is the sha256 of; it has a parent but for the bottom layer."""


def names_of(diff_ids: Sequence[str]) -> dict[str, int]:
    """Members that can only be a certain layer, by name; of layers that occur twice the lowest."""
    names: dict[str, int] = {}
    for index, identity in enumerate(_identities(diff_ids[:-1])):
        names.setdefault(f"{identity}/layer.tar", index)
    for index, diff_id in enumerate(diff_ids):
        digest = diff_id.partition(":")[2]
        names.setdefault(f"{digest}.tar", index)
        names.setdefault(f"blobs/sha256/{digest}", index)
    return names


def is_classic(name: str) -> bool:
    """Whether a member is a layer of Docker's before version 25."""
    directory, _, rest = name.partition("/")
    return rest == "layer.tar" and len(directory) == _HEX


def _identities(diff_ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    chain = ""
    for diff_id in diff_ids:
        chain = _sha256(f"{chain} {diff_id}") if chain else diff_id
        parent = f',"parent":"sha256:{found[-1]}"' if found else ""
        found.append(_sha256(_NOTHING % (chain, parent)).partition(":")[2])
    return found


def _sha256(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
