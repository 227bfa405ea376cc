"""Inventories that others took: SBOMs read as what an image's layers would have shown."""
