"""The gate: which findings close it, and why."""
