"""Models of Transformers: a tagger of mentions and triggers, and a classifier of roles."""
