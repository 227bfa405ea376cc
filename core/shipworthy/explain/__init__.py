"""All the evidence of one finding, and why a package has no other: for people and programs."""
