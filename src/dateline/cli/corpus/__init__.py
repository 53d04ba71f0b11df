"""Commands that make the corpus."""
