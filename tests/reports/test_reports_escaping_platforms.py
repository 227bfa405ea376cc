"""The same table over what an index brings: the names of platforms are whatever somebody wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hostile import HOSTILE, poisoned
from hostile_checks import CHECKS
from reports_platforms import of_all_platforms

from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_hostile_platforms_are_harmless(name: str, hostile: str) -> None:
    """Each hostile text as the name of a platform, of one that was read and of one that was not, does nothing."""
    result = poisoned(of_all_platforms(), f"linux {HOSTILE[hostile]} end")
    first, second, third = result.image.platforms
    platforms = (replace(first, problem=""), replace(second, problem=""), third)
    result = replace(result, image=replace(result.image, platforms=platforms))
    document = to_document(result)
    CHECKS[name](open_report(name).render(document), document)
