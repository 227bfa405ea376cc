"""Reading a layer: decompress, walk the tar, pick files, squash, and the layer cache."""
