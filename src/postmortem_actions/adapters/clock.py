"""The system's clock: the only place that asks for the date."""

from __future__ import annotations

from datetime import date


class SystemClock:
    """The date where the program runs."""

    def today(self) -> date:
        """Today."""
        return date.today()
