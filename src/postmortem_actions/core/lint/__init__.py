"""The linter: judges a plan, or any list of actions, and says how to mend it."""

from .findings import CODES, Finding, exit_code
from .knowledge import LintKnowledge
from .run import lint

__all__ = ["CODES", "Finding", "LintKnowledge", "exit_code", "lint"]
