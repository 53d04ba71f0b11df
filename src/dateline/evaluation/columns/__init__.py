"""Gold and predictions as columns, side by side."""
