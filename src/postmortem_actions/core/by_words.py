"""The kind of a failure by its words, where no phrase knows it: of a cause that the document names, and of the whole story
where it names none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from .catalogue import Catalogue, Rule
from .model import Sentence
from .policy import FailureRole

# Likeness of words from which a cause is of that kind, and by how much before the next. Source of the figures: docs/quality.md.
_LIKE, _CLEARLY = 0.8, 0.3
_VERY_LIKE = 1.0  # enough for a root cause, which is of some kind, without being so far before the next
_TOLD = 3  # of each sentence so many kinds count for the story
_MEANT = 0.6  # likeness that any sentence has to some kind, and that therefore counts nothing
# A story is of the kind most of it is like: from this sum on, and so many times the next one's.
_STORY, _TIMES = 4.0, 1.2
# Besides what phrases know, a kind is asked about from this sum on, and from this share of what the story is most like.
_BESIDES, _BESIDES_SHARE = 1.0, 0.4
_MOST_BESIDES = 2
_PLAINLY = 1.2  # likeness of the sentence that tells of it most plainly: below it, most of what was asked was idle


def kind_of_cause(text: str, role: FailureRole, catalogue: Catalogue) -> Rule | None:
    """The rule whose words are like the text's, and clearly more so than any other's. A root cause is of some kind, so the
    best will do; a factor may be of none."""
    ranked = catalogue.likeness.ranked(text)[:2]
    if not ranked or role is FailureRole.NEAR_MISS:
        return None
    best, rule = ranked[0]
    clearly = best >= _LIKE and best - (ranked[1][0] if len(ranked) > 1 else 0.0) >= _CLEARLY
    return rule if clearly or (role is FailureRole.PRIMARY and best >= _VERY_LIKE) else None


def story_of(sentences: Sequence[Sentence], weight: Callable[[Sentence], float], catalogue: Catalogue) -> dict[str, float]:
    """How much of what is told is like each rule, by rule id: the sentences' likeness, weighed by where they stand."""
    told: dict[str, float] = defaultdict(float)
    for sentence in sentences:
        for likeness, rule in catalogue.likeness.ranked(sentence.text)[:_TOLD]:
            if likeness >= _LIKE:
                told[rule.id] += weight(sentence) * (likeness - _MEANT)
    return dict(told)


def kind_of_story(
    story: Mapping[str, float], sentences: Sequence[Sentence], catalogue: Catalogue
) -> tuple[Rule, list[Sentence], float] | None:
    """The rule that most of the story is like, with the sentences that are like it first of all and its sum; None where no
    rule stands out."""
    order = sorted(story.items(), key=lambda entry: (-entry[1], entry[0]))[:2]
    if not order or order[0][1] < _STORY or (len(order) > 1 and order[0][1] < _TIMES * order[1][1]):
        return None
    rule = catalogue.rule(order[0][0])
    own = [s for s in sentences if (r := catalogue.likeness.ranked(s.text)) and r[0][0] >= _LIKE and r[0][1] is rule]
    return (rule, own, order[0][1]) if rule is not None and own else None


def told_besides(story: Mapping[str, float], known: Collection[str], catalogue: Catalogue) -> list[tuple[Rule, float]]:
    """The rules that much of the story is like and that are not among the ``known`` kinds, most like it first, with their
    sums: where phrases know few kinds, what is told in other words is asked about instead of passed over."""
    most = max(story.values(), default=0.0)
    order = sorted(story.items(), key=lambda entry: (-entry[1], entry[0]))
    return [
        (rule, told)
        for name, told in order
        if name not in known and told >= max(_BESIDES, _BESIDES_SHARE * most) and (rule := catalogue.rule(name)) is not None
    ][:_MOST_BESIDES]


def sentences_like(rule: Rule, sentences: Sequence[Sentence], catalogue: Catalogue) -> list[Sentence]:
    """The sentences that are like a rule, those that are like it more than any other first; none where none is plainly
    so."""
    told = []
    for place, sentence in enumerate(sentences):
        for rank, (likeness, other) in enumerate(catalogue.likeness.ranked(sentence.text)[:_TOLD]):
            if other is rule and likeness >= _LIKE:
                told.append((rank, -likeness, place, sentence))
    told.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in told] if told and told[0][0] == 0 and -told[0][1] >= _PLAINLY else []


__all__ = ["kind_of_cause", "kind_of_story", "sentences_like", "story_of", "told_besides"]
