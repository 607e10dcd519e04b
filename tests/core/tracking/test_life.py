"""The life of an action: no way leads to verified without something that shows it, and every step leaves a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem_actions.core.policy import ActionState, Category, Effort, Impact, Priority, Strength
from postmortem_actions.core.tracking.life import Step, edit, prove, step
from postmortem_actions.core.tracking.record import TrackedAction
from postmortem_actions.errors import RequestError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def action(**values: object) -> TrackedAction:
    plain = TrackedAction(
        "inc-1",
        "A1",
        "Add a timeout",
        Category.PREVENTION,
        Priority.P0,
        Impact.HIGH,
        Effort.S,
        Strength.STRONG,
        NOW,
        NOW,
        owner="@alice",
    )
    return replace(plain, **values)  # type: ignore[arg-type]


def test_the_way_from_proposed_to_verified() -> None:
    it = action()
    told = []
    for what, proofs in (
        (Step.ACCEPT, ()),
        (Step.START, ()),
        (Step.DONE, ()),
        (Step.VERIFY, ("the alert fired",)),
    ):
        moved = step(it, what, "bob", NOW, proofs=proofs)
        it, told = moved.action, [*told, moved.event.what]
    assert told == ["accepted", "started", "claimed done", "verified"]
    assert (it.state, it.owner_accepted, it.verified, it.proofs[0].text) == (
        ActionState.VERIFIED,
        True,
        NOW,
        "the alert fired",
    )
    assert it.revision == 4


def test_a_claim_of_a_p0_needs_evidence_to_become_verified_and_one_of_a_p2_at_least_a_reason() -> None:
    claimed = step(action(), Step.DONE, "bob", NOW).action
    with pytest.raises(RequestError, match="evidence alone"):
        step(claimed, Step.VERIFY, "bob", NOW, why="trust me")
    low = replace(claimed, priority=Priority.P2)
    with pytest.raises(RequestError, match="nothing that shows"):
        step(low, Step.VERIFY, "bob", NOW)
    assert step(low, Step.VERIFY, "bob", NOW, why="seen by bob").action.state is ActionState.VERIFIED


def test_evidence_given_with_the_claim_or_later_counts() -> None:
    claimed = step(action(), Step.DONE, "bob", NOW, proofs=["https://ci/7"]).action
    assert step(claimed, Step.VERIFY, "carol", NOW).action.state is ActionState.VERIFIED
    later = prove(step(action(), Step.DONE, "bob", NOW).action, ["drill of 3 March"], "carol", NOW)
    assert [(c.field, c.new) for c in later.event.changes] == [("evidence", "drill of 3 March")]
    assert step(later.action, Step.VERIFY, "carol", NOW).action.state is ActionState.VERIFIED


@pytest.mark.parametrize("what", [Step.DECLINE, Step.ACCEPT_RISK])
def test_not_doing_needs_a_reason_and_says_who(what: Step) -> None:
    with pytest.raises(RequestError, match="needs a reason"):
        step(action(), what, "bob", NOW, why="  ")
    ended = step(action(), what, "bob", NOW, why="too dear", review_on=date(2026, 9, 1))
    assert (ended.action.why, ended.action.by, ended.event.why) == ("too dear", "bob", "too dear")
    assert ended.action.review_on == (date(2026, 9, 1) if what is Step.ACCEPT_RISK else None)


def test_what_was_shown_before_does_not_speak_for_what_is_done_after_it_failed() -> None:
    verified = step(
        step(action(), Step.DONE, "bob", NOW, proofs=["x"]).action, Step.VERIFY, "bob", NOW
    ).action
    for what in (Step.FAIL, Step.DOUBT, Step.REOPEN):
        again = step(verified, what, "carol", NOW, why="happened again").action
        assert (again.proofs, again.verified, again.claimed) == ((), None, None)
        claimed = step(again, Step.DONE, "bob", NOW).action
        with pytest.raises(RequestError):
            step(claimed, Step.VERIFY, "bob", NOW)


def test_a_wrong_step_says_which_are_possible() -> None:
    with pytest.raises(RequestError, match="is proposed") as caught:
        step(action(), Step.VERIFY, "bob", NOW, proofs=["x"])
    assert caught.value.fix is not None
    assert "done" in caught.value.fix
    assert "verify" not in caught.value.fix


def test_somebody_must_accept_it() -> None:
    with pytest.raises(RequestError, match="no owner"):
        step(action(owner=None), Step.ACCEPT, "bob", NOW)
    assert step(action(owner=None), Step.ACCEPT, "bob", NOW, owner="carol").action.owner == "carol"
    with pytest.raises(RequestError, match="who does this"):
        step(action(), Step.ACCEPT, " ", NOW)


def test_editing_tells_every_field_and_a_new_owner_has_not_accepted() -> None:
    accepted = step(action(), Step.ACCEPT, "alice", NOW).action
    moved = edit(accepted, {"owner": "bob", "due": date(2026, 4, 1), "title": accepted.title}, "dana", NOW)
    assert moved is not None
    assert [(c.field, c.old, c.new) for c in moved.event.changes] == [
        ("owner", "@alice", "bob"), ("due", None, "2026-04-01"), ("owner_accepted", "yes", "no"),
    ]  # fmt: skip
    assert edit(accepted, {"title": accepted.title}, "dana", NOW) is None
    with pytest.raises(RequestError, match="cannot be edited"):
        edit(accepted, {"state": ActionState.VERIFIED}, "dana", NOW)
    declined = step(accepted, Step.DECLINE, "dana", NOW, why="no").action
    with pytest.raises(RequestError, match="not edited any more"):
        edit(declined, {"title": "x"}, "dana", NOW)


STEPS = st.tuples(
    st.sampled_from(list(Step)),
    st.sampled_from(["", "because"]),
    st.lists(st.sampled_from(["", "a link"]), max_size=2),
)


@given(st.sampled_from(list(Priority)), st.lists(STEPS, max_size=12))
def test_whatever_one_does(priority: Priority, steps: list[tuple[Step, str, list[str]]]) -> None:
    it = action(priority=priority)
    for n, (what, why, proofs) in enumerate(steps):
        try:
            moved = step(it, what, "bob", NOW + timedelta(hours=n), why, proofs)
        except RequestError:
            continue
        assert moved.action.revision == it.revision + 1
        assert ("state", it.state.value, moved.action.state.value) in [
            (c.field, c.old, c.new) for c in moved.event.changes
        ]
        it = moved.action
        if it.state is ActionState.VERIFIED:
            assert it.verified is not None
            assert it.proofs or (priority in (Priority.P2, Priority.P3) and it.why)
        if it.state in (
            ActionState.DECLINED,
            ActionState.RISK_ACCEPTED,
            ActionState.FAILED,
            ActionState.INEFFECTIVE,
        ):
            assert it.why == "because"
