"""Gold from several annotations: what agrees is merged, what does not is decided case by case."""
