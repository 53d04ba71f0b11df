"""Scores, comparisons and errors as tables of text."""
