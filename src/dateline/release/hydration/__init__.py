"""Filling withheld texts in again from a reader's copy."""
