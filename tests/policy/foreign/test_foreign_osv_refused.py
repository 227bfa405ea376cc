"""What OSV-Scanner refuses in its file is refused here too."""

from __future__ import annotations

import pytest
from ignoring import read

from shipworthy.errors import UsageError


@pytest.mark.parametrize(
    ("text", "line", "words", "hint"),
    [
        ('[[ignoredvulns]]\nid = "A"\nreson = ""', 3, "ignoredvulns.reson", "reason"),
        (
            "[[PackageOverrides]]\nlicense.skip = true",
            2,
            "PackageOverrides.license.skip",
            "",
        ),
        (
            'RustVersionOverride = "1"\n[[PackageOverrides]]\nskip = true',
            1,
            "RustVersionOverride, PackageOverrides.skip",
            "Go",
        ),
        (
            '[[IgnoredVulns]]\nid = "A"\n[[IgnoredVulns]]\nid = "B"\nskip = 1',
            5,
            "IgnoredVulns.skip",
            "",
        ),
        ('[[IgnoredVulns]]\nid = "A"\n[[IgnoredVulns]]\nid = 5', 4, "a string", ""),
        ('LoadPath = "x"', 1, "LoadPath", ""),
        ("[[IgnoredVulns]]\nid = 5", 2, "a string", ""),
        ('[[IgnoredVulns]]\nid = "A"\nignoreUntil = 5', 3, "a date", ""),
        ('[[IgnoredVulns]]\nid = "A"\nignoreUntil = 07:32:00', 3, "a date", ""),
        ('[[IgnoredVulns]]\nid = "A"\nID = "B"', 3, "one spelling", ""),
        ('[[PackageOverrides]]\nignore = "yes"', 2, "true or false", ""),
        ("[[PackageOverrides]]\nlicense = true", 2, "a table", ""),
        ("[[PackageOverrides]]\nlicense.override = [1]", 2, "an array of strings", ""),
        ("[IgnoredVulns]\nid = 1", 1, "tables", ""),
        ("IgnoredVulns = [1]", 1, "a table", ""),
        ("\n[[IgnoredVulns", 2, "not TOML", ""),
        (
            "\n\n[[PackageOverrides]]\nname = '(?<'\nnameIsRegex = true",
            3,
            "regular expression",
            "",
        ),
    ],
)
def test_what_osv_scanner_refuses_is_refused(
    text: str, line: int, words: str, hint: str
) -> None:
    """Unknown keys, wrong types and invalid expressions, with file and line and the nearest key."""
    with pytest.raises(UsageError) as caught:
        read("osv-scanner.toml", text)
    assert caught.value.message.startswith(f"osv-scanner.toml:{line}: ")
    assert words in caught.value.message
    assert hint in caught.value.hint
