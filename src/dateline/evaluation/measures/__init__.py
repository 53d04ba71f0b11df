"""Groups of measures; each module registers the groups of one layer, or of coreference."""
