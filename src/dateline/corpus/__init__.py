"""The corpus on disk: documents, segmentation, splits and the list of annotators."""
