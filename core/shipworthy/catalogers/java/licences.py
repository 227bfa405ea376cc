"""
Licences that jars state: in the ``pom.xml`` beside ``pom.properties`` and in the manifest.

Formats: Maven POM 4.0.0 (``licenses/license/name``), OSGi Core (``Bundle-License``), the
Jenkins plug-in manifest (``Plugin-License-Name``). Addresses of well-known licences are
given as their SPDX identifier.
"""

from __future__ import annotations

import re
from html import unescape


_MAX_TEXT = 256
_MAX_LICENCES = 16
_MAX_BLOCK = 64 * 1024
_MAX_BUNDLE = 2048

_NAME = re.compile(rb"<name>([^<]*)</name>")
_ITEM = re.compile(r"(?:[^,\"]+|\"[^\"]*\")+")
_SPACE = re.compile(r"\s+")
_ADDRESSES = (
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("opensource.org/licenses/apache2.0", "Apache-2.0"),
    ("opensource.org/licenses/apache-2.0", "Apache-2.0"),
    ("opensource.org/licenses/mit", "MIT"),
    ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"),
    ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
    ("eclipse.org/legal/epl-v10", "EPL-1.0"),
    ("eclipse.org/legal/epl-2.0", "EPL-2.0"),
    ("eclipse.org/legal/epl-v20", "EPL-2.0"),
    ("eclipse.org/org/documents/edl-v10", "BSD-3-Clause"),
    ("gnu.org/licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("gnu.org/licenses/old-licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
)


def pom_licences(data: bytes) -> tuple[str, ...]:
    """The names of the licences that a ``pom.xml`` states itself; its parent's are not known."""
    if b"<licenses>" not in data:
        return ()
    first, *commented = data.split(b"<!--")
    plain = first + b"".join(part.partition(b"-->")[2] for part in commented)
    block = plain.partition(b"<licenses>")[2].partition(b"</licenses>")[0]
    names = _NAME.findall(block[:_MAX_BLOCK])
    return _tidy([unescape(name.decode("utf-8", "replace")) for name in names])


def manifest_licences(attributes: dict[str, str]) -> tuple[str, ...]:
    """The licences that a manifest states, without the attributes that follow each."""
    found = [
        value
        for key, value in attributes.items()
        if key.startswith("plugin-license-name")
    ]
    stated = attributes.get("bundle-license", "")[:_MAX_BUNDLE]
    found += [
        _spdx(item.partition(";")[0].strip(" \"'")) for item in _ITEM.findall(stated)
    ]
    return _tidy(found)


def _spdx(text: str) -> str:
    lower = text.lower()
    if "://" in lower:
        for address, identifier in _ADDRESSES:
            if address in lower:
                return identifier
    return text


def _tidy(names: list[str]) -> tuple[str, ...]:
    plain = [_SPACE.sub(" ", name).strip()[:_MAX_TEXT] for name in names]
    return tuple(dict.fromkeys(name for name in plain if name))[:_MAX_LICENCES]
