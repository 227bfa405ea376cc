"""
Metasploit's modules by CVE: ``metasploit/msfdb-list-main.zip``, or its ``metasploit/rapid7/<year>/<CVE>.json``.

Source: https://github.com/vulsio/msfdb-list, which takes it from Rapid7's framework. A file
is a list of modules with ``Title``, ``CveIDs`` and ``References``, one of them the module in
the framework's repository. It has no dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from shipworthy.advisories.feeds.containers import Folder, Tree, Zip
from shipworthy.advisories.feeds.interface import IntelRow, Row
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_SUMMARY,
    Broken,
    array,
    mapping,
    prose,
    urls,
)
from shipworthy.model.advisory import Exploit


_MODULES = "https://github.com/rapid7/metasploit-framework/"
_MOST = 200
"""Modules read of one CVE."""


class MetasploitFeed:
    """Reads which CVEs have a module in the Metasploit framework."""

    name = "metasploit"

    def read(self, root: Path) -> Iterator[Row]:
        """Give the modules of each CVE."""
        directory = root / "metasploit"
        archives = sorted(directory.glob("msfdb-list-*.zip"))
        if archives:
            yield from _read(Zip(archives[-1]), archives[-1:], root)
        elif (directory / "rapid7").is_dir():
            tree = Tree(directory / "rapid7")
            yield from _read(tree, tree.paths(), root)


def _read(files: Zip | Folder, paths: list[Path], root: Path) -> Iterator[Row]:
    tally = Tally("metasploit")
    with files as opened:
        for name in opened.names():
            data = opened.read(name)
            yield from tally.take(
                lambda name=name, data=data: _rows(  # type: ignore[misc]  # bound now
                    name.rpartition("/")[2].removesuffix(".json"), data
                )
            )
    yield tally.info(paths, root)


def _rows(cve: str, data: bytes | None) -> list[IntelRow]:
    if data is None or not CVE.fullmatch(cve):
        raise Broken
    try:
        modules = array(orjson.loads(data), _MOST)
    except orjson.JSONDecodeError:
        raise Broken from None
    found = [_exploit(module) for module in modules]
    if not found:
        raise Broken
    return [IntelRow(cve=cve, exploits=tuple(dict.fromkeys(found)))]


def _exploit(value: object) -> Exploit:
    module = mapping(value)
    title = prose(module.get("Title"), MAX_SUMMARY) or prose(
        module.get("Name"), MAX_SUMMARY
    )
    if not title:
        raise Broken
    links = urls(module.get("References"))
    url = next((link for link in links if link.startswith(_MODULES)), "")
    return Exploit(source="metasploit", name=title, url=url)
