"""Ways to tell people: Slack and mail."""
