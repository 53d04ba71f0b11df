"""The ontology: labels, roles, attributes, former names, and the guidelines made from them."""
