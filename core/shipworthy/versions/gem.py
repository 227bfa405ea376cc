"""
RubyGems versions (Gem::Version).

Words sort below numbers and make a pre-release; a hyphen stands for ``.pre.``; zeros at
the end of the numbers and of the version do not count. A platform at the end
(``1.13.1-x86_64-linux``) is dropped. Unlike RubyGems, a word may follow the first number
at once (``1beta``), as it does in advisories.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, refuse


_VERSION = re.compile(
    r"[0-9][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+")

_CPU = (
    r"(?:x86_64|x86|x64|i[3-6]86|universal|arm64|aarch64|armv?[0-9]*[a-z]*"
    r"|powerpc(?:64)?(?:le)?|ppc(?:64)?(?:le)?|riscv64|s390x|sparc(?:64)?|loongarch64)"
)
_OS = (
    r"(?:linux|darwin|freebsd|openbsd|netbsd|solaris|aix|cygwin|mingw(?:32|64|-ucrt)?"
    r"|mswin(?:32|64)?|unix|windows|wasi|android)"
)
_PLATFORM = re.compile(
    rf"-(?:java|jruby|dalvik|dotnet|macruby|{_CPU}|(?:{_CPU}-)?{_OS}"
    r"(?:-(?:gnu|musl|uclibc)?(?:eabi(?:hf)?)?)?(?:-?[0-9]+)*)\Z"
)
_LONE_WORD = re.compile(r"([0-9]+(?:\.[0-9A-Za-z]+)*)-([A-Za-z]+)")

# What may follow at one place, lowest first; the end stands for zeros without end.
_WORD, _END, _NUMBER = -1, 0, 1


def _parse(text: str) -> Key:
    text = normalise(text) or "0"
    if not text.isascii() or not _VERSION.fullmatch(text):
        raise refuse("gem", text, "numbers and words between dots")
    segments = _SEGMENT.findall(text.replace("-", ".pre."))
    out: list[tuple[int, int, str | int]] = []
    zeros, words = 0, False
    for segment in segments:
        if segment[0].isdigit():
            value = int(segment)
            if value:
                # More zeros in front of a number make less, in front of a word more.
                out.append((_NUMBER, -zeros, value))
                zeros = 0
            else:
                zeros += 1
            continue
        out.append((_WORD, zeros if words else 0, segment))
        zeros, words = 0, True
    out.append((_END, 0, 0))
    return tuple(out)


def normalise(text: str) -> str:
    """Drop a platform at the version's end; a single word left behind it is spelled ``.pre.word``."""
    text = text.strip()
    found = _PLATFORM.search(text)
    if found is None or not found.start():
        return text
    text = text[: found.start()]
    lone = _LONE_WORD.fullmatch(text)
    return f"{lone.group(1)}.pre.{lone.group(2)}" if lone else text


SCHEME = make("gem", _parse, normalise=normalise)
