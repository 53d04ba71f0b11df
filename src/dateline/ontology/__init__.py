"""What the schemas say: labels, roles, attributes, former names, and guidelines made from them."""
