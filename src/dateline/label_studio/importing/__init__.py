"""Annotations made elsewhere, from a Label Studio export."""
