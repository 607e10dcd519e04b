"""``python -m postmortem_actions``."""

import sys

from .entry.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
