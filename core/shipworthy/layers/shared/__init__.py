"""Layer records in registries, so that a layer that one machine read need not be read by another."""
