"""What tests share: where the data beside the checkout is."""

from __future__ import annotations

from pathlib import Path


SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Feeds, corpus recipes and conformance data, kept beside the checkout."""
