"""Upload to and download from a Label Studio project."""
