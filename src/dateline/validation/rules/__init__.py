"""The integrity rules; each module registers its own."""
