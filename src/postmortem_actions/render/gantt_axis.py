"""The axis of days of a picture: where a day stands, which are shaded, and where a line with its date is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ..core.context import Calendar

_WIDTH = 720  # pixels of the axis, where the days are many
_WIDEST_DAY = 24  # pixels of a day, where they are few
_NARROWEST_SHADE = 3  # pixels of a day below which single days off cannot be seen
_LABEL_ROOM = 88  # pixels that a label of ten figures and its distance need
_WEEKS = (7, 14, 28)
_MONTHS = (1, 2, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)))


@dataclass(frozen=True, slots=True)
class Axis:
    """Days from ``first`` to ``last`` (ordinals, both drawn whole), beginning at ``left`` pixels."""

    first: int
    last: int
    left: float
    day_width: float

    @classmethod
    def over(cls, days: Iterable[date], left: float) -> Axis:
        """An axis on which all these days stand; it begins on a Monday. ``days`` is not empty."""
        ordinals = [day.toordinal() for day in days]
        first = max(1, min(ordinals) - (min(ordinals) - 1) % 7)  # the ordinal 1 is a Monday
        last = max(*ordinals, first + 13)
        return cls(first, last, left, min(_WIDEST_DAY, _WIDTH / (last - first + 1)))

    @property
    def right(self) -> float:
        """The right end, in pixels."""
        return self.left + (self.last - self.first + 1) * self.day_width

    def begin(self, day: date) -> float:
        """The left edge of a day, in pixels."""
        return self.left + (day.toordinal() - self.first) * self.day_width

    def end(self, day: date) -> float:
        """The right edge of a day, in pixels."""
        return self.begin(day) + self.day_width

    def days_off(self, calendar: Calendar) -> Iterator[tuple[float, float]]:
        """Left edge and width of each run of days without work; none where a day is too narrow to be seen."""
        if self.day_width < _NARROWEST_SHADE:
            return
        run = 0
        for ordinal in range(self.first, self.last + 2):
            off = ordinal <= self.last and not calendar.is_working_day(date.fromordinal(ordinal))
            if off:
                run += 1
            elif run:
                yield self.left + (ordinal - run - self.first) * self.day_width, run * self.day_width
                run = 0

    def ticks(self) -> list[tuple[float, str]]:
        """Where a line is drawn, and the date on it: as many as leave room for each other's labels."""
        for step in _WEEKS:
            if step * self.day_width >= _LABEL_ROOM:
                return self._labelled(range(self.first, self.last + 1, step), 10)
        step = next((s for s in _MONTHS if s * 28 * self.day_width >= _LABEL_ROOM), _MONTHS[-1])
        return self._labelled(self._months(step), 7)

    def _months(self, step: int) -> Iterator[int]:
        start = date.fromordinal(self.first)
        month = -(-(start.year * 12 + start.month - 1) // step) * step
        while month < 12 * 10_000:
            ordinal = date(month // 12, month % 12 + 1, 1).toordinal()
            if ordinal > self.last:
                return
            if ordinal >= self.first:
                yield ordinal
            month += step

    def _labelled(self, ordinals: Iterable[int], letters: int) -> list[tuple[float, str]]:
        places = [
            (self.begin(date.fromordinal(n)), date.fromordinal(n).isoformat()[:letters]) for n in ordinals
        ]
        # A label stands right of its line, and must end with the axis.
        return [(x, text if x + _LABEL_ROOM <= self.right else "") for x, text in places]
