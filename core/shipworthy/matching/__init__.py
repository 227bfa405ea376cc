"""Inventory × advisories: which package has which vulnerability, and why."""
