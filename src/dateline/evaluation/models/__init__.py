"""Models that predict, and how they are found and run."""
