"""Commands that export to and import from formats of other tools."""
