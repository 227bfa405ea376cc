"""One module a kind of package: how it is looked up, and which statements speak of it."""
