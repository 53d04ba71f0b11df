"""The corpus as a Hugging Face dataset: features, rows, Parquet, card, and loading it again."""
