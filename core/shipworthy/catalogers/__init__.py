"""Finding packages: one module a package system, each handed bytes, never a path to follow."""
