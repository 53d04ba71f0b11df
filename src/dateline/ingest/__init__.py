"""Seeds to documents."""
