"""The corpus as a Hugging Face dataset: columns, rows, Parquet files, card, and loading."""
