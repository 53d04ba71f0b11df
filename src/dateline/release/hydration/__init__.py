"""Restoring withheld texts from a reader's own copies."""
