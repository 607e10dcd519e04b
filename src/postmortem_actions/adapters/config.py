"""The config file ``postmortem-actions.toml``: found from the working folder upwards, and read strictly.

``KEYS`` is the whole schema: docs/config.md explains it, and anything else in a file is an error, because a
key that is misspelt would otherwise be silently without effect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..core.context import Team
from ..core.model import Person, Problem
from ..core.owners.evidence import OwnershipSettings
from ..core.settings import SETTINGS, CalendarSettings, Config, GivenBy, GivenValue, choose, nearest
from ..errors import ConfigError
from .config_checks import CHECK_KEYS, checks
from .config_file import TomlFile
from .config_rooms import countries, rooms
from .config_tracking import REMINDER_KEYS, TRACKER_KEYS, tracking

FILE_NAME = "postmortem-actions.toml"

# Section → its keys. ``*`` stands for a name of the user's choice: as a section's second part, or as a key.
KEYS: Mapping[str, tuple[str, ...]] = {
    "request": tuple(setting.name for setting in SETTINGS),
    "people.*": ("name", "roles", "owns", "share", "away", "country"),
    "modules": ("*",),
    "teams.*": ("members", "lead"),
    "rotation": ("order", "source", "pick", "absences", "zone"),
    "ownership": ("repo", "directory", "left", "plans", "limit"),
    "roles": ("security", "privacy", "legal", "coordinator", "sponsor"),
    "calendar": ("country", "subdivision", "holidays", "weekend"),
    "catalogue": ("rules",),
    "reading": ("semantic",),
    "stack": ("language", "database", "platform", "ci", "monitoring", "paging"),
    "checks.*": CHECK_KEYS,
    "store": ("url", "team"),
    "tracker.*": TRACKER_KEYS,
    "reminders": REMINDER_KEYS,
    "addresses": ("*",),
}
_PICKS = ("next", "spread")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class TomlConfig:
    """``path`` is the file the user named; without it the file is looked for from ``start`` upwards."""

    path: str | None = None
    start: str = "."

    def read(self) -> Config:
        """The config, or an empty one where there is no file. Raises ConfigError with path:line."""
        path = Path(self.path).expanduser() if self.path is not None else _find(Path(self.start))
        return Config() if path is None else _Reading(path).config()


def _find(start: Path) -> Path | None:
    folder = start.resolve()
    return next((p / FILE_NAME for p in (folder, *folder.parents) if (p / FILE_NAME).is_file()), None)


class _Reading(TomlFile):
    """What the file means."""

    def config(self) -> Config:
        self._refuse_unknown()
        people = self._people()
        team = Team(
            people=people,
            modules=self._names("modules"),
            teams=self._teams(),
            rotation=self._handles("rotation", "order"),
            roles=self._names("roles"),
            source=self.path.name,
            left=self._handles("ownership", "left"),
            rooms=rooms(self, self.data.get("people", {})),
        )
        return Config(
            path=str(self.path),
            given=self._given(),
            team=team,
            calendar=self._calendar(),
            rules=self._rules(),
            semantic=self._semantic(),
            stack=self._stack(),
            checks=checks(self),
            ownership=self._ownership(team.left),
            countries=countries(self, self.data.get("people", {})),
            tracking=tracking(self),
            problems=self._strangers(team),
        )

    def _refuse_unknown(self) -> None:
        sections = [name.partition(".")[0] for name in KEYS]
        for section, values in self.data.items():
            if section not in sections:
                raise self._unknown(section, sections, section)
            self.table(values, section)
            named = f"{section}.*" in KEYS
            for name, below in values.items() if named else [("", values)]:
                at = (section, name) if named else (section,)
                known = KEYS[f"{section}.*" if named else section]
                for key in self.table(below, *at):
                    if key not in known and known != ("*",):
                        raise self._unknown(key, known, *at, key)

    def _unknown(self, word: str, known: list[str] | tuple[str, ...], *keys: str) -> ConfigError:
        like = nearest(word, known)
        return ConfigError(
            f"unknown key {'.'.join(keys)}",
            where=self.where(*keys),
            fix=f"Did you mean {like}?" if like else f"Known here are: {', '.join(known)}.",
        )

    def _given(self) -> tuple[GivenValue, ...]:
        section = self.data.get("request", {})
        given = []
        for name in section:
            value = GivenValue(
                name, self.text(section, "", "request", name), GivenBy.FILE, self.where("request", name)
            )
            choose(next(s for s in SETTINGS if s.name == name), value.text, value.where)
            given.append(value)
        return tuple(given)

    def _people(self) -> tuple[Person, ...]:
        people = []
        for handle, below in self.data.get("people", {}).items():
            at = ("people", handle)
            people.append(
                Person(
                    name=self.text(below, _bare(handle), *at, "name"),
                    handle=_bare(handle),
                    roles=self.texts(below, *at, "roles"),
                    owns=self.texts(below, *at, "owns"),
                )
            )
        return tuple(people)

    def _names(self, section: str) -> tuple[tuple[str, str], ...]:
        values = self.data.get(section, {})
        return tuple((key, _bare(self.text(values, "", section, key))) for key in values)

    def _handles(self, *keys: str) -> tuple[str, ...]:
        section = self.data
        for key in keys[:-1]:
            section = section.get(key, {})
        return tuple(_bare(name) for name in self.texts(section, *keys))

    def _teams(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        teams = []
        for name, below in self.data.get("teams", {}).items():
            lead = _bare(self.text(below, "", "teams", name, "lead"))
            members = self._handles("teams", name, "members")
            ordered = dict.fromkeys([lead, *members] if lead else members)
            teams.append((name, tuple(ordered)))
        return tuple(teams)

    def _calendar(self) -> CalendarSettings:
        section = self.data.get("calendar", {})
        country = self.text(section, "", "calendar", "country") or None
        subdivision = self.text(section, "", "calendar", "subdivision") or None
        if subdivision and not country:
            raise self.wrong("needs a country", 'Add country = "…".', "calendar", "subdivision")
        weekend = CalendarSettings().weekend
        if "weekend" in section:
            weekend = frozenset(map(self._weekday, self.texts(section, "calendar", "weekend")))
            if len(weekend) == len(_WEEKDAYS):
                raise self.wrong("leaves no working day", "Name fewer days.", "calendar", "weekend")
        days = tuple(self._day(value) for value in self.list(section, "calendar", "holidays"))
        key = "subdivision" if subdivision else "country"
        return CalendarSettings(
            country, subdivision, days, weekend, self.where("calendar", key) if country else None
        )

    def _weekday(self, text: str) -> int:
        word = text.lower()
        found = [n for n, day in enumerate(_WEEKDAYS) if len(word) > 1 and day.startswith(word)]
        if len(found) != 1:
            days = ", ".join(day[:3] for day in _WEEKDAYS)
            raise self.wrong(f"{text!r} is not a weekday", f"Use {days}.", "calendar", "weekend")
        return found[0]

    def _day(self, value: Any) -> date:
        if isinstance(value, str):
            try:
                return date.fromisoformat(value.strip())
            except ValueError:
                value = None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        raise self.wrong("must be a list of dates", "Write each as YYYY-MM-DD.", "calendar", "holidays")

    def _ownership(self, left: tuple[str, ...]) -> OwnershipSettings:
        section, rotation = self.data.get("ownership", {}), self.data.get("rotation", {})
        pick = self.text(rotation, "next", "rotation", "pick") or "next"
        if pick not in _PICKS:
            raise self.wrong(
                f"{pick!r} is not a way to pick", f"Use {' or '.join(_PICKS)}.", "rotation", "pick"
            )
        return OwnershipSettings(
            repository=self._beside(section, "ownership", "repo"),
            directory=self._beside(section, "ownership", "directory"),
            rotation=self._beside(rotation, "rotation", "source"),
            absences=self._beside(rotation, "rotation", "absences"),
            left=left,
            zone=self.text(rotation, "", "rotation", "zone") or None,
            spread=pick == "spread",
            plans=tuple(
                str(self.path.parent / Path(p).expanduser())
                for p in self.texts(section, "ownership", "plans")
            ),
            limit=self._limit(section),
        )

    def _limit(self, section: Mapping[str, Any]) -> int | None:
        value = section.get("limit")
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise self.wrong("must be a whole number above 0", "Write limit = 5.", "ownership", "limit")
        return value

    def _beside(self, section: Mapping[str, Any], name: str, key: str) -> str | None:
        """A link or a feed's name as written; a path counted from the config file."""
        value = self.text(section, "", name, key)
        if not value or re.match(r"[a-z]+:(?!\\)", value):
            return value or None
        return str(self.path.parent / Path(value).expanduser())

    def _stack(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        below = self.data.get("stack", {})
        found = [(kind, self.texts(below, "stack", kind)) for kind in KEYS["stack"]]
        return tuple((kind, names) for kind, names in found if names)

    def _semantic(self) -> bool:
        value = self.data.get("reading", {}).get("semantic", False)
        if not isinstance(value, bool):
            raise self.wrong("must be true or false", "Write semantic = true.", "reading", "semantic")
        return value

    def _rules(self) -> tuple[str, ...]:
        folders = []
        for name in self.texts(self.data.get("catalogue", {}), "catalogue", "rules"):
            folder = self.path.parent / Path(name).expanduser()
            if not folder.exists():
                raise self.wrong(
                    f"there is no {folder}", "The path counts from the config file.", "catalogue", "rules"
                )
            folders.append(str(folder))
        return tuple(folders)

    def _strangers(self, team: Team) -> tuple[Problem, ...]:
        """Names used elsewhere in the file that [people] does not know: most likely a slip of the pen."""
        if not team.people:
            return ()
        known = {name for person in team.people for name in (person.name, person.handle or person.name)}
        used = [(("modules", key), name) for key, name in team.modules]
        used += [(("roles", key), name) for key, name in team.roles]
        used += [(("rotation", "order"), name) for name in team.rotation]
        used += [(("teams", key), name) for key, names in team.teams for name in names]
        problems = []
        for keys, name in used:
            if name not in known:
                like = nearest(name, sorted(known))
                place = f"{self.path.name}:{self.lines.find(keys)}"
                message = f"{place}: {name} is not one of the people of the config"
                fix = f"Did you mean {like}?" if like else "Add them to [people]."
                problems.append(Problem("unknown-person", message, fix=fix))
        return tuple(problems)


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("@")
