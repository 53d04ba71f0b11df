"""What is scored, as declarations: each module puts its groups of measures into the table."""
