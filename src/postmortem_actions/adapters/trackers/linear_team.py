"""What a Linear team has: states, labels and people, each asked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.tracking.settings import TrackerSettings
from ...core.tracking.tickets import Closed
from ...errors import ConfigError, TrackerBusy, TrackerError, TrackerUncertain, TrackerUnreachable
from . import linear_queries as queries
from .linear_api import LinearApi

_OPEN_TYPES = ("unstarted", "backlog", "triage", "started")
_CLOSED_TYPES = {
    Closed.DONE: ("completed",),
    Closed.NOT_PLANNED: ("canceled",),
    Closed.DUPLICATE: ("duplicate", "canceled"),
}


class LinearTeam:
    """The team of that key. Raises ConfigError where the config names what there is not."""

    def __init__(self, key: str, ask: LinearApi, settings: TrackerSettings) -> None:
        self.key = key
        self.ask = ask
        self.settings = settings
        self._known_team: dict[str, Any] | None = None
        self._labels: dict[str, str] = {}
        self._users: dict[str, Mapping[str, Any] | None] = {}

    def team(self) -> dict[str, Any]:
        """The team, with its states."""
        if self._known_team is None:
            teams = self.ask.read(queries.TEAM, {"key": self.key})["teams"]["nodes"]
            found = next((team for team in teams if team["key"] == self.key), None)
            if found is None:
                raise ConfigError(
                    f"Linear shows no team {self.key!r}",
                    where=self.settings.where or None,
                    fix="Give the team's key as in its issues (ENG-7), and a key that may see it.",
                )
            self._known_team = found
        return self._known_team

    def state_for(self, closed: Closed | None) -> Mapping[str, Any]:
        """The state of a ticket that is closed so, or open: the config's, else the first of its type."""
        states = sorted(self.team()["states"]["nodes"], key=lambda state: state["position"])
        wished = self.settings.state_for(closed)
        if wished:
            for state in states:
                if state["name"].casefold() == wished.casefold():
                    found: Mapping[str, Any] = state
                    return found
            names = ", ".join(state["name"] for state in states)
            raise ConfigError(
                f"team {self.key} has no state {wished!r}",
                where=self.settings.where or None,
                fix=f"It has {names}.",
            )
        for kind in _CLOSED_TYPES[closed] if closed else _OPEN_TYPES:
            for state in states:
                plain = (
                    kind != "canceled"
                    or closed is Closed.DUPLICATE
                    or state["name"].casefold() != "duplicate"
                )
                if state["type"] == kind and plain:
                    return dict(state)
        raise TrackerError(
            f"team {self.key} has no state for {closed.value if closed else 'open'}",
            where=self.settings.name,
            fix="Name one: transitions in the config.",
        )

    def label_ids(self, names: Sequence[str], dropped: list[str]) -> list[str]:
        """The ids of labels of these names, made where there are none; what cannot be made is added to ``dropped``."""
        wished = list(dict.fromkeys(names))
        missing = [name for name in wished if name.casefold() not in self._labels]
        if missing:
            self._learn_labels(missing)
        for name in missing:
            if name.casefold() not in self._labels and not self._make_label(name):
                dropped.append(f"Linear did not make the label {name}")
        return [self._labels[name.casefold()] for name in wished if name.casefold() in self._labels]

    def _learn_labels(self, names: Sequence[str]) -> None:
        """Labels of the team and of the whole workspace can be used; the team's come first."""
        team = self.team()["id"]
        filter_ = {"or": [{"name": {"eqIgnoreCase": name}} for name in names]}
        nodes = list(self.ask.pages(queries.LABELS, "issueLabels", {"filter": filter_}))
        for node in sorted(nodes, key=lambda node: node["team"] is None):
            if node["team"] is None or node["team"]["id"] == team:
                self._labels.setdefault(node["name"].casefold(), node["id"])

    def _make_label(self, name: str) -> bool:
        try:
            made = self.ask.write(queries.LABEL, {"input": {"name": name, "teamId": self.team()["id"]}})
        except (TrackerBusy, TrackerUnreachable):
            raise
        except TrackerError as error:  # refused because somebody just made it, or made and the answer was lost
            self._learn_labels([name])
            known = name.casefold() in self._labels
            if not known and isinstance(error, TrackerUncertain):
                raise
            return known
        self._labels[name.casefold()] = made["issueLabelCreate"]["issueLabel"]["id"]
        return True

    def user(self, name: str) -> Mapping[str, Any] | None:
        """Who has that e-mail address or name."""
        key = name.lstrip("@").casefold()
        if key not in self._users:
            by = ("email",) if "@" in key else ("displayName", "name")
            ways = [{field: {"eqIgnoreCase": key}} for field in by]
            filter_ = ways[0] if len(ways) == 1 else {"or": ways}
            nodes = self.ask.read(queries.USERS, {"filter": filter_})["users"]["nodes"]
            alike = [n for n in nodes if n["active"] and key in {str(n[field]).casefold() for field in by}]
            # Two people of one name: nobody is guessed.
            self._users[key] = alike[0] if len(alike) == 1 else None
        return self._users[key]

    def called(self, user: Mapping[str, Any] | None) -> str | None:
        """A person as the config calls them, else by the name that Linear shows."""
        if user is None:
            return None
        names = {str(user[field]).casefold() for field in ("email", "displayName", "name")}
        for theirs in (*(theirs for _, theirs in self.settings.people), *self._users):
            if theirs.lstrip("@").casefold() in names:
                return theirs.lstrip("@")
        return str(user["displayName"])
