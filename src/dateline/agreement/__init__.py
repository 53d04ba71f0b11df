"""Inter-annotator agreement: spans, labels, attributes, coreference, arguments, claims."""
