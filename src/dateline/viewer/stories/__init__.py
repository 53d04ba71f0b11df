"""The pages of stories: what happened when, and who claims what about it, across documents."""
