"""Who takes what: expertise first, nobody more than a fair share, and a reason for each choice."""

from __future__ import annotations

from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_actions.core.planning.workload_model import Task
from postmortem_actions.core.planning.workload_owners import Able, Limits, Spread, spread
from postmortem_actions.core.policy import Effort, Priority

P0, P1, P2, P3 = Priority
ANA, BEN, CHO = (
    Able("Ana", "wrote the file", 0.9),
    Able("Ben", "reviewed it", 0.5),
    Able("Cho", "on call", 0.1),
)


def task(key: str, priority: Priority = P0) -> Task:
    return Task(key, priority, Effort.S, title=f"Title of {key}")


def names(result: Spread) -> list[str | None]:
    return [chosen.name for chosen in result.owners.values()]


def test_the_best_is_chosen_and_says_why() -> None:
    result = spread([task("A1")], {"A1": [CHO, ANA, BEN]})
    assert result.owners["A1"].name == "Ana"
    assert result.owners["A1"].why == "wrote the file"


def test_of_equals_the_first_is_chosen() -> None:
    assert names(spread([task("A1")], {"A1": [Able("Ben"), Able("Ana")]})) == ["Ben"]


def test_nobody_holds_more_than_a_share_of_the_p0s() -> None:
    tasks = [task(f"A{n}") for n in range(1, 5)]
    result = spread(tasks, {one.key: [ANA, BEN] for one in tasks})
    assert result.p0_share == 2
    assert names(result) == ["Ana", "Ana", "Ben", "Ben"]
    assert result.owners["A3"].why == "reviewed it; Ana already holds 2 of 4 P0s"


def test_p0s_of_earlier_plans_count() -> None:
    result = spread(
        [task("A1"), task("A2")], {"A1": [ANA, BEN], "A2": [ANA, BEN]}, Limits(held_p0s={"Ana": 2})
    )
    assert names(result) == ["Ben", "Ben"]
    assert "Ana already holds 2 of 4 P0s" in result.owners["A1"].why


def test_the_share_of_p0s_does_not_bind_other_actions() -> None:
    tasks = [task("A1"), task("A2", P1), task("A3", P2)]
    assert names(spread(tasks, {one.key: [ANA, BEN] for one in tasks})) == ["Ana", "Ana", "Ana"]


def test_p0s_are_given_before_the_limit_is_used_up_by_others() -> None:
    tasks = [task("A1", P2), task("A2", P0)]
    result = spread(tasks, {"A1": [ANA, BEN], "A2": [ANA]}, Limits(actions=1))
    assert names(result) == ["Ben", "Ana"]
    assert result.owners["A1"].why == "reviewed it; Ana already holds 1 of at most 1 actions"


def test_one_who_alone_can_do_it_gets_it_and_hands_another_on() -> None:
    tasks = [task("A1"), task("A2")]
    result = spread(tasks, {"A1": [ANA, BEN], "A2": [ANA]})
    assert names(result) == ["Ben", "Ana"]
    assert "Ana already holds 1 of 2 P0s" in result.owners["A1"].why


def test_hand_overs_go_along_a_chain() -> None:
    tasks = [task("A1"), task("A2"), task("A3")]
    result = spread(tasks, {"A1": [ANA, BEN], "A2": [BEN, CHO], "A3": [ANA]})
    assert names(result) == ["Ben", "Cho", "Ana"]


def test_what_nobody_has_room_for_is_left_open_and_told() -> None:
    tasks = [task(f"A{n}") for n in range(1, 5)]
    result = spread(tasks, {"A1": [ANA], "A2": [ANA], "A3": [ANA], "A4": [BEN]})
    assert names(result) == ["Ana", "Ana", None, "Ben"]
    assert result.owners["A3"].why == "all who could do it are full: Ana already holds 2 of 4 P0s"
    (problem,) = result.problems
    assert problem.code == "nobody-has-room"
    assert "A3 “Title of A3”" in problem.message


def test_nobody_is_invented() -> None:
    result = spread([task("A1")], {})
    assert result.owners["A1"].name is None
    assert result.backups["A1"].name is None
    assert result.problems == ()


def test_who_the_rca_names_keeps_it_beyond_the_share_and_that_is_told() -> None:
    tasks = [task(f"A{n}") for n in range(1, 4)]
    firm = [Able("Ana", "named in the RCA (L7)", 0.0, firm=True), BEN]
    result = spread(tasks, {"A1": firm, "A2": firm, "A3": [ANA, BEN, CHO]})
    assert names(result) == ["Ana", "Ana", "Ben"]
    assert result.owners["A2"].why == "named in the RCA (L7)"
    (problem,) = result.problems
    assert problem.message == "Ana is named as owner of 2 of 3 P0s, which is more than a share of 1"
    tasks = [task("A1", P1), task("A2", P1)]
    (problem,) = spread(tasks, {"A1": firm, "A2": firm}, Limits(actions_of={"Ana": 1})).problems
    assert "more than the limit of 1" in problem.message


def test_limits_may_differ_and_count_what_is_held() -> None:
    tasks = [task(f"A{n}", P1) for n in range(1, 4)]
    limits = Limits(2, {"Ana": 3}, held={"Ana": 2, "Ben": 1})
    assert names(spread(tasks, {one.key: [ANA, BEN, CHO] for one in tasks}, limits)) == ["Ana", "Ben", "Cho"]


def test_backups_are_others_than_the_owner_and_spread_among_equals() -> None:
    same = [Able("Ana"), Able("Ben"), Able("Cho")]
    tasks = [task("A1", P1), task("A2", P1), task("A3", P2), task("A4", P1)]
    result = spread(tasks, {"A1": same, "A2": same, "A3": same, "A4": [ANA]})
    assert [(key, chosen.name) for key, chosen in result.backups.items()] == [
        ("A1", "Ben"),
        ("A2", "Cho"),
        ("A4", None),
    ]
    assert "no second person" in result.backups["A4"].why


@given(
    st.lists(
        st.tuples(st.sampled_from(Priority), st.lists(st.sampled_from("ABCDE"), max_size=4, unique=True)),
        max_size=14,
    ),
    st.none() | st.integers(0, 3),
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 3)),
)
@settings(max_examples=150, deadline=None)
def test_share_and_limit_hold_and_nothing_is_left_open_that_somebody_has_room_for(
    made: list[tuple[Priority, list[str]]], limit: int | None, held: dict[str, int]
) -> None:
    tasks = [task(f"A{n}", priority) for n, (priority, _) in enumerate(made)]
    able = {f"A{n}": [Able(name) for name in who] for n, (_, who) in enumerate(made)}
    result = spread(tasks, able, Limits(limit, held=held, held_p0s=held))
    p0s = [one for one in tasks if one.priority is P0]
    people = {who.name for one in p0s for who in able[one.key]}
    share = ceil((len(p0s) + sum(held.get(name, 0) for name in people)) / len(people)) if people else 0
    assert result.p0_share == share
    owned = {name: [one for one in tasks if result.owners[one.key].name == name] for name in "ABCDE"}

    def room(name: str, priority: Priority) -> bool:
        count = sum(one.priority is P0 for one in owned[name]) + held.get(name, 0)
        fits = limit is None or len(owned[name]) + held.get(name, 0) < limit
        return fits and (priority is not P0 or count < share)

    for name, own in owned.items():
        new_p0s = sum(one.priority is P0 for one in own)
        assert not new_p0s or new_p0s + held.get(name, 0) <= share
        assert not own or limit is None or len(own) + held.get(name, 0) <= limit
    for one in tasks:
        chosen = result.owners[one.key]
        assert chosen.why
        assert chosen.name in [None, *(who.name for who in able[one.key])]
        if chosen.name is None:
            assert not any(room(who.name, one.priority) for who in able[one.key])
        if one.key in result.backups:
            backup = result.backups[one.key].name
            assert backup is None or (backup != chosen.name and backup in [who.name for who in able[one.key]])
    assert result == spread(tasks, able, Limits(limit, held=held, held_p0s=held))
