"""A site of a corpus to read: documents with their annotation, stories and labels."""
