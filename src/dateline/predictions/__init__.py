"""Predictions of systems: reading, checking and converting them."""
