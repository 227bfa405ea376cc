"""
The build information that Go's linker leaves in every program.

Both forms are read: since Go 1.18 the toolchain's version and the list of modules follow a
header in the file itself, before that the header points to two Go strings somewhere in the
program's data.

Source: Go's packages ``debug/buildinfo`` and ``runtime/debug``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from shipworthy.catalogers.executable import Executable, Region, stored_pointer
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


_MAGIC = b"\xff Go buildinf:"
_ALIGNMENT = 16
_HEADER = 32
_BIG_ENDIAN, _INLINE = 1, 2
_FRAME = 16
_STEP = 1024 * 1024
_MAX_SEARCH = 64 * 1024 * 1024
_MAX_STRING = 1024 * 1024  # Kubernetes, with hundreds of modules, has 30 KB
_MAX_PROBLEMS = 10
_CUT_SHORT = "has Go build information that is cut short"

_FIELDS = r"\t([!-~]{1,1024})\t([!-~]{0,256})(?:\t[!-~]{0,256})?"
_PATTERNS = {
    "mod": re.compile("mod" + _FIELDS),
    "dep": re.compile("dep" + _FIELDS),
    # a replacement may be a directory, of whatever name
    "=>": re.compile("=>" + _FIELDS.replace("[!-~]", r"[^\t\x00-\x1f\x7f]", 1)),
}
_LDFLAGS = re.compile(r"^build\t-ldflags=(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module as a line of the build information states it."""

    path: str
    version: str = ""
    replacement: Module | None = None
    """What was built in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInfo:
    """What a Go program says of its making."""

    toolchain: str
    """As the toolchain calls itself: ``go1.22.3 X:boringcrypto``."""
    main: Module | None = None
    """The module of the main package; ``None`` for a build without modules."""
    dependencies: tuple[Module, ...] = ()
    ldflags: str = ""
    """The value of ``-ldflags`` as written, quotes and escapes included."""
    problems: tuple[str, ...] = ()
    """One line each about what could not be understood."""


def read_build_info(program: Executable) -> BuildInfo | None:
    """
    The build information of a Go program, ``None`` for any other.

    Raises:
        ParseError: It is a Go program, and its build information cannot be read.
    """
    named = program.section(".go.buildinfo") or program.section("__go_buildinfo")
    region = named or program.data()
    if region is None:
        return None
    start = _find_header(region)
    if start < 0:
        if named is None:
            return None
        raise ParseError("has a section for Go build information and none in it")
    header = bytes(region.body[start : start + _HEADER])
    if len(header) < _HEADER:
        raise ParseError(_CUT_SHORT)
    if header[15] & _INLINE:
        toolchain, following = _inline_string(region.body[start + _HEADER :])
        text, _ = _inline_string(following)
    else:
        toolchain, text = _pointed_strings(program, header, region.address + start)
    return _parse(toolchain, text)


def _find_header(region: Region) -> int:
    """Where in the region the header starts, at an aligned address; -1 where there is none."""
    first = -region.address % _ALIGNMENT
    for step in range(first, min(len(region.body), _MAX_SEARCH), _STEP):
        chunk = bytes(region.body[step : step + _STEP])  # aligned, so never cut in two
        found = chunk.find(_MAGIC)
        while found >= 0:
            if found % _ALIGNMENT == 0:
                return step + found
            found = chunk.find(_MAGIC, found - found % _ALIGNMENT + _ALIGNMENT)
    return -1


def _inline_string(body: memoryview) -> tuple[bytes, memoryview]:
    """A string after its length as a varint (seven bits a byte, lowest first), and what follows it."""
    length = 0
    for index, byte in enumerate(bytes(body[:10])):
        length |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            body = body[index + 1 :]
            return _string(body, length), body[length:]
    raise ParseError(_CUT_SHORT)


def _string(body: memoryview, length: int) -> bytes:
    """The first ``length`` bytes; raises ``ParseError`` where there are fewer, or more than honest."""
    if length > len(body):
        raise ParseError(_CUT_SHORT)
    if length > _MAX_STRING:
        raise ParseError(f"has Go build information of more than {_MAX_STRING} bytes")
    return bytes(body[:length])


def _pointed_strings(
    program: Executable, header: bytes, address: int
) -> tuple[bytes, bytes]:
    """Toolchain and modules by the two pointers of a header older than Go 1.18, loaded at ``address``."""
    size = header[14]
    if size not in {4, 8}:
        raise ParseError(
            f"has Go build information with pointers of {size} bytes, expected 4 or 8"
        )
    big_endian = bool(header[15] & _BIG_ENDIAN)
    toolchain, text = (
        _pointed_string(program, address + 16 + place, size, big_endian=big_endian)
        for place in (0, size)
    )
    if not toolchain:
        raise ParseError("has Go build information that points nowhere")
    return toolchain, text


def _pointed_string(
    program: Executable, address: int, size: int, *, big_endian: bool
) -> bytes:
    """The string whose Go header (pointer and length) is pointed to at ``address``."""
    head = program.pointer(address, size, big_endian=big_endian)
    if not head:
        return b""
    length = stored_pointer(program.at(head + size), size, big_endian=big_endian)
    if not length:
        return b""
    start = program.pointer(head, size, big_endian=big_endian)
    return _string(program.at(start), length)


def _parse(toolchain: bytes, framed: bytes) -> BuildInfo:
    """Build information out of its two strings; the second stands between two marks of 16 bytes."""
    name = toolchain.decode("utf-8", "replace")
    if not framed:
        return BuildInfo(toolchain=name)
    if len(framed) <= 2 * _FRAME or framed[-_FRAME - 1] != ord("\n"):
        problem = "the list of Go modules is not between two marks"
        return BuildInfo(toolchain=name, problems=(problem,))
    text = framed[_FRAME:-_FRAME].decode("utf-8", "replace")
    entries, problems = _modules(text)
    main = [module for word, module in entries if word == "mod"]
    ldflags = _LDFLAGS.search(text)
    return BuildInfo(
        toolchain=name,
        main=main[0] if main else None,
        dependencies=tuple(module for word, module in entries if word == "dep"),
        ldflags=ldflags[1] if ldflags else "",
        problems=tuple(problems),
    )


def _modules(text: str) -> tuple[list[tuple[str, Module]], list[str]]:
    """
    The modules of the list with the word before each, and what could not be understood.

    A line is a word and tab-separated fields; a replacement belongs to the line before it.
    """
    entries: list[tuple[str, Module]] = []
    problems: list[str] = []
    replaceable = False
    for line in text.split("\n"):
        word = line.partition("\t")[0]
        if word not in _PATTERNS:
            replaceable = False
            continue
        fields = _PATTERNS[word].fullmatch(line)
        if fields is None or (word == "=>" and not replaceable):
            replaceable = False
            if len(problems) < _MAX_PROBLEMS:
                problems.append(f"Go build information: not a module: {line[:80]!a}")
            continue
        module = Module(path=fields[1], version=fields[2])
        if word == "=>":
            before, original = entries.pop()
            entries.append((before, replace(original, replacement=module)))
        else:
            entries.append((word, module))
        replaceable = word != "=>"
    return entries, problems
