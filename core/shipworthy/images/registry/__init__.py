"""Images in registries (OCI distribution specification 1.1, Docker's schema 2)."""
