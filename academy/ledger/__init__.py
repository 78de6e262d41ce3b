"""The spine: an append-only list of what happened, read by everyone who must react or remember."""
