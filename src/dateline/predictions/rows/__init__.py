"""Predictions as rows of Arrow tables."""
