"""
Packages installed by rpm: its database in all four forms it ever had in an image.

SQLite with its write-ahead log, NDB, Berkeley DB hash of either byte order, and the text
manifests of distroless Mariner and Azure Linux. Which database a file is, its first bytes
tell, not its name. Readers of SQLite and Berkeley DB are our own: they take bytes, write no
temporary file, and stay within the file's own size whatever it claims.
"""

from __future__ import annotations

from shipworthy.catalogers.rpm.cataloger import RpmCataloger


__all__ = ["RpmCataloger"]
