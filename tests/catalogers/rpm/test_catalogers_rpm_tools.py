"""The cataloger against rpm itself, on packages that the test builds and installs."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import rpmdatabase as made


pytestmark = [
    pytest.mark.functional,
    pytest.mark.skipif(
        not (shutil.which("rpm") and shutil.which("rpmbuild")),
        reason="rpm and rpmbuild are not installed",
    ),
]

SPEC = """
Name: outer
Epoch: 3
Version: 1.2~rc1
Release: 4%{?dist}
Summary: A package
License: MIT and BSD
Vendor: The Yard
ModularityLabel: outer:1:2:3
BuildArch: noarch
%description
None.
%package -n inner-libs
Summary: Its part
Version: 7
%description -n inner-libs
None.
%install
mkdir -p %{buildroot}/opt/yard/empty %{buildroot}/etc
for i in $(seq 300); do echo $i > %{buildroot}/opt/yard/file$i; done
echo a > "%{buildroot}/opt/yard/with space"
echo b > %{buildroot}/opt/yard/grün
echo c > %{buildroot}/etc/yard.conf
%files
/opt/yard
%ghost /opt/yard/ghost
%config /etc/yard.conf
%files -n inner-libs
/opt/yard/file1
"""

QUERY = (
    r"%{NAME} %{EPOCHNUM} %{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM} %{VENDOR}"
    r" %{MODULARITYLABEL} %{LICENSE}\n"
)


def _run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, check=False, timeout=120
    )
    assert 0 == done.returncode, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of its own with the built packages registered in it."""
    top = tmp_path_factory.mktemp("rpm")
    spec = top / "outer.spec"
    spec.write_text(SPEC)
    home = top / "db"
    rpm = ("rpm", "--dbpath", home)
    built = subprocess.run(
        ["rpmbuild", "-bb", "--define", f"_topdir {top}", str(spec)],
        capture_output=True,
        check=False,
        timeout=120,
    )
    if built.returncode:
        pytest.skip(f"rpmbuild cannot build here: {built.stderr.decode()[-200:]}")
    _run(*rpm, "--initdb")
    packages = sorted(top.glob("RPMS/noarch/*.rpm"))
    _run(*rpm, "--justdb", "--nodeps", "--noscripts", "-i", *packages)
    return home


class TestAgainstRpm:
    """Whatever rpm says of its database, the cataloger says too."""

    def test_fields(self, database: Path) -> None:
        """All fields are those that rpm prints."""
        (evidence,) = made.parse(sqlite=(database / "rpmdb.sqlite").read_bytes())
        found = []
        for package in evidence.packages:
            epoch, _, plain = package.version.rpartition(":")
            source = package.source or package.name
            version = package.source_version or plain
            found.append(
                f"{package.name} {epoch or 0} {plain} {package.arch}"
                f" {source}-{version}.src.rpm {package.vendor}"
                f" {package.modularity or '(none)'} {package.licences[0]}"
            )
        told = _run("rpm", "--dbpath", database, "-qa", "--qf", QUERY)

        assert sorted(told.splitlines()) == sorted(found)
        assert 2 == len(found)

    def test_files(self, database: Path) -> None:
        """The file lists are those of ``rpm -ql``, in its order."""
        (evidence,) = made.parse(sqlite=(database / "rpmdb.sqlite").read_bytes())
        for package in evidence.packages:
            told = _run("rpm", "--dbpath", database, "-ql", package.name).splitlines()

            assert told == [f"/{path}" for path in package.file_list.split("\0")]

    @pytest.mark.parametrize("order", ["<", ">"])
    def test_berkeley(self, database: Path, tmp_path: Path, order: made.Order) -> None:
        """A Berkeley DB that rpm reads, of either byte order, reads the same here."""
        with closing(sqlite3.connect(database / "rpmdb.sqlite")) as base:
            rows = base.execute("SELECT blob FROM Packages ORDER BY hnum").fetchall()
        data = made.bdb([blob for (blob,) in rows], order=order)
        (tmp_path / "Packages").write_bytes(data)
        query = "%{NAME} [%{FILENAMES} ]\n"
        backend = ("--define", "_db_backend bdb_ro")
        told = _run("rpm", *backend, "--dbpath", tmp_path, "-qa", "--qf", query)
        (evidence,) = made.parse(Packages=data)
        found = [
            " ".join(
                [
                    package.name,
                    *(f"/{path}" for path in package.file_list.split("\0")),
                    "",
                ]
            )
            for package in evidence.packages
        ]

        assert sorted(told.splitlines()) == sorted(found)
