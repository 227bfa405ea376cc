"""The policy file: reading it, laying shared policies under it, its published schema."""
