"""Bytes in, tar entries out: decompression and the tar format, for archives and layers alike."""
