"""What is counted and drawn for readers: statistics, plots, the numbers of the datasheet."""
