"""The program's door: ``pma`` and ``python -m postmortem_actions`` enter here."""

import sys


def main() -> int:
    """Run the command line and return its exit code, 130 also where somebody interrupts it while it still loads."""
    try:
        from .entry.cli.main import run
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
