"""
Retire.js: ``retirejs/npmrepository.json`` and ``retirejs/jsrepository-v5.json``.

Source: https://github.com/RetireJS/retire.js, ``repository/``: components with ``vulnerabilities``, each
``atOrAbove`` (or from the beginning) and ``below``, with ``identifiers`` (``CVE``, ``githubID``).
Components of the second file are npm's where ``npmname`` says so. They fill gaps: what the
ecosystem's own records know of the same vulnerability stands, so a statement carries
GitHub's id where it has one, and those without any common id are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import BORROWED, Row, Statement
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_NAME,
    MAX_VERSION,
    Broken,
    array,
    identifier,
    mapping,
    plain,
    word,
)
from shipworthy.model.advisory import Advisory, Range
from shipworthy.model.bucket import normal_name


FEED = "retirejs"

_NPM = "npm"
_FILES = ("npmrepository.json", "jsrepository-v5.json")
_EXAMPLES = frozenset({"retire-example", "dont check"})


class RetireJsFeed:
    """Reads both repositories as one feed."""

    name = FEED

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each vulnerability of an npm package with a CVE or GHSA; raises ``FeedError``."""
        paths = [root / FEED / name for name in _FILES]
        paths = [path for path in paths if path.is_file()]
        tally = Tally(FEED)
        held: dict[tuple[str, str], Statement] = {}
        for path in paths:
            by_npm_name = path.name == _FILES[0]
            for name, item in sorted(read_object(path, "a Retire.js list").items()):
                if name in _EXAMPLES:
                    continue
                for row in _component(name, item, by_npm_name, tally):
                    _keep(held, row)
        yield from (held[key] for key in sorted(held))
        if paths:
            yield tally.info(paths, root)


def _component(
    name: str, item: object, by_npm_name: bool, tally: Tally
) -> Iterator[Statement]:
    try:
        component = mapping(item)
        npm_name = name if by_npm_name else component.get("npmname")
        if npm_name is None:
            return
        package = normal_name(_NPM, plain(npm_name, MAX_NAME))
        entries = array(component.get("vulnerabilities"), 10_000)
    except Broken:
        tally.skipped += 1
        return
    for entry in entries:
        yield from tally.take(partial(_rows, entry, package))


def _rows(item: object, package: str) -> Iterator[Statement]:
    entry = mapping(item)
    names = _identifiers(mapping(entry.get("identifiers")))
    events = [("introduced", "0")]
    if entry.get("atOrAbove") is not None:
        events = [("introduced", plain(entry.get("atOrAbove"), MAX_VERSION))]
    # ``excludes`` names builds that others patched; they have no version of npm's
    events.append(("fixed", plain(entry.get("below"), MAX_VERSION)))
    cves = [name for name in names if CVE.fullmatch(name)]
    rest = [name for name in names if name not in cves]
    several = len(cves) > 1
    yield Statement(
        advisory=Advisory(
            id=(rest or cves)[0],
            aliases=() if several else tuple(cves if rest else ()),
            bucket=_NPM,
            package=package,
            scheme="semver",
            feed=FEED,
            ranges=(Range(events=tuple(events)),),
            rating=word(entry.get("severity")),
            bulletin=several,
        ),
        vulnerabilities=tuple((cve,) for cve in cves) if several else (),
        authority=BORROWED,
    )


def _identifiers(entry: Mapping[str, object]) -> list[str]:
    """GitHub's id and the CVEs; :class:`Broken` where there is neither."""
    value = entry.get("CVE")
    listed = array([value] if isinstance(value, str) else value, 100)
    cves = sorted({v for v in map(identifier, listed) if CVE.fullmatch(v)})
    github = entry.get("githubID")
    ghsa = [identifier(github)] if isinstance(github, str) and github else []
    ghsa = [name for name in ghsa if name.startswith("GHSA-")]
    if not ghsa and not cves:
        raise Broken
    return [*ghsa, *cves]


def _keep(held: dict[tuple[str, str], Statement], row: Statement) -> None:
    """One statement a vulnerability and package: several ranges of it are alternatives."""
    from dataclasses import replace

    key = (row.advisory.package, row.advisory.id)
    known = held.get(key)
    if known is None:
        held[key] = row
        return
    ranges = tuple(dict.fromkeys((*known.advisory.ranges, *row.advisory.ranges)))
    held[key] = replace(known, advisory=replace(known.advisory, ranges=ranges))
