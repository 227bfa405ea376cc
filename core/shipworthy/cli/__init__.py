"""The command line: click, one module a command, thin."""
