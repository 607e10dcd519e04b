"""The command line: ``pma`` and ``postmortem-actions``."""
