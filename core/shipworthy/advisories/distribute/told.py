"""What a result must tell of the database that judged: its holes, its age, how it was come by."""

from __future__ import annotations

from shipworthy.advisories.distribute.database import Database
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.model.package import Status


SOURCE = "database"


def statuses_of(database: Database, store: AdvisoryStore) -> list[Status]:
    """
    A status for each feed that was refused, for too great an age, and for a fetch that failed.

    Raises:
        DatabaseError: It is older than allowed, and the limit says to fail.
    """
    told = [
        (
            feed.name,
            f"the feed was refused when the database was built: {feed.refused}",
        )
        for feed in store.info.feeds
        if feed.refused
    ]
    told.append(("age", database.told_of_age(store.info.date)))
    told += [("fetch", note) for note in store.notes]
    return [
        Status(source=SOURCE, subject=subject, message=message, partial=False)
        for subject, message in told
        if message
    ]
