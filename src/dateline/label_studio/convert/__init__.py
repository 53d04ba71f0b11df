"""Converting annotations to Label Studio's results, and back."""
