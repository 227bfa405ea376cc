"""``shipworthy policy``: look at a policy, and share it; one module a command."""
