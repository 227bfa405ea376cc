"""Ignore files of other tools, read as they are: one module a format, and the conversion into our own."""
