"""The images of all platforms of an index: read together, examined one by one, seen as one."""
