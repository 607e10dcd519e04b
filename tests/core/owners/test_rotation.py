"""Who is next on call, even spread, overrides, gaps, overlaps and absences."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_actions.core.owners.claims import ClaimSource
from postmortem_actions.core.owners.rotation import (
    OVERRIDE,
    SECONDARY,
    Absence,
    Rotation,
    Shift,
    gaps_and_overlaps,
    next_on_call,
    people,
    settle,
    spread,
)

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def at(days: float) -> datetime:
    return MONDAY + timedelta(days=days)


def weeks(*names: str) -> tuple[Shift, ...]:
    return tuple(Shift(name, at(7 * n), at(7 * n + 7)) for n, name in enumerate(names))


def primary(*shifts: Shift, order: tuple[str, ...] = ()) -> Rotation:
    return Rotation("Primary", shifts, order, "PagerDuty schedule Primary")


def names(found: tuple[object, ...]) -> list[str]:
    return [one.person for one in found]  # type: ignore[attr-defined]


def test_the_next_is_who_comes_on_call_not_who_is() -> None:
    found, problems = next_on_call(primary(*weeks("Alice", "Bob", "Alice", "Carol")), at(2), 2)
    assert names(found) == ["Bob", "Alice"]
    assert found[0].claim.why == "on call from 2026-11-30 09:00 UTC per PagerDuty schedule Primary"
    assert (found[0].claim.source, found[0].claim.about) == (ClaimSource.ROTATION, "Primary")
    assert found[0].shift is not None
    assert found[0].shift.start == at(7)
    assert found[0].claim.weight > found[1].claim.weight
    assert not problems


def test_a_shift_that_starts_at_that_instant_is_next() -> None:
    assert names(next_on_call(primary(*weeks("Alice", "Bob")), at(7), 1)[0]) == ["Bob"]


def test_who_is_on_call_comes_last_where_nobody_else_is_left() -> None:
    found, _ = next_on_call(primary(*weeks("Alice", "Bob")), at(2), 3)
    assert names(found) == ["Bob", "Alice"]
    assert found[1].claim.why.startswith("on call until 2026-11-30 09:00 UTC")


def test_shifts_cut_into_days_are_one_turn() -> None:
    days = [Shift("Alice", at(n), at(n + 1)) for n in range(7)] + [Shift("Bob", at(7), at(8))]
    assert names(next_on_call(primary(*days), at(2.5), 1)[0]) == ["Bob"]


def test_an_override_wins_and_the_base_goes_on_after_it() -> None:
    alice, bob = Shift("Alice", at(0), at(7)), Shift("Bob", at(2), at(3), level=OVERRIDE)
    settled = settle((alice, bob))
    assert [(s.person, s.start, s.end) for s in settled] == [
        ("Alice", at(0), at(2)),
        ("Bob", at(2), at(3)),
        ("Alice", at(3), at(7)),
    ]
    found, problems = next_on_call(primary(alice, bob), at(1), 1)
    assert names(found) == ["Bob"]
    assert not problems


def test_a_secondary_stands_in_only_where_there_is_no_primary() -> None:
    shifts = (Shift("Alice", at(0), at(2)), Shift("Bob", at(0), at(4), level=SECONDARY))
    assert [(s.person, s.start) for s in settle(shifts)] == [("Alice", at(0)), ("Bob", at(2))]


def test_gaps_and_overlaps_are_told_once_each_with_their_number() -> None:
    rotation = primary(
        Shift("Alice", at(0), at(2)),
        Shift("Bob", at(1), at(3)),
        Shift("Carol", at(4), at(5)),
        Shift("Dan", at(6), at(7)),
    )
    gap, overlap = gaps_and_overlaps(rotation, at(0), at(7))
    assert gap.code == "rotation-gap"
    assert "from 2026-11-26 09:00 UTC to 2026-11-27 09:00 UTC and 1 time more" in gap.message
    assert overlap.code == "rotation-overlap"
    assert "Alice and Bob" in overlap.message
    assert "from 2026-11-24 09:00 UTC to 2026-11-25 09:00 UTC" in overlap.message
    _, problems = next_on_call(rotation, at(2.5), 2)
    assert [p.code for p in problems] == ["rotation-gap"], "only what lies between is told"


def test_a_hand_over_is_neither_gap_nor_overlap_although_zones_differ() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    rotation = primary(
        Shift("Alice", at(0), at(1).astimezone(berlin)),
        Shift("Bob", at(1).astimezone(ZoneInfo("Asia/Tokyo")), at(2)),
    )
    assert gaps_and_overlaps(rotation, at(0), at(2)) == ()


def test_the_hour_that_the_clock_shows_twice_is_told_apart() -> None:
    """2026-10-25 02:30 in Berlin is 00:30 UTC and, an hour later, 01:30 UTC."""
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    again = first.replace(fold=1)
    shift = Shift("Alice", first, again)
    assert settle((shift,))[0].end.astimezone(UTC) - settle((shift,))[0].start.astimezone(UTC) == timedelta(
        hours=1
    )
    rotation = primary(shift, Shift("Bob", again, again + timedelta(hours=5)))
    assert names(next_on_call(rotation, datetime(2026, 10, 25, 1, 0, tzinfo=UTC), 1)[0]) == ["Bob"]


def test_the_absent_are_passed_over_and_that_is_said() -> None:
    rotation = primary(*weeks("Alice", "Bob", "Carol", "Bob"))
    away = Absence("bob", date(2026, 11, 28), date(2026, 12, 4), "per calendar away.ics")
    found, problems = next_on_call(rotation, at(1), 2, [away])
    assert names(found) == ["Carol", "Bob"], "Bob is back for his second shift"
    assert found[0].claim.why.endswith("Bob is passed over: absent on 2026-11-30 per calendar away.ics")
    assert "passed over" not in found[1].claim.why
    assert [p.code for p in problems].count("rotation-absent") == 1


def test_absence_is_looked_up_on_the_day_where_the_shift_is() -> None:
    """23:30 UTC on the 1st is the 2nd in Tokyo."""
    start = datetime(2026, 12, 1, 23, 30, tzinfo=UTC).astimezone(ZoneInfo("Asia/Tokyo"))
    rotation = primary(Shift("Alice", start, start + timedelta(days=1)))
    away = [Absence("Alice", date(2026, 12, 2), date(2026, 12, 2))]
    found, problems = next_on_call(rotation, at(0), 1, away)
    assert not found
    assert {"rotation-absent", "rotation-empty"} == {p.code for p in problems}
    assert all(p.fix for p in problems if p.code == "rotation-empty")


def test_an_absence_that_begins_during_the_shift_is_told() -> None:
    away = [Absence("Bob", date(2026, 12, 2), date(2026, 12, 2), "per calendar away.ics")]
    found, _ = next_on_call(primary(*weeks("Alice", "Bob")), at(1), 1, away)
    assert names(found) == ["Bob"]
    assert "absent from 2026-12-02 per calendar away.ics" in found[0].claim.why


def test_handles_tell_people_apart_and_find_their_absences() -> None:
    shifts = (
        Shift("Sam Lee", at(1), at(2), "slee"),
        Shift("Sam Lee", at(2), at(3), "samlee2"),
        Shift("Kim", at(3), at(4)),
    )
    found, _ = next_on_call(
        primary(*shifts), at(0), 3, [Absence("SLEE", date(2026, 11, 20), date(2026, 12, 20))]
    )
    assert [one.claim.handle for one in found] == ["samlee2", None]


def test_an_order_alone_is_taken_from_its_beginning() -> None:
    rotation = Rotation("on-call", order=("alice", "bob", "carol"))
    away = [Absence("alice", date(2026, 11, 23), date(2026, 11, 23))]
    found, _ = next_on_call(rotation, MONDAY, 2, away)
    assert names(found) == ["bob", "carol"]
    assert found[0].shift is None
    assert found[0].claim.why.startswith("slot 2 of 3 of the rotation per config; alice is passed over")


def test_an_empty_rotation_gives_nobody_and_says_what_to_do() -> None:
    for result in (next_on_call(Rotation("Primary"), MONDAY, 2), spread(Rotation("Primary"), 3)):
        assert result[0] == ()
        assert [p.code for p in result[1]] == ["rotation-empty"]


def test_spread_begins_with_the_next_and_leaves_out_stand_ins_and_the_absent() -> None:
    stand_in = Shift("Zoe", at(8), at(9), level=OVERRIDE)
    rotation = primary(*weeks("Alice", "Bob", "Carol"), stand_in, order=("Alice", "Bob", "Carol"))
    assert names(spread(rotation, 4, at(1))[0]) == ["Bob", "Carol", "Alice", "Bob"]
    found, problems = spread(rotation, 3, at(1), [Absence("Carol", date(2026, 11, 24), date(2026, 11, 24))])
    assert names(found) == ["Bob", "Alice", "Bob"]
    assert [p.code for p in problems] == ["rotation-absent"]
    assert found[0].claim.why == "turn 1 of 3, spread evenly over 2 people per PagerDuty schedule Primary"


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Shift("Alice", datetime(2026, 1, 1), datetime(2026, 1, 2))
    with pytest.raises(ValueError, match="zone"):
        next_on_call(primary(*weeks("Alice")), datetime(2026, 1, 1), 1)
    with pytest.raises(ValueError, match="ends"):
        Shift("Alice", at(1), at(1))


shifts_of_anybody = st.lists(
    st.builds(
        lambda who, start, hours, level: Shift(who, at(start / 24), at((start + hours) / 24), level=level),
        st.sampled_from("ABCD"),
        st.integers(0, 200),
        st.integers(1, 60),
        st.sampled_from([SECONDARY, 0, OVERRIDE]),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(shifts_of_anybody, st.randoms(use_true_random=False))
def test_settled_shifts_say_of_each_hour_who_is_on_call(shifts: list[Shift], random: object) -> None:
    settled = settle(shifts)
    for hour in range(0, 261):
        now = at(hour / 24)
        there = [s for s in shifts if s.start <= now < s.end]
        top = max((s.level for s in there), default=0)
        expected = {s.person for s in there if s.level == top}
        assert {s.person for s in settled if s.start <= now < s.end} == expected
    for one in settled:
        assert not any(one.person == other.person and one.end == other.start for other in settled), "joined"
    shuffled = list(shifts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle(shuffled) == settled


@settings(max_examples=50, deadline=None)
@given(shifts_of_anybody, st.integers(0, 30), st.integers(0, 250))
def test_spread_is_even_and_next_is_distinct(shifts: list[Shift], n: int, hour: int) -> None:
    rotation = primary(*shifts)
    turns, _ = spread(rotation, n, at(hour / 24))
    counts = Counter(names(turns))
    assert len(turns) == (n if shifts else 0)
    if n >= len(people(rotation)) > 0:
        assert set(counts) == set(people(rotation))
        assert max(counts.values()) - min(counts.values()) <= 1 if counts else True
    found, _ = next_on_call(rotation, at(hour / 24), 4)
    assert len(set(names(found))) == len(found)
    coming = {s.person for s in settle(shifts) if s.start >= at(hour / 24)}
    assert set(names(found)) >= coming
