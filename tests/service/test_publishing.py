"""Publishing: each action has one ticket and no more, whatever goes wrong and whoever joins in."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.world import ORDERS, PAYMENTS, World, world

from postmortem_actions.adapters.trackers.memory import Fault, MemoryTracker
from postmortem_actions.core.policy import Priority
from postmortem_actions.core.tracking.life import Step
from postmortem_actions.core.tracking.settings import TrackerSettings
from postmortem_actions.core.tracking.store import TaskState
from postmortem_actions.core.tracking.tickets import Closed, TicketDraft
from postmortem_actions.errors import PrivacyError, RequestError
from postmortem_actions.service import keeping
from postmortem_actions.service.outbox import sweep
from postmortem_actions.service.publishing import prepare


@pytest.fixture
def here(tmp_path: Path) -> World:
    return world(tmp_path)


def open_ones(tracker: MemoryTracker) -> list[TicketDraft]:
    return [t.draft for t in tracker.tickets.values() if t.state.closed is None]


def test_a_plan_becomes_a_parent_and_one_ticket_an_action_with_everything_in_it(here: World) -> None:
    here.settings = replace(here.settings, people=(("alice", "al-42"),), labels=("postmortem",))
    name = here.plan()
    told = here.publish(name)
    parent, *tickets = open_ones(here.tracker)
    assert [action for action, _ in told.made] == ["", *(f"A{n}" for n in range(1, 8))]
    assert parent.is_parent
    assert "Orders API timeout" in parent.title
    first = tickets[0]
    assert first.title == "A1: Add an index on users.email (P0)"
    assert (first.assignee, first.priority, str(first.due)) == ("al-42", Priority.P0, "2025-01-22")
    assert {"postmortem-actions", "postmortem", "prevention"} <= set(first.labels)
    for part in ("## Rationale", "## Steps", "## Ready to use", "```sql", "## Done when", "- [ ] ", "## Verification", "## Evidence",
                 "L34-35: “A missing index", "rca.md", name):  # fmt: skip
        assert part in first.body, part
    assert here.tracker.tickets["id-2"].draft.parent is not None
    assert here.tracker.tickets["id-2"].draft.parent.key == "1"
    needs = {a.id: a.depends_on for a in keeping.read_kept(here.ports, name)[1]}
    keys = {action: ref.key for action, ref in told.made}
    assert (
        here.tracker.links
        == {(keys[need], keys[action]) for action, before in needs.items() for need in before}
        != set()
    )


def test_again_makes_nothing_and_later_actions_only_themselves(here: World) -> None:
    name = here.plan()
    here.publish(name)
    before = here.tracker.requests
    again = here.publish(name)
    assert (again.made, again.found, here.tracker.requests) == ([], [], before)
    keeping.move(here.ports, name, ["A7"], Step.DECLINE, "dana", why="no")
    other = here.plan(PAYMENTS)
    keeping.move(here.ports, other, ["A1"], Step.DECLINE, "dana", why="no")
    told = here.publish(other)
    assert "A1" not in [action for action, _ in told.made]
    assert len(open_ones(here.tracker)) == 8 + 1 + 6


def test_a_dry_run_sends_and_keeps_nothing(here: World) -> None:
    name = here.plan()
    _, _, drafts, _ = prepare(here.ports, name, None)
    assert [draft.action for draft in drafts] == ["", *(f"A{n}" for n in range(1, 8))]
    assert here.tracker.requests == 0
    with here.ports.store().read() as reading:
        assert reading.tasks(name) == []


@pytest.mark.parametrize("seed", range(1000))
def test_whatever_goes_wrong_nothing_is_made_twice_or_lost(
    seed: int, store_of_plan: tuple[World, str]
) -> None:
    """A thousand runs with faults at random: requests that never arrive, answers that are lost, a busy tracker, and a
    program that is killed between any two steps."""
    here, name = store_of_plan
    chance = random.Random(seed)
    faults = chance.choices(list(Fault)[:4], weights=[3, 1, 2, 1], k=60)
    here.tracker = MemoryTracker(faults=faults, now=here.clock.now)
    with here.ports.store().write() as writing:
        writing.sql.run("DELETE FROM outbox")  # type: ignore[attr-defined]
        writing.sql.run("DELETE FROM ticket")  # type: ignore[attr-defined]
    for _ in range(30):
        here.clock.at = here.clock.at.replace(microsecond=0)
        try:
            told = (
                here.publish(name) if chance.random() < 0.6 else _killed(here, name, chance.randrange(1, 25))
            )
        except _Kill:
            here.clock.at += LEASE  # the lease of the dead runs out
            continue
        if not told.left:
            break
    here.tracker.faults.clear()
    sweep(here.ports, here.tracker, "memory", name)
    markers = [draft.marker for draft in open_ones(here.tracker)]
    assert len(markers) == len(set(markers)) == 8
    with here.ports.store().read() as reading:
        kept = {ticket.action: ticket for ticket in reading.tickets(name)}
        assert {task.state for task in reading.tasks(name)} == {TaskState.DONE}
    assert sorted(kept) == ["", *(f"A{n}" for n in range(1, 8))]
    for ticket in kept.values():
        assert here.tracker.tickets[ticket.ref_id].draft.marker == ticket.marker
        assert here.tracker.tickets[ticket.ref_id].state.closed is None


class _Kill(BaseException):
    """The program is gone: no handler of errors sees it."""


def _killed(here: World, name: str, after: int):  # type: ignore[no-untyped-def]
    """Publish, and die after so many steps of the store or the tracker."""
    left = [after]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise _Kill

    real = here.database.transaction

    class Mortal:
        name = here.database.name

        def transaction(self, *, write: bool):  # type: ignore[no-untyped-def]
            count()
            return real(write=write)

    alive, tracker = here.database, here.tracker
    request = tracker._request

    def mortal(act):  # type: ignore[no-untyped-def]
        count()
        done = request(act)
        count()
        return done

    here.database = Mortal()  # type: ignore[assignment]
    tracker._request = mortal  # type: ignore[method-assign]
    try:
        return here.publish(name)
    finally:
        here.database = alive
        del tracker._request  # type: ignore[method-assign]


from datetime import timedelta  # noqa: E402

LEASE = timedelta(minutes=4)


@pytest.fixture(scope="module")
def store_of_plan(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    here = world(tmp_path_factory.mktemp("faults"))
    return here, here.plan()


def test_two_who_publish_at_once_share_the_work(here: World) -> None:
    names = [here.plan(), here.plan(PAYMENTS)]
    here._sleep = lambda _: None  # type: ignore[method-assign]
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(here.publish, name) for name in names * 3]:
            done.result()
    for name in names:
        here.publish(name)
    markers = [draft.marker for draft in open_ones(here.tracker)]
    assert len(markers) == len(set(markers)) == 16


def test_a_request_that_arrives_after_one_looked_is_closed_as_a_duplicate(here: World) -> None:
    name = here.plan()
    here.tracker.faults = [Fault.BEFORE]
    here.publish(name)
    late = next(d for d in open_ones(here.tracker) if d.title.startswith("A3"))
    here.tracker.create(late)  # the one that was under way all the time
    retired = sweep(here.ports, here.tracker, "memory", name)
    assert len(retired) == 1
    assert here.tracker.tickets[retired[0].id].state.closed is Closed.DUPLICATE
    assert here.ticket(name, "A3").id != retired[0].id


def test_what_is_refused_is_told_the_rest_is_made_and_it_may_be_tried_again(here: World) -> None:
    name = here.plan()
    here.tracker.faults = [Fault.NONE, Fault.NONE, Fault.REFUSED]
    told = here.publish(name)
    assert [action for action, _ in told.refused] == ["A2"]
    assert len(told.made) == 7
    again = here.publish(name)
    assert [action for action, _ in again.made] == ["A2"]
    assert not again.refused


def test_a_tracker_that_asks_for_too_long_a_wait_leaves_the_rest_for_later(here: World) -> None:
    name = here.plan()
    here.tracker.faults, here.tracker.wait = [Fault.NONE, Fault.BUSY], 3600.0
    told = here.publish(name, longest=0.0)
    assert told.left
    assert "wait" in told.why_left
    here.clock.at += timedelta(hours=1)
    assert not here.publish(name).left
    assert len(open_ones(here.tracker)) == 8


def test_a_sensitive_incident_goes_to_no_tracker_that_is_not_marked_for_it(here: World) -> None:
    name = here.plan(sensitive=True)
    with pytest.raises(PrivacyError, match="sensitive"):
        here.publish(name)
    assert here.tracker.requests == 0
    here.settings = replace(here.settings, sensitive=True)
    assert len(here.publish(name).made) == 8


def test_secrets_are_masked_and_that_is_told(here: World, tmp_path: Path) -> None:
    rca = tmp_path / "leak.md"
    text = ORDERS.read_text(encoding="utf-8").replace(
        "A missing index on users.email",
        "A missing index on users.email (see postgres://app:hunter2@db/prod, jane@example.com)",
    )
    rca.write_text(text, encoding="utf-8")
    told = here.publish(here.plan(rca))
    sent = "\n".join(f"{d.title}\n{d.body}" for d in open_ones(here.tracker))
    assert "hunter2" not in sent
    assert "jane@example.com" not in sent
    assert "[masked: password in a link]" in sent
    assert told.masked["e-mail address"] >= 1


def test_a_stated_ticket_is_not_made_again(here: World, tmp_path: Path) -> None:
    rca = tmp_path / "stated.md"
    rca.write_text(
        "# Mail stuck\n\n- **Date**: 2025-01-10\n\n## Root cause\n\nThe disk was full because logs were never rotated.\n\n"
        "## Action items\n\n| Action | Owner | Ticket | Due |\n|---|---|---|---|\n| Rotate the logs daily | @bob | OPS-17 | 2025-01-24 |\n",
        encoding="utf-8",
    )
    told = here.publish(here.plan(rca))
    assert [ticket for _, ticket in told.stated] == ["OPS-17"]
    assert not any("Rotate the logs daily" in draft.title for draft in open_ones(here.tracker))


def test_without_a_tracker_in_the_config_one_is_told_how_to_describe_it(here: World) -> None:
    name = here.plan()
    here.settings = TrackerSettings("github", "github")
    with pytest.raises(RequestError, match="no tracker 'jira'"):
        prepare(here.ports, name, "jira")
