"""Conversion of other formats to predictions, with a report of words that are not in the texts."""
