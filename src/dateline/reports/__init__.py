"""Reports on a corpus: statistics, plots, and the numbers in the datasheet."""
