"""Files read strictly, written whole, and kept inside their folder."""
