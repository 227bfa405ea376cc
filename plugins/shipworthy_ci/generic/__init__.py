"""Every CI system that has no package of its own here."""
