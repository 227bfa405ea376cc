"""Layers read by their tables of contents: eStargz and zstd:chunked."""
