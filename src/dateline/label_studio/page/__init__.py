"""The labelling page, made from the ontology."""
