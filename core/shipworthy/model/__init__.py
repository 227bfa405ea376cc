"""
The plain values that the rooms hand to each other: frozen, no I/O, no rules.

Import from the module that defines a value; this package re-exports nothing, so that
reading one value does not pay for the others.
"""
