"""
Every error shipworthy raises, one class a reaction that a caller can take.

    ShipworthyError
    ├── UsageError            the caller asked for something impossible: fix the call        exit 2
    └── ScanError             the scan could not be done or not wholly                       exit 3
        ├── ImageError        the image cannot be opened or is not what it claims
        │   ├── ImageNotFoundError   nothing there: wrong path, tag, digest or platform
        │   ├── ImageUnreachableError  where it is kept gives no answer or lets nobody in
        │   ├── DigestMismatchError  the bytes are not those that the manifest names
        │   └── LimitError           a bound against hostile input was crossed
        ├── ParseError        one file cannot be understood: becomes a status, not an end
        │   └── VersionError  a version string that its scheme does not allow
        └── DatabaseError     the advisory database is missing, broken or of another schema
            ├── FeedError     an upstream feed file is not in the format it should have
            └── UnreachableError     no answer from where it is fetched: try again, or elsewhere

A message is one line that names the thing, what was expected and what to do. A ``UsageError`` about a
file tells everything that is wrong with it, a line each.
"""

from __future__ import annotations

from collections.abc import Sequence


class ShipworthyError(Exception):
    """
    The root of every error that shipworthy raises on purpose.

    Args:
        message: One line naming the thing and what was expected of it.
        hint: What the reader can do about it, when there is something.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.lines: tuple[str, ...] = (message,)
        """The message a line at a time; whatever is in one of them, it is told as one line."""


class UsageError(ShipworthyError):
    """
    The caller asked for something that cannot be; the call must change.

    Args:
        message: One line naming the thing and what was expected of it.
        hint: What the reader can do about it, when there is something.
        more: Further lines, where several things are wrong at once.
    """

    exit_code = 2

    def __init__(
        self, message: str, *, hint: str = "", more: Sequence[str] = ()
    ) -> None:
        super().__init__("\n".join((message, *more)), hint=hint)
        self.lines = (message, *more)


class ScanError(ShipworthyError):
    """The scan could not be done, or not wholly."""


class ImageError(ScanError):
    """The image cannot be opened or is not what it claims to be."""


class ImageNotFoundError(ImageError):
    """Nothing is there under that path, tag, digest or platform."""


class ImageUnreachableError(ImageError):
    """Where the image is kept gives no answer or lets nobody in; another try, or a login, may succeed."""


class DigestMismatchError(ImageError):
    """The bytes read are not those that the manifest names."""


class LimitError(ImageError):
    """A bound against hostile input was crossed; the message names the bound."""


class ParseError(ScanError):
    """One file cannot be understood; a scan turns it into a status and goes on."""


class VersionError(ParseError):
    """A version string that its scheme does not allow."""


class DatabaseError(ScanError):
    """The advisory database is missing, broken or of another schema version."""


class FeedError(DatabaseError):
    """An upstream feed file is not in the format that it should have."""


class UnreachableError(DatabaseError):
    """Where a database or a feed is fetched from gives no answer; another try may succeed."""
