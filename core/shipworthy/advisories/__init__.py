"""The vulnerability database: built from upstream feeds, looked up by bucket."""
