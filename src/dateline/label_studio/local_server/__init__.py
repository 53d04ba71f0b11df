"""A Label Studio server on this machine: its virtual environment, its accounts, start and stop."""
