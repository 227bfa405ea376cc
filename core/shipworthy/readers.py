"""
The catalogers at hand: known at once, loaded when the first layer is to be read.

What they are called and which version they have is all that remembered records are found by, and loading them takes as long as
reading all that is remembered. So where every one of them is ours, their versions are taken from
:mod:`shipworthy.catalogers.known`; a plug-in of somebody else's may be anything, and all are loaded.
"""

from __future__ import annotations

from shipworthy.catalogers.interface import Cataloger
from shipworthy.catalogers.known import KNOWN
from shipworthy.extensions import load, places
from shipworthy.layers.select import Selector, fingerprint_of
from shipworthy.model.package import Status


class Readers:
    """The catalogers of this installation."""

    def __init__(self) -> None:
        self.statuses: tuple[Status, ...] = ()
        """What is told of those that could not be loaded, once they were to be."""
        self._selector: Selector | None = None
        named = places("catalogers").values()
        self._known = ""
        if KNOWN.keys() >= set(named):
            self._known = fingerprint_of(KNOWN[place] for place in named)

    @property
    def fingerprint(self) -> str:
        """
        What records are kept under, see :attr:`shipworthy.layers.select.Selector.fingerprint`.

        Before the catalogers are loaded it is that of a sound installation; who stores a record asks the selector's.
        """
        if self._selector is None and self._known:
            return self._known
        return self.selector.fingerprint

    @property
    def selector(self) -> Selector:
        """The catalogers, loaded now where they were not yet."""
        if self._selector is None:
            catalogers, self.statuses = load("catalogers", _cataloger)
            self._selector = Selector(catalogers)
        return self._selector


def _cataloger(plugin: object) -> Cataloger:
    """A plug-in as a cataloger; raises ``TypeError`` where it is none."""
    if not callable(plugin):
        raise TypeError("expected a class without arguments")
    made: Cataloger = plugin()
    return made
