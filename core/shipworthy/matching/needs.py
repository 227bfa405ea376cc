"""Which of the database's buckets an inventory will be looked up in, told before anything is looked up."""

from __future__ import annotations

from shipworthy.matching.interface import Advisories
from shipworthy.matching.plan import plan_for
from shipworthy.model.package import Inventory


def buckets_needed(inventory: Inventory, advisories: Advisories) -> tuple[str, ...]:
    """The buckets that :func:`shipworthy.matching.match.match` will ask, sorted; nothing is looked up."""
    plan = plan_for(inventory, advisories)
    families = [plan.families[bucket] for bucket in plan.lookups]
    return tuple(sorted({b for f in families for b in (f.bucket, *f.more)}))
