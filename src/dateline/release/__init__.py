"""Releases: what changed, which version that makes, what belongs to it, and bringing it out."""
