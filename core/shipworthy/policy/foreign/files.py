"""Files of other tools as text, within bounds."""

from __future__ import annotations

from pathlib import Path

from shipworthy.errors import UsageError
from shipworthy.policy.foreign.interface import MAX_BYTES


def bytes_of(path: str | Path) -> bytes:
    """
    What is in the file at ``path``, of one that is too large a little more than is allowed.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path}: cannot be read: {words}") from None


def decoded(name: str, data: bytes) -> str:
    """
    The bytes of the file ``name`` as text.

    Raises:
        UsageError: There are too many, or they are no UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name}: larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: expected text in UTF-8") from None
