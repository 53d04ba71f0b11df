"""Searching annotated documents: items that meet conditions, and SQL over all of them."""
