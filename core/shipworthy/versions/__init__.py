"""One module a version scheme, and ranges over them."""
