"""What describes a dataset: its card, its citation, its Croissant file."""
