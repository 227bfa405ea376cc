"""
Our catalogers by where they are: name and version, for who need not load them to know what they have read.

Each says both itself; what is told here must be the same, and a test holds it to that.
"""

from __future__ import annotations


KNOWN: dict[str, tuple[str, int]] = {
    "shipworthy.catalogers.alpm:AlpmCataloger": ("alpm", 1),
    "shipworthy.catalogers.amazonextras:AmazonExtrasCataloger": ("amazonextras", 1),
    "shipworthy.catalogers.apk:ApkCataloger": ("apk", 1),
    "shipworthy.catalogers.contentsets:ContentSetsCataloger": ("contentsets", 1),
    "shipworthy.catalogers.debiansuite:DebianSuiteCataloger": ("debiansuite", 1),
    "shipworthy.catalogers.dpkg:DpkgCataloger": ("dpkg", 1),
    "shipworthy.catalogers.gobinary:GoBinaryCataloger": ("gobinary", 1),
    "shipworthy.catalogers.java:JavaCataloger": ("java", 1),
    "shipworthy.catalogers.node:NodeCataloger": ("node", 1),
    "shipworthy.catalogers.osrelease:OsReleaseCataloger": ("osrelease", 1),
    "shipworthy.catalogers.python:PythonCataloger": ("python", 1),
    "shipworthy.catalogers.rpm:RpmCataloger": ("rpm", 1),
    "shipworthy.catalogers.rustbinary:RustBinaryCataloger": ("rustbinary", 1),
    "shipworthy.catalogers.ubuntupro:UbuntuProCataloger": ("ubuntupro", 1),
}
