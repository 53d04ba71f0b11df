"""Prompts for language models, the schema of their answers, and answers as predictions."""
