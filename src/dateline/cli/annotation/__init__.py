"""Commands for annotators and Label Studio."""
