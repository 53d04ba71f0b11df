"""Evaluation measures as pure functions on columns of numbers; no files, schemas or label names."""
