"""Importing annotations from an export of another Label Studio project."""
