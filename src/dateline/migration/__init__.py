"""Changes to the schemas that carry every annotation file along."""
