"""postmortem-actions: from a root cause analysis to a plan of actions that get done."""

__version__ = "0.1.0"
