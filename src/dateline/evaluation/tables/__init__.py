"""Scores, comparisons and errors as tables, for terminal, Markdown and HTML."""
