"""The leaderboard: the systems to run, their results, and tables of them."""
