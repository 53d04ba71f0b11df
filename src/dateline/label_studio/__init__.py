"""Label Studio: the labelling page, what goes there and what comes back."""
