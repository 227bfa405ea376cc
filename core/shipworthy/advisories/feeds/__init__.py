"""One module an upstream advisory format."""
