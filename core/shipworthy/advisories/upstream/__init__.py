"""Feeds from the network: where each is published, and fetching what has changed of it."""
