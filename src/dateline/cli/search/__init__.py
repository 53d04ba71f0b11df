"""Commands that find something in a corpus or a dataset."""
