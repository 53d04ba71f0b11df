"""Commands that release and publish."""
