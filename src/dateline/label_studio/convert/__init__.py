"""Annotations as Label Studio's results, and back."""
