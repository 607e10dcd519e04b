"""One run of publish and sync over a line that fails, with the program killed on the way; then everything is counted.

Used by the tests (some runs) and by benchmarks/faults.py (a thousand).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.standins.jira_cloud import EMAIL, TOKEN, JiraCloud
from tests.standins.linear import KEY
from tests.standins.linear import Linear as LinearServer
from tests.standins.proxy import Harm, proxy
from tests.standins.serving import serve
from tests.world import World

from postmortem_actions.adapters.store.database import SqliteDatabase
from postmortem_actions.adapters.trackers.jira import Jira
from postmortem_actions.adapters.trackers.jira_api import JiraApi
from postmortem_actions.adapters.trackers.linear import Linear
from postmortem_actions.core.tracking.settings import TrackerSettings
from postmortem_actions.core.tracking.tickets import Tracker
from postmortem_actions.errors import PostmortemActionsError
from postmortem_actions.service import keeping
from postmortem_actions.service.outbox import Patience
from postmortem_actions.service.publishing import publish
from postmortem_actions.service.syncing import sync

_TIMEOUT = 0.3  # seconds; a late request arrives after it
_FIELDS = (("Origin", "Follow-up"),)
_WEIGHTS = {
    Harm.NONE: 70,
    Harm.REFUSED: 5,
    Harm.CUT: 4,
    Harm.LOST: 8,
    Harm.HALF: 4,
    Harm.LATE: 2,
    Harm.DOUBLE: 7,
}


class Clock:
    """The real one, which can be put forward, so that the lease of who was killed runs out at once."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self) -> date:
        return self.now().date()


@dataclass
class Run:
    """What came of a run: how many tickets of each marker are alive at the end, and what was done to the line."""

    alive: Counter[str]
    kept: int
    actions: int
    kills: int
    harms: dict[str, int]

    @property
    def doubles(self) -> int:
        return sum(n - 1 for n in self.alive.values())

    @property
    def lost(self) -> int:
        return self.actions + 1 - len(self.alive)


def run(seed: int, kind: str, folder: Path, template: Path, name: str) -> Run:
    """Publish and sync the plan ``name`` of the store ``template`` to a server of ``kind`` over a line that fails."""
    chance = random.Random(seed)
    path = folder / f"{seed}-{kind}.db"
    path.write_bytes(template.read_bytes())
    server: Any = JiraCloud() if kind == "jira" else LinearServer()
    settings = TrackerSettings(kind, kind, fields=_FIELDS if kind == "jira" else ())
    calm = False

    def harm() -> Harm:
        return Harm.NONE if calm else chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]

    kills = 0
    clock = Clock()
    with serve(server) as served, proxy(urlsplit(served.url).port or 0, harm) as line:
        tracker = _tracker(kind, line.url, settings)
        here = World(SqliteDatabase(path), clock=clock, tracker=tracker, settings=settings)  # type: ignore[arg-type]
        patience = Patience(0.01, 3.0)
        for attempt in range(40):
            if chance.random() < 0.3:
                kills += _killed(here, name, patience, chance.random() * 0.12)
                clock.ahead += timedelta(minutes=4)
                continue
            with suppress(PostmortemActionsError):
                if not publish(here.ports, name, None, "dana", patience).left:
                    break
            calm = attempt > 20
        _people_work(server, kind, chance)
        for _ in range(3):
            with suppress(PostmortemActionsError):
                sync(here.ports)
        calm = True
        line.settled()
        here.tracker = _tracker(kind, line.url, settings, 30.0)  # type: ignore[assignment]
        publish(here.ports, name, None, "dana", patience)
        told = sync(here.ports)
        assert not told.failed, told.failed
        _, actions = keeping.read_kept(here.ports, name)[:2]
        with here.ports.store().read() as reading:
            kept = len(reading.tickets(name))
        return Run(_alive(server, kind), kept, len(actions), kills, dict(line.done))


def _tracker(kind: str, url: str, settings: TrackerSettings, timeout: float = _TIMEOUT) -> Tracker:
    if kind == "jira":
        ask = JiraApi(url, lambda: TOKEN, True, EMAIL, timeout)
        ask.api.sleep = lambda _: time.sleep(0.005)
        return Jira(ask, "OPS", settings)
    linear = Linear("ENG", lambda: KEY, settings, url, timeout)
    linear.ask.api.sleep = lambda _: time.sleep(0.005)
    return linear


def _killed(here: World, name: str, patience: Patience, after: float) -> int:
    """Publish in another process and kill it; how many were killed before they came to an end."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            publish(here.ports, name, None, "dana", replace(patience, longest=1.0))
        os._exit(0)
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return int(os.WIFSIGNALED(status))


def _people_work(server: Any, kind: str, chance: random.Random) -> None:
    """Somebody closes a ticket, and somebody writes a title anew."""
    issues = list(server.issues.values())
    if not issues:
        return
    one, other = chance.choice(issues), chance.choice(issues)
    if kind == "jira":
        server._set(one, {"status": server.statuses["Done"], "resolution": {"name": "Done"}})
        server._set(other, {"summary": "Written anew"})
    else:
        server._set(one, {"stateId": "s-completed"})
        server._set(other, {"title": "Written anew"})


def _alive(server: Any, kind: str) -> Counter[str]:
    """How many tickets carry each marker; those that were retired as duplicates do not count."""
    if kind == "jira":
        labels = [label for issue in server.issues.values() for label in issue["fields"]["labels"]]
        return Counter(label.removeprefix("pma-id-") for label in labels if label.startswith("pma-id-"))
    return Counter(number for number, issue in server.issues.items() if any(
        label["name"] == "postmortem-actions" for label in issue["labels_"]))  # fmt: skip
