"""How the advisory database travels: registries, bundles, the cache, signatures, freshness."""
