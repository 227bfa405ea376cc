"""What holds for all tests."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings


# An example that never ends is found all the same; one that takes long because the machine is busy is no failure.
settings.register_profile("shared-machine", deadline=timedelta(seconds=10))
settings.load_profile("shared-machine")
