"""The leaderboard: which systems run, their results, and the page made of them."""
