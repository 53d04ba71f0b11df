"""Formats of CoNLL: a line for each token, with columns."""
