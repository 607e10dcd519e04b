"""What every tracker must do, ours and those of others: the same tests over all of them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.adapters.trackers.conftest import Under

from postmortem_actions.core.policy import Priority
from postmortem_actions.core.tracking.tickets import (
    BulkTracker,
    Closed,
    Made,
    Presence,
    TicketChange,
    TicketDraft,
    TicketRef,
)
from postmortem_actions.errors import TrackerError

BODY = """**Category**: detection · **Due**: 2026-12-11

Alert when `pool{in_use}` is > 90 % [always] | "so" & <b>not</b> *later*.

## Steps

1. Add the rule
2. See it fire

## Done when

- [ ] It fires in staging
- [x] It is *linked*

| a | b |
|---|---|
| 1 | x \\| y |

```yaml
alert: PoolFull   # {{ $labels }}
```

> said in the RCA

---

RCA: <https://example.com/rca?a=1|2>
"""


def draft(
    under: Under, group: str, title: str = "A1: Alert on a full pool (P1)", **values: object
) -> TicketDraft:
    base = TicketDraft(
        str(uuid.uuid4()), group, title, BODY, labels=("postmortem-actions", "detection"), fields=under.fields
    )
    return replace(base, **values)  # type: ignore[arg-type]


@pytest.fixture
def group() -> str:
    return f"inc-{uuid.uuid4().hex[:8]}"


def test_nothing_is_wrong_with_what_is_set_up_well(under: Under) -> None:
    wrong = [finding for finding in under.tracker.check() if finding.ok is False]
    assert not wrong
    assert under.tracker.place


def test_a_ticket_is_made_with_all_it_has_and_found_again(under: Under, group: str) -> None:
    parent = under.tracker.create(draft(under, group, "[Postmortem] Ünïcode & <b>", is_parent=True))
    assert parent.dropped == ()
    one = draft(
        under, group, assignee=under.alice, due=date(2026, 12, 11), priority=Priority.P1, parent=parent.ref
    )  # fmt: skip
    made = under.tracker.create(one)
    # The stand-in for GitHub has no sub-issues; test_github.py tells how they are asked for.
    assert [text for text in made.dropped if "sub-issue" not in text] == []
    assert list(under.tracker.find(one.marker)) == [made.ref]
    assert [ref for _, ref in under.tracker.find_group(group)] == [parent.ref, made.ref]
    assert dict(under.tracker.find_group(group))[one.marker] == made.ref
    state = under.tracker.read([made.ref])[0]
    assert (state.ref, state.presence, state.title) == (
        made.ref,
        Presence.HERE,
        "A1: Alert on a full pool (P1)",
    )
    assert (state.closed, state.started) == (None, False)
    assert (state.assignee or "").lower() == under.alice.lower()
    assert state.due == date(2026, 12, 11)
    assert made.ref.url.startswith("http")


def test_what_nobody_made_is_not_found(under: Under) -> None:
    assert list(under.tracker.find(str(uuid.uuid4()))) == []
    assert list(under.tracker.find_group("inc-nowhere")) == []


def test_somebody_unknown_is_dropped_and_told_and_the_ticket_is_there(under: Under, group: str) -> None:
    if under.tracker.name == "memory":
        pytest.skip("the one in memory knows everybody")
    made = under.tracker.create(draft(under, group, assignee="nobody-of-that-name"))
    assert any("nobody-of-that-name" in text for text in made.dropped)
    assert under.tracker.read([made.ref])[0].presence is Presence.HERE


def test_many_are_read_in_order_also_those_that_are_gone(under: Under, group: str) -> None:
    refs = [under.tracker.create(draft(under, group, f"A{n}: Do it (P2)")).ref for n in range(1, 8)]
    gone = replace(
        refs[0], key=refs[0].key + "99999", id="999999999" if refs[0].id.isdigit() else str(uuid.uuid4())
    )
    states = under.tracker.read([*reversed(refs), gone])
    assert [s.title for s in states[:-1]] == [f"A{n}: Do it (P2)" for n in range(7, 0, -1)]
    assert states[-1].presence is Presence.GONE


def test_a_link_is_made_once(under: Under, group: str) -> None:
    one = under.tracker.create(draft(under, group, "A1: First (P1)")).ref
    two = under.tracker.create(draft(under, group, "A2: Second (P1)")).ref
    under.tracker.link(one, two)
    under.tracker.link(one, two)


def test_every_field_is_changed_and_emptied(under: Under, group: str) -> None:
    ref = under.tracker.create(draft(under, group, assignee=under.alice, due=date(2026, 12, 11))).ref
    state = under.tracker.change(
        ref, TicketChange(title="A1: Another (P1)", assignee=under.bob, due=date(2027, 1, 8))
    )
    assert (state.title, (state.assignee or "").lower(), state.due) == (
        "A1: Another (P1)",
        under.bob.lower(),
        date(2027, 1, 8),
    )
    state = under.tracker.change(ref, TicketChange(clear_assignee=True, clear_due=True))
    assert (state.assignee, state.due, state.title) == (None, None, "A1: Another (P1)")
    assert [r for _, r in under.tracker.find_group(group)] == [ref]


@pytest.mark.parametrize("how", [Closed.DONE, Closed.NOT_PLANNED])
def test_a_ticket_is_closed_and_opened_again(under: Under, group: str, how: Closed) -> None:
    ref = under.tracker.create(draft(under, group)).ref
    assert under.tracker.change(ref, TicketChange(closed=how)).closed is how
    assert under.tracker.read([ref])[0].closed is how
    assert under.tracker.change(ref, TicketChange(reopen=True)).closed is None


def test_remarks_are_read_since_an_instant(under: Under, group: str) -> None:
    ref = under.tracker.create(draft(under, group)).ref
    under.tracker.comment(ref, "Evidence: it *fired* in `staging`")
    found = under.tracker.comments(ref, None)
    assert len(found) == 1
    assert "Evidence: it" in found[0].text
    assert found[0].author
    assert under.tracker.comments(ref, datetime.now(UTC) + timedelta(days=2)) == []


def test_what_was_made_twice_is_closed_as_a_duplicate_and_found_no_more(under: Under, group: str) -> None:
    one = draft(under, group)
    keep = under.tracker.create(one).ref
    other = under.tracker.create(draft(under, group)).ref
    under.tracker.retire(other, keep)
    assert [ref for _, ref in under.tracker.find_group(group)] == [keep]
    assert under.tracker.read([other])[0].closed is not None
    assert under.tracker.read([keep])[0].closed is None


def test_many_are_made_by_one_request_and_each_is_answered_for(under: Under, group: str) -> None:
    if not isinstance(under.tracker, BulkTracker):
        pytest.skip("makes one at a time")
    drafts = [draft(under, group, f"A{n}: Do it (P2)") for n in range(1, 6)]
    results = under.tracker.create_many(drafts)
    assert all(isinstance(result, Made) for result in results)
    found = dict(under.tracker.find_group(group))
    for one, result in zip(drafts, results, strict=True):
        assert isinstance(result, Made)
        assert found[one.marker] == result.ref


def test_changing_what_is_not_there_is_refused_in_words(under: Under) -> None:
    ref = TicketRef("OPS-99999" if "jira" in under.tracker.name else "99999", "99999", "")
    with pytest.raises(TrackerError) as caught:
        under.tracker.change(ref, TicketChange(title="x"))
    assert caught.value.message
