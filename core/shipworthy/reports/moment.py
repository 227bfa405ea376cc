"""Days and times of a result as RFC 3339 moments, for formats that ask for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d))?", re.ASCII)
_NEVER = "1970-01-01T00:00:00Z"


@lru_cache(maxsize=1 << 12)
def moment(text: str) -> str:
    """``text`` as ``2024-01-31T23:00:00Z``; the start of a day that stands alone, nothing where it is no date."""
    found = _MOMENT.match(text)
    if found is None:
        return ""
    told = f"{found[1]}T{found[2] or '00:00:00'}"
    try:
        datetime.fromisoformat(told)
    except ValueError:
        return ""
    return f"{told}Z"


def judged_at(document: Mapping[str, Any]) -> str:
    """The day of judging, else the database's; a report knows no clock."""
    told = (document["verdict"]["day"], document["database"]["date"])
    days = (moment(text)[:10] for text in told)
    return next((f"{day}T00:00:00Z" for day in days if day), _NEVER)
