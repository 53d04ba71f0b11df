"""Keeping a corpus and a Label Studio project in step."""
