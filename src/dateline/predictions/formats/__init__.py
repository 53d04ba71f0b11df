"""Predictions from other formats, with a report of what could not be found in the texts."""
