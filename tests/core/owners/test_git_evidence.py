"""Claims from commit records: who comes first, and with what figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem_actions.core.owners.claims import ClaimSource
from postmortem_actions.core.owners.git_evidence import (
    CommitRecord,
    FileHistory,
    SurvivingLines,
    claims_of,
    one_per_person,
)
from postmortem_actions.core.owners.git_people import Contributor

TODAY = date(2026, 11, 23)
ALICE, BOB, CARA = Contributor("Alice Smith", "alice"), Contributor("Bob Ray"), Contributor("Cara")
PATH = "src/orders/db.py"


def change(
    days_ago: int, author: Contributor | None, *, lines: int | None = 40, **more: object
) -> CommitRecord:
    return CommitRecord(f"{days_ago:040x}", TODAY - timedelta(days=days_ago), author, lines=lines, **more)  # type: ignore[arg-type]


def who(*commits: CommitRecord, **more: object) -> list[str]:
    claims, _ = claims_of([FileHistory(PATH, commits)], today=TODAY, **more)  # type: ignore[arg-type]
    return [claim.who for claim in claims]


def test_the_reason_holds_the_figures_and_the_claim_the_handle() -> None:
    commits = [change(51, ALICE), change(60, ALICE), change(70, BOB, reviewers=(ALICE,)), change(370, BOB)]
    history = FileHistory(PATH, tuple(commits), why="defines process_order")
    (first, second), problems = claims_of([history], today=TODAY)
    assert first.why == (
        "changed src/orders/db.py (defines process_order) in 2 of 4 commits since 2025-11, last on 2026-10-03; reviewed 1"
    )
    assert (first.who, first.handle, first.about, first.source) == (
        "Alice Smith",
        "alice",
        PATH,
        ClaimSource.GIT,
    )
    assert not first.is_team
    assert second.why.startswith("changed src/orders/db.py (defines process_order) in 2 of 4 commits")
    assert not problems


def test_recent_work_comes_before_much_old_work() -> None:
    assert who(*[change(700 + i, BOB) for i in range(8)], change(10, ALICE)) == ["Alice Smith", "Bob Ray"]


def test_of_equal_age_who_changed_more_often_comes_first() -> None:
    assert who(change(10, BOB), change(12, ALICE), change(14, ALICE)) == ["Alice Smith", "Bob Ray"]


def test_a_typo_fixed_counts_less_than_a_change_of_substance() -> None:
    assert who(change(10, BOB, lines=1), change(12, ALICE, lines=60)) == ["Alice Smith", "Bob Ray"]


def test_reviewing_counts_but_less_than_writing() -> None:
    reviewed = [change(10 + i, None if i else BOB, reviewers=(ALICE,)) for i in range(2)]
    assert who(*reviewed) == ["Bob Ray", "Alice Smith"]
    claims, _ = claims_of([FileHistory(PATH, (change(3, None, reviewers=(ALICE,)),))], today=TODAY)
    assert [claim.why for claim in claims] == [f"reviewed a change of {PATH}, last on 2026-11-20"]


def test_co_authors_count_between_author_and_reviewer() -> None:
    assert who(change(5, CARA, co_authors=(BOB,), reviewers=(ALICE,))) == ["Cara", "Bob Ray", "Alice Smith"]


def test_who_wrote_and_reviewed_the_same_commit_counts_once() -> None:
    alone, _ = claims_of([FileHistory(PATH, (change(5, ALICE),))], today=TODAY)
    twice, _ = claims_of(
        [FileHistory(PATH, (change(5, ALICE, co_authors=(ALICE,), reviewers=(ALICE,)),))], today=TODAY
    )
    assert alone == twice


@pytest.mark.parametrize("written", ["bob ray", "@Bob Ray", "BOB  RAY"])
def test_people_who_left_get_no_claim_and_it_is_said(written: str) -> None:
    commits = (*[change(20 + i, BOB) for i in range(9)], change(30, ALICE))
    claims, problems = claims_of([FileHistory(PATH, commits)], today=TODAY, left=[written])
    assert [claim.who for claim in claims] == ["Alice Smith"]
    assert claims[0].weight < 0.15  # she knows a tenth of it, and that is what the weight says
    assert [problem.code for problem in problems] == ["owner-left"]
    assert "Bob Ray" in problems[0].message
    assert PATH in problems[0].message


def test_people_who_left_are_known_by_handle() -> None:
    assert who(change(5, ALICE), change(6, BOB), left=["@Alice"]) == ["Bob Ray"]


def test_silence_in_the_whole_repository_lowers_the_weight_and_is_said() -> None:
    history = FileHistory(PATH, (change(200, BOB), change(201, BOB), change(202, ALICE)))
    silent_since = date(2026, 5, 24)
    claims, _ = claims_of([history], today=TODAY, active=[ALICE], silent_since=silent_since)
    assert [claim.who for claim in claims] == ["Alice Smith", "Bob Ray"]
    assert claims[1].why.endswith("; perhaps left: no commit in the repository since 2026-05-24")
    assert "perhaps" not in claims[0].why


def test_lines_that_stand_count_less_than_one_recent_change() -> None:
    surviving = (SurvivingLines(BOB, 190, date(2021, 3, 1)), SurvivingLines(ALICE, 10, date(2026, 11, 1)))
    claims, _ = claims_of([FileHistory(PATH, (change(20, ALICE),), surviving)], today=TODAY)
    assert [claim.who for claim in claims] == ["Alice Smith", "Bob Ray"]
    assert claims[0].why.endswith("; wrote 10 of its 200 lines")
    assert claims[1].why == f"{PATH}: wrote 190 of its 200 lines, the last on 2021-03-01"


def test_a_clock_that_runs_ahead_gives_no_extra_weight() -> None:
    now, _ = claims_of([FileHistory(PATH, (change(0, ALICE),))], today=TODAY)
    ahead, _ = claims_of([FileHistory(PATH, (change(-4000, ALICE),))], today=TODAY)
    assert now[0].weight == ahead[0].weight


def test_the_relevance_of_the_file_weighs() -> None:
    defined = FileHistory("a.py", (change(5, ALICE),), relevance=1.0)
    used = FileHistory("b.py", (change(5, BOB),), relevance=0.4)
    claims, _ = claims_of([used, defined], today=TODAY)
    assert [claim.about for claim in claims] == ["a.py", "b.py"]


def test_knowing_two_files_is_worth_more_than_knowing_one_well() -> None:
    files = [
        FileHistory("a.py", (change(5, ALICE), change(6, BOB), change(7, BOB))),
        FileHistory("b.py", (change(5, ALICE), change(8, ALICE))),
    ]
    claims, _ = claims_of(files, today=TODAY)
    joined = one_per_person(claims)
    assert [claim.who for claim in joined] == ["Alice Smith", "Bob Ray"]
    assert joined[0].about == "b.py"
    assert "a.py" in joined[0].why
    assert joined[0].weight > max(claim.weight for claim in claims if claim.who == "Alice Smith")


_PEOPLE = st.sampled_from([ALICE, BOB, CARA])
_COMMITS = st.lists(
    st.builds(
        change,
        st.integers(-50, 5000),
        st.none() | _PEOPLE,
        lines=st.none() | st.integers(0, 10**6),
        co_authors=st.lists(_PEOPLE, max_size=3).map(tuple),
        reviewers=st.lists(_PEOPLE, max_size=3).map(tuple),
    ),
    max_size=12,
)


@given(_COMMITS, st.randoms(use_true_random=False))
def test_weights_are_shares_and_the_order_of_commits_does_not_matter(
    commits: list[CommitRecord], random: object
) -> None:
    claims, _ = claims_of([FileHistory(PATH, tuple(commits))], today=TODAY)
    assert all(0 < claim.weight < 1 for claim in claims)
    assert sum(claim.weight for claim in claims) < 1
    assert [claim.weight for claim in claims] == sorted((claim.weight for claim in claims), reverse=True)
    random.shuffle(commits)  # type: ignore[attr-defined]
    again, _ = claims_of([FileHistory(PATH, tuple(commits))], today=TODAY)
    assert again == claims
