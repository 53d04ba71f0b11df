"""Models that predict: their interface, those that are built in, and running one over texts."""
