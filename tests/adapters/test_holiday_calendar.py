"""Public holidays where the config names a country, and the config's own days anywhere."""

from __future__ import annotations

from datetime import date

import pytest

from postmortem_actions.adapters.holiday_calendar import HolidayCalendar
from postmortem_actions.core.settings import CalendarSettings
from postmortem_actions.errors import ConfigError


def test_without_a_country_only_the_own_days_and_the_weekend() -> None:
    settings = CalendarSettings(holidays=(date(2026, 12, 24),), weekend=frozenset({4}))
    calendar = HolidayCalendar().calendar(settings, [2026])
    assert calendar.holidays == {date(2026, 12, 24)}
    assert not calendar.is_working_day(date(2026, 11, 27))
    assert calendar.is_working_day(date(2026, 12, 25).replace(day=26))


def test_a_country_and_its_part() -> None:
    epiphany = date(2027, 1, 6)
    bavaria = HolidayCalendar().calendar(CalendarSettings("de", "by"), [2026, 2027])
    berlin = HolidayCalendar().calendar(CalendarSettings("DE", "BE"), [2026, 2027])
    assert epiphany in bavaria.holidays
    assert epiphany not in berlin.holidays
    assert {day.year for day in bavaria.holidays} == {2026, 2027}
    assert date(2026, 12, 25) in berlin.holidays


@pytest.mark.parametrize(("country", "part"), [("Germany", None), ("XX", None), ("DE", "XX")])
def test_an_unknown_place_names_the_line(country: str, part: str | None) -> None:
    with pytest.raises(ConfigError) as caught:
        HolidayCalendar().calendar(CalendarSettings(country, part, where="a.toml:3"), [2026])
    assert caught.value.where == "a.toml:3"
    assert caught.value.fix
