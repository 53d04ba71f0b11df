"""Import of documents and annotations that a reader of a format yields."""
