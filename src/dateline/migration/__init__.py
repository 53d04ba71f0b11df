"""Changes to the ontology that also update all annotations."""
