"""A cause or a whole story that no phrase knows, by the words it shares with a rule."""

from __future__ import annotations

from postmortem_actions.core.by_words import kind_of_cause, kind_of_story, story_of
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Sentence, Span
from postmortem_actions.core.policy import FailureRole

STORY = (
    "Our broker's disk filled with messages that nobody consumed.",
    "The consumer of the audit queue had been gone since the spring, and its queue grew to eleven million messages.",
    "We purged the queue, the consumers came back and the backlog drained within the hour.",
)


def sentences(*told: str) -> list[Sentence]:
    return [Sentence(text, Span(number, number)) for number, text in enumerate(told, start=1)]


def test_a_story_is_of_the_kind_most_of_it_is_like(knowledge: Knowledge) -> None:
    told = sentences(*STORY)
    taken = kind_of_story(story_of(told, lambda _: 3.0, knowledge.catalogue), told, knowledge.catalogue)
    assert taken is not None
    rule, own, _ = taken
    assert rule.area == "queues"
    assert own
    assert set(own) <= set(told)


def test_sentences_that_weigh_little_make_no_story(knowledge: Knowledge) -> None:
    told = sentences(*STORY)
    assert kind_of_story(story_of(told, lambda _: 0.1, knowledge.catalogue), told, knowledge.catalogue) is None


def test_a_story_of_nothing_has_no_kind(knowledge: Knowledge) -> None:
    told = sentences("We met on Tuesday.", "The cake was good, and thanks go to everybody who came.")
    assert kind_of_story(story_of(told, lambda _: 3.0, knowledge.catalogue), told, knowledge.catalogue) is None


def test_a_factor_needs_a_clearer_likeness_than_a_root_cause(knowledge: Knowledge) -> None:
    def kind(text: str, role: FailureRole) -> str | None:
        rule = kind_of_cause(text, role, knowledge.catalogue)
        return rule.id if rule else None

    clear = "The volume stayed attached to the dead node"
    less = "Our pool of workers all waited for the mail provider"
    assert kind(clear, FailureRole.PRIMARY) == kind(clear, FailureRole.CONTRIBUTING) == "storage.volume-stuck"
    assert kind(less, FailureRole.PRIMARY) == "capacity.worker-pool-exhausted"
    assert kind(less, FailureRole.CONTRIBUTING) is None
    assert kind(clear, FailureRole.NEAR_MISS) is None
