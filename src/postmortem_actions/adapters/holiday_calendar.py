"""Public holidays of a country, from the holidays library; only where the config names a country."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.context import Calendar
from ..core.settings import CalendarSettings, nearest
from ..errors import ConfigError


class HolidayCalendar:
    """Calendars for the years asked for."""

    def calendar(self, settings: CalendarSettings, years: Sequence[int]) -> Calendar:
        """The config's own days, and the country's public holidays in those years.

        Raises ConfigError for a country or subdivision the library does not know."""
        days = set(settings.holidays)
        if settings.country is not None:
            import holidays

            known = holidays.list_supported_countries()
            country = settings.country.upper()
            if country not in known:
                raise ConfigError(
                    f"no holidays are known for the country {settings.country!r}",
                    where=settings.where,
                    fix="Use a code of ISO 3166, such as DE or US, or list the days under holidays.",
                )
            part = settings.subdivision.upper() if settings.subdivision else None
            if part is not None and part not in known[country]:
                like = nearest(part, known[country])
                some = ", ".join(known[country]) or "none"
                raise ConfigError(
                    f"{country} has no subdivision {settings.subdivision!r}",
                    where=settings.where,
                    fix=f"Known are: {some}." + (f" Did you mean {like}?" if like else ""),
                )
            days.update(holidays.country_holidays(country, subdiv=part, years=list(years)))
        return Calendar(frozenset(days), settings.weekend)
