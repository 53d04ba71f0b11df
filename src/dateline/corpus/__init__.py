"""The corpus on disk: documents, their segmentation and splits, and who annotated them."""
