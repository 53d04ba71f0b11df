"""Export to and import from the file formats of other tools, with a report of what is lost."""
