"""How long something takes, as people say it."""

from __future__ import annotations


def minutes_in_words(minutes: float) -> str:
    """Minutes below two hours, hours below two days, else days."""
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h" if minutes < 48 * 60 else f"{minutes / 1440:.1f} days"
