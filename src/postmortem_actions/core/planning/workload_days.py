"""The room of one person day by day. Days count from the planning date (0); room is in thousandths of a
working day, so that sums are exact."""

from __future__ import annotations

from datetime import date, timedelta

from ..context import Calendar

PER_DAY = 1000
HORIZON = 3653  # ten years of days: who has no room until then has none
_CHUNK = 64

Use = tuple[tuple[int, int], ...]  # (day, thousandths spent on it), rising


class Room:
    """What somebody can give on each day. Worked out as far as asked for, and shared by many books."""

    def __init__(
        self, start: date, share: float, calendar: Calendar, absences: frozenset[date] = frozenset()
    ) -> None:
        self._start, self._calendar, self._absences = start, calendar, absences
        self._full = round(share * PER_DAY)
        # No look at days that give nothing, nor at any after the last day there is.
        self._end = min(HORIZON if self._full else 0, (date.max - start).days)
        self._days: list[int] = []

    def until(self, day: int) -> list[int]:
        """The room of each day from 0, at least up to and with ``day`` (or the horizon)."""
        wanted = min(self._end, day + 1)
        while len(self._days) < wanted:
            on = self._start + timedelta(days=len(self._days))
            works = self._calendar.is_working_day(on) and on not in self._absences
            self._days.append(self._full if works else 0)
        return self._days


class Book:
    """What is left of somebody's room as work is entered."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._left: list[int] = []
        self._after: list[int] = []  # where to look on from a day without room; shortened as it is walked

    def left(self, day: int) -> int:
        """What is left on a day."""
        return self._left[day] if self._grow(day) else 0

    def _grow(self, day: int) -> bool:
        if day >= len(self._left):
            known = len(self._left)
            self._left += self._room.until((day // _CHUNK + 1) * _CHUNK - 1)[known:]
            self._after += range(known + 1, len(self._left) + 1)
        return day < len(self._left)

    def _with_room(self, day: int) -> int | None:
        walked: list[int] = []
        while self._grow(day):
            if self._left[day]:
                for passed in walked:
                    self._after[passed] = day
                return day
            walked.append(day)
            day = self._after[day]
        return None

    def take(self, amount: int, ready: int) -> Use | None:
        """Spend so much as soon as there is room from the day ``ready`` on. None, and nothing spent, where
        there is not enough until the horizon."""
        use: list[tuple[int, int]] = []
        day: int | None = ready
        while amount:
            assert day is not None
            if (day := self._with_room(day)) is None:
                for on, part in use:
                    self._left[on] += part
                self._after = list(range(1, len(self._left) + 1))
                return None
            part = min(amount, self._left[day])
            self._left[day] -= part
            amount -= part
            use.append((day, part))
        return tuple(use)

    def finish(self, amount: int, ready: int, by: int, freed: dict[int, int]) -> int | None:
        """The day on which so much could be done, nothing being entered; None where that is after ``by``.
        ``freed`` is room that would be given back, by day."""
        for day in range(ready, by + 1):
            amount -= self.left(day) + freed.get(day, 0)
            if amount <= 0:
                return day
        return None

    def begin(self, amount: int, by: int, freed: dict[int, int]) -> int | None:
        """The last day on which so much must be begun to be done by the day ``by``; None where it is too
        much even from day 0."""
        for day in range(by, -1, -1):
            amount -= self.left(day) + freed.get(day, 0)
            if amount <= 0:
                return day
        return None
