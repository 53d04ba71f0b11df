"""What is scored, as declarations: each module registers its groups of measures."""
