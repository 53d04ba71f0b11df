"""Contrast sets: what a small edit of a text changes in its annotation."""
