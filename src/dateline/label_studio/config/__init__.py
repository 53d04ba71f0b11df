"""The labelling configuration of a project, made from the ontology."""
