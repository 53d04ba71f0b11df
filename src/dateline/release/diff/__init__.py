"""Changes between two states of a corpus, and the version bump that they require."""
