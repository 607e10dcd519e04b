"""Trackers: GitHub, Linear, Jira Cloud and Data Center, and one in memory for tests and trials."""
