"""Statements of absence and difficulty: found where engineers mean them, and answered in the right category."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from postmortem_actions.core.gap_subjects import watched
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import GapKind, Rca, Sentence, Span
from postmortem_actions.core.parse.gaps import gaps
from postmortem_actions.core.policy import Category

Read = Callable[[str], Rca]


def test_every_pattern_proves_itself_on_its_examples(knowledge: Knowledge) -> None:
    language = knowledge.reading.gaps
    for pattern in language.patterns:
        for example in pattern.match:
            kinds = [gap.kind for gap in gaps([Sentence(example, Span(1, 1))], language)]
            assert kinds == [pattern.kind], example
        for example in pattern.no_match:
            assert not gaps([Sentence(example, Span(1, 1))], language), example


@pytest.mark.parametrize(
    ("text", "kind", "subject"),
    [
        ("There was no alert on failed logins, so nobody knew.", GapKind.ABSENT, "alert on failed logins"),
        ("- No rate limiting on the public endpoint", GapKind.ABSENT, "rate limiting on the public endpoint"),
        ("The on-call didn't know how to fail over the primary.", GapKind.UNKNOWN_HOW, "how to fail over the primary"),
        ("The PR didn't include a rollback plan.", GapKind.NOT_DONE, "rollback plan"),
        ("We had to restart every node by hand.", GapKind.BY_HAND, "restart every node by hand"),
        ("It took 40 minutes to notice the errors.", GapKind.SLOW, "notice the errors"),
        ("It was unclear who owned the queue.", GapKind.UNCLEAR, "who owned the queue"),
    ],
)
def test_the_subject_is_the_thing_itself(text: str, kind: GapKind, subject: str, read: Read) -> None:
    gap = read(f"## What went poorly\n\n{text}\n").gaps[0]
    assert (gap.kind, gap.subject, gap.evidence.span.start) == (kind, subject, 3)


@pytest.mark.parametrize(
    "text",
    [
        "No customer data was lost.", "There was no impact on other regions.", "No action is required from users.",
        "There were no errors after the fix.", "Was there no alert?", "We no longer use that host.",
        "There is no evidence of misuse.",
    ],
)  # fmt: skip
def test_what_is_good_to_lack_is_no_gap(text: str, read: Read) -> None:
    assert not read(f"## Summary\n\n{text}\n").gaps


def test_went_well_and_stated_actions_tell_of_no_gap(read: Read) -> None:
    assert not read("## What went well\n\n- There was no panic and no alert storm\n\n## Action items\n\n- Add the missing test: no test exists\n").gaps


@pytest.mark.parametrize(
    ("subject", "thing"),
    [
        ("alert on failed logins", "failed logins"),
        ("query performance monitoring", "query performance"),
        ("sufficient monitoring to detect stuck jobs", "stuck jobs"),
        ("dashboard", ""),
        ("dashboard for slow queries", "slow queries"),
    ],
)
def test_what_should_have_been_watched(subject: str, thing: str) -> None:
    assert watched(subject) == thing


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("There was no alert on stuck jobs.", Category.DETECTION),
        ("The on-call did not know how to drain a node.", Category.RESPONSE),
        ("We had to delete the stale locks by hand.", Category.RESPONSE),
        ("The review did not include a load test.", Category.PROCESS),
        ("There was no limit on the number of connections.", Category.RELIABILITY),
    ],
)
def test_gaps_become_actions_of_the_right_category_without_any_rule(
    text: str, category: Category, read: Read, knowledge: Knowledge
) -> None:
    from postmortem_actions.core.candidates import propose
    from postmortem_actions.core.catalogue import Catalogue

    rca = read(f"## What went poorly\n\n{text}\n")
    bare = Catalogue([], knowledge.catalogue.slots, knowledge.catalogue.names)
    made = propose(rca, [], bare, knowledge.gap_answers, rca.sentences)
    assert [candidate.category for candidate in made] == [category]
    assert made[0].evidence[0].quote in text
    assert made[0].done_when
