"""Quality of annotators' work over time: progress, agreement, drift and labels."""
