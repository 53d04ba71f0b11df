"""Searching annotated documents for items that meet conditions."""
