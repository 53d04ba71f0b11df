"""What changed between two states of a corpus, and which version that makes."""
