"""The description of a dataset: card, citation and Croissant metadata."""
