"""What an earlier result knew: fingerprints of findings, and how two results compare."""
