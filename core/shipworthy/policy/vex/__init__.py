"""VEX: what others say of a vulnerability in a product, read, held against the findings, and no further."""
