"""Commands that evaluate systems."""
