"""Cases: candidates and the fields on which annotators disagree."""
