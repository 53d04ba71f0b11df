"""Training models on the gold of a corpus with the trainers of other libraries."""
