"""The rules: every module in this folder adds its own to the table."""
