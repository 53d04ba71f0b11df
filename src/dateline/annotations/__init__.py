"""Annotations of one document: items, layers, matching, differences, merging."""
