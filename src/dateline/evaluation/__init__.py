"""Predictions against gold, with scores that can be trusted, compared and cited."""
