"""From the header of an installed package to what the inventory says about it."""

from __future__ import annotations

from shipworthy.catalogers.interface import PackageSeen
from shipworthy.catalogers.rpm.header import Header, Tag, parse_header
from shipworthy.catalogers.rpm.record import Problems, Record
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


MAX_FILE_LIST = 32 * 1024 * 1024
"""Characters of one package's file list."""
MAX_TEXT = 128 * 1024 * 1024
"""Characters of all packages of one database; a full desktop has about 25 million."""

_SOURCE_SUFFIXES = (".src.rpm", ".nosrc.rpm")


@dataclass(slots=True, kw_only=True)
class HeaderReader:
    """Turns the records of one database into packages, within bounds for all of them."""

    problems: Problems
    room: int = MAX_TEXT

    def read(self, record: Record) -> PackageSeen | None:
        """
        The package of ``record``; none for a public key.

        None as well, and a line among the problems, for a record that is not the
        header of a package. Anything but name, version, release and epoch that cannot
        be read costs only itself.
        """
        try:
            header = parse_header(record.blob)
            name = header.text(Tag.NAME)
            if is_key(name):
                return None
            epochs = header.numbers(Tag.EPOCH)
            label = f"{record.label} ({name[:80]!a})"
            package = seen(
                name=name,
                version=header.text(Tag.VERSION),
                release=header.text(Tag.RELEASE),
                epoch=epochs[0] if epochs else 0,
                arch=self._text(header, Tag.ARCH, label),
                source_rpm=self._text(header, Tag.SOURCERPM, label),
                vendor=self._text(header, Tag.VENDOR, label),
                modularity=self._text(header, Tag.MODULARITYLABEL, label),
                licence=self._text(header, Tag.LICENSE, label),
                file_list=self._file_list(header, label),
            )
            self._charge(package)
        except ParseError as error:
            self.problems.add(f"{record.label}: {error.message}")
            return None
        return package

    def _charge(self, package: PackageSeen) -> None:
        """Count what is kept of ``package``, as tags may all share one long text."""
        texts = (
            package.name,
            package.version,
            package.arch,
            package.source,
            package.source_version,
            package.vendor,
            package.modularity,
            *package.licences,
            package.file_list,
        )
        self.room -= sum(map(len, texts))
        if self.room < 0:
            raise ParseError(f"is beyond the {MAX_TEXT} characters that are kept")

    def _text(self, header: Header, tag: Tag, label: str) -> str:
        """A text that a package can do without."""
        try:
            return header.text(tag)
        except ParseError as error:
            self.problems.add(f"{label}: {error.message}")
            return ""

    def _file_list(self, header: Header, label: str) -> str:
        try:
            return file_list(header, min(self.room, MAX_FILE_LIST))
        except ParseError as error:
            self.problems.add(f"{label}: its list of files: {error.message}")
            return ""


def is_key(name: str) -> bool:
    """
    Whether this is a public key that rpm keeps as if it were a package.

    Keys are no software, nothing can be known to be wrong with their "version", and they
    stay out of the inventory although ``rpm -qa`` lists them.
    """
    return name == "gpg-pubkey"


def seen(
    *,
    name: str,
    version: str,
    release: str,
    epoch: int = 0,
    arch: str = "",
    source_rpm: str = "",
    vendor: str = "",
    modularity: str = "",
    licence: str = "",
    file_list: str = "",
    notes: tuple[str, ...] = (),
) -> PackageSeen:
    """
    The package as the model writes it: an epoch only when not 0, a source only where it differs.

    Raises ``ParseError`` without name or version. Names of source packages carry no
    epoch, so the source's version counts as the package's own without looking at that.
    """
    if not name or not version:
        raise ParseError("is a package without a name or a version")
    plain = f"{version}-{release}" if release else version
    source, source_version = split_source(_stated(source_rpm))
    return PackageSeen(
        type="rpm",
        name=name,
        version=f"{epoch}:{plain}" if epoch else plain,
        arch=_stated(arch),
        source="" if source == name else source,
        source_version="" if source_version == plain else source_version,
        vendor=_stated(vendor),
        modularity=_stated(modularity),
        licences=(licence,) if _stated(licence) else (),
        file_list=file_list,
        notes=notes,
    )


def split_source(file_name: str) -> tuple[str, str]:
    """
    Name and version of the source package from the name of its file.

    ``bash-5.1.8-4.el9.src.rpm`` gives ``bash`` and ``5.1.8-4.el9``; what is not such a
    name gives two empty strings.
    """
    for suffix in _SOURCE_SUFFIXES:
        if file_name.endswith(suffix):
            parts = file_name[: -len(suffix)].rsplit("-", 2)
            if len(parts) == 3 and all(parts):
                return parts[0], f"{parts[1]}-{parts[2]}"
    return "", ""


def file_list(header: Header, room: int) -> str:
    """
    The files the package installed, NUL-separated, no leading slash, in the header's order.

    They are all that ``rpm -ql`` lists: ghosts, directories and files left out at
    installation too. Raises ``ParseError`` for lists that do not fit together or need
    more than ``room`` characters: names share their directories, so that a small header
    could name terabytes.
    """
    names = header.texts(Tag.BASENAMES)
    if not names:
        paths = [path.lstrip("/") for path in header.texts(Tag.OLDFILENAMES)]
        return "\0".join([path for path in paths if path])
    directories = [path.lstrip("/") for path in header.texts(Tag.DIRNAMES)]
    indexes = header.numbers(Tag.DIRINDEXES)
    if len(indexes) != len(names) or max(indexes) >= len(directories):
        raise ParseError("names and directories do not fit together")
    sizes = [len(path) + 1 for path in directories]
    needed = sum([sizes[index] for index in indexes]) + sum(map(len, names))
    if needed > room:
        raise ParseError(f"needs {needed} characters, {room} are allowed")
    pairs = zip(indexes, names, strict=True)
    paths = [directories[index] + name for index, name in pairs]
    # The root directory itself, which the package "filesystem" has, is left without a name.
    return "\0".join([path for path in paths if path] if "" in paths else paths)


def _stated(text: str) -> str:
    """``text``, or nothing where rpm's own word for nothing stands."""
    return "" if text == "(none)" else text
