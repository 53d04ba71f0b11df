"""Annotations of one document against each other: matching, differences, merging, layers."""
