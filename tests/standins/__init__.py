"""Servers that stand in for trackers in tests.

GitHub, Linear's older subset and Slack are ``emulate`` (from npm), Jira Data Center is ``jira820`` (from PyPI). What no
stand-in offers, Linear's and Jira Cloud's own interfaces, is served here over the vendors' published schemas: a request
that does not fit the schema is refused before anything is done.
"""
