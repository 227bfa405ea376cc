"""From the header of a package to its fields."""

from __future__ import annotations

import struct

import pytest
import rpmdatabase as made

from shipworthy.catalogers.interface import Evidence, PackageSeen


def _read(blob: bytes) -> Evidence:
    (evidence,) = made.parse(Packages_db=made.ndb([blob]))
    return evidence


def _package(blob: bytes) -> PackageSeen:
    evidence = _read(blob)
    assert () == evidence.problems
    (package,) = evidence.packages
    return package


class TestFields:
    """What stands in the header stands in the package."""

    def test_all_fields(self) -> None:
        """Every tag reaches its field, the epoch as part of the version."""
        blob = made.header(
            made.tags(
                "nodejs-docs",
                "16.1",
                epoch=1,
                sourcerpm="nodejs-16.1-4.el9.src.rpm",
                vendor="AlmaLinux",
                license="MIT and ASL 2.0",
                modularitylabel="nodejs:16:8030:229f0a1c",
            )
            | made.files("/usr/share/doc/a", "/etc/b", "/usr/share/doc")
        )

        expected = PackageSeen(
            type="rpm",
            name="nodejs-docs",
            version="1:16.1-4.el9",
            arch="x86_64",
            source="nodejs",
            vendor="AlmaLinux",
            modularity="nodejs:16:8030:229f0a1c",
            licences=("MIT and ASL 2.0",),
            file_list="usr/share/doc/a\0etc/b\0usr/share/doc",
        )
        assert expected == _package(blob)

    def test_epoch_zero(self) -> None:
        """An epoch of 0 is the same as none and is not written."""
        assert "5.1.8-4.el9" == _package(made.header(made.tags(epoch=0))).version

    def test_source_of_other_version(self) -> None:
        """A source package of another version is named with it."""
        package = _package(
            made.header(made.tags("libfoo", sourcerpm="foo-bar-2-3.nosrc.rpm"))
        )

        assert ("foo-bar", "2-3") == (package.source, package.source_version)

    @pytest.mark.parametrize(
        "source", ["(none)", "", "bash", "bash-5.src.rpm", "-1-2.src.rpm"]
    )
    def test_no_source(self, source: str) -> None:
        """What is not the name of a source package gives none."""
        package = _package(made.header(made.tags(sourcerpm=source)))

        assert ("", "") == (package.source, package.source_version)

    def test_words_for_nothing(self) -> None:
        """Rpm's ``(none)`` is nothing."""
        package = _package(made.header(made.tags(vendor="(none)", license="(none)")))

        assert ("", ()) == (package.vendor, package.licences)

    def test_public_keys(self) -> None:
        """A public key is not a package, and not a problem."""
        blob = made.header(made.tags("gpg-pubkey", "b86b3716"))

        assert Evidence(path="var/lib/rpm/Packages.db") == _read(blob)

    def test_bytes_that_are_no_text(self) -> None:
        """Names that are not UTF-8 are written as the layers write such paths."""
        blob = made.header(made.tags() | made.files("/opt/caf\udce9"))

        assert r"opt/caf\xe9" == _package(blob).file_list


class TestShapes:
    """Headers of all times."""

    def test_without_region(self) -> None:
        """Headers without a region, as rpm 3 wrote them, read the same."""
        content = made.tags(epoch=2) | made.files("/bin/sh")

        assert _package(made.header(content)) == _package(
            made.header(content, region=False)
        )

    def test_added_tags_win(self) -> None:
        """A tag added behind the region replaces the one in it."""
        blob = made.header(made.tags(), added={made.VENDOR: "x", made.RELEASE: "9"})

        package = _package(blob)
        assert ("5.1.8-9", "x") == (package.version, package.vendor)

    def test_old_file_names(self) -> None:
        """Whole paths, as rpm 3 kept them, are a file list too."""
        blob = made.header(made.tags(oldfilenames=["/bin/sh", "/etc", "/"]))

        assert "bin/sh\0etc" == _package(blob).file_list

    def test_root_directory(self) -> None:
        """The root directory, which has no name below the root, is left out."""
        blob = made.header(made.tags() | made.files("/", "/bin"))

        assert "bin" == _package(blob).file_list


class TestBroken:
    """What is wrong costs as little as it can, and is told."""

    @pytest.mark.parametrize("tag", [made.NAME, made.VERSION])
    def test_nameless(self, tag: int) -> None:
        """A package without name or version is a problem of its record."""
        content = made.tags()
        del content[tag]
        evidence = _read(made.header(content))

        assert () == evidence.packages
        assert ("record 1: is a package without a name or a version",) == (
            evidence.problems
        )

    @pytest.mark.parametrize(
        "change",
        [
            {made.DIRINDEXES: [0, 7]},
            {made.DIRINDEXES: [0]},
            {made.DIRNAMES: "/usr/"},
            {made.DIRINDEXES: "0"},
            {made.BASENAMES: 5},
        ],
    )
    def test_file_lists_that_do_not_fit(self, change: dict[int, made.Value]) -> None:
        """A file list that cannot be is left out with a word; the package stays."""
        blob = made.header(made.tags() | made.files("/a/b", "/c/d") | change)
        evidence = _read(blob)

        assert ["bash 5.1.8-4.el9"] == made.named([evidence])
        assert "" == evidence.packages[0].file_list
        assert 1 == len(evidence.problems)

    def test_file_list_bomb(self) -> None:
        """A small header that spells gigabytes of paths is not spelled out."""
        content = made.tags() | {
            made.DIRNAMES: ["/" + "d" * 100_000],
            made.BASENAMES: ["f"] * 20_000,
            made.DIRINDEXES: [0] * 20_000,
        }
        evidence = _read(made.header(content))

        assert "" == evidence.packages[0].file_list
        assert "characters" in evidence.problems[0]

    def test_file_lists_together(self) -> None:
        """The bound holds for all file lists of a database together."""
        content = made.tags() | {
            made.DIRNAMES: ["/" + "d" * 10_000],
            made.BASENAMES: ["f"] * 3_000,
            made.DIRINDEXES: [0] * 3_000,
        }
        blob = made.header(content)
        (evidence,) = made.parse(Packages_db=made.ndb([blob] * 6))

        sizes = [len(package.file_list) for package in evidence.packages]
        assert [30_005_999] * 4 + [0] * 2 == sizes
        assert 2 == len(evidence.problems)

    @pytest.mark.parametrize(
        "blob",
        [
            b"",
            b"\0" * 7,
            b"\0" * 8,
            struct.pack(">II", 1, 0),
            struct.pack(">II", 0xFFFFFFFF, 0xFFFFFFFF) + bytes(64),
            struct.pack(">IIIIII", 1, 4, made.NAME, 6, 0, 1) + b"name",
            struct.pack(">IIIIII", 1, 4, made.NAME, 6, 99, 1) + b"nam\0",
            struct.pack(">IIIIII", 1, 4, made.NAME, 4, 0, 1) + b"nam\0",
        ],
    )
    def test_no_header(self, blob: bytes) -> None:
        """A record that is no header is one problem and no package."""
        evidence = _read(blob)

        assert (0, 1) == (len(evidence.packages), len(evidence.problems))

    def test_many_problems(self) -> None:
        """Problems are counted after the twentieth, so that no file floods a report."""
        (evidence,) = made.parse(Packages_db=made.ndb([b"x" * 9] * 50))

        assert 21 == len(evidence.problems)
        assert "30 further problems of the same file" == evidence.problems[-1]
