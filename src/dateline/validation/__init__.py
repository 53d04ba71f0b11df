"""What makes a corpus valid: the JSON Schemas, then integrity rules that they cannot state."""
