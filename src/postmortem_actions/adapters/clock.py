"""The system's clock: the only place that asks for the date and the time."""

from __future__ import annotations

from datetime import UTC, date, datetime


class SystemClock:
    """The date where the program runs, and the instant in UTC."""

    def today(self) -> date:
        """Today."""
        return date.today()

    def now(self) -> datetime:
        """This instant, in UTC."""
        return datetime.now(UTC)
