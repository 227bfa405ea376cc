"""Java archives: what a jar is, what was merged into it, and the jars inside it."""

from __future__ import annotations

from shipworthy.catalogers.java.cataloger import JavaCataloger


__all__ = ["JavaCataloger"]
