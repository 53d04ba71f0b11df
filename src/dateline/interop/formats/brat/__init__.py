"""brat standoff, and the configuration of brat."""
