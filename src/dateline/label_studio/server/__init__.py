"""Talking to a Label Studio server."""
