"""Commands that measure agreement and make gold."""
