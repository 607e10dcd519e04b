"""Phrase matching: one phrase finds the many ways in which a thing is written, and nothing else."""

from __future__ import annotations

import pytest

from postmortem_actions.core.text.phrases import PhraseError, PhraseIndex, compile_phrase
from postmortem_actions.core.text.words import content_stems, similarity, stems, tokens


def found(phrase: str, text: str) -> bool:
    return compile_phrase(phrase).find(tokens(text)) is not None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("the request timed out", "requests time out"),
        ("a time-out", "a timeout"),
        ("we rolled back", "we rollback"),
        ("the run book", "the runbook"),
        ("queries were retried", "query was retrying"),
        ("it isn't indexed", "it is not indexed"),
        ("we didn't test", "we did not test"),
        ("it can’t restart", "it can't restart"),
        ("certificates expired", "certificate expires"),
    ],
)
def test_two_writings_of_one_thing_have_the_same_stems(first: str, second: str) -> None:
    assert [s for s in stems(first) if s not in "we"] == [s for s in stems(second) if s not in "we"]


def test_tokens_keep_their_place_in_the_text() -> None:
    text = "The `users.email` lookup didn't time out after 30s."
    for token in tokens(text):
        if token.stem not in ("no", "timeout"):
            assert text[token.start : token.end].lower() == token.word


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("missing index", "it was missing an index"),
        ("(no|lack of) index", "for lack of an index it scanned"),
        ("no .. alert", "there was no p95 latency alert"),
        ("retry ... without ... backoff", "clients retry at once and without any jitter or backoff"),
        ("certificat* (expire|lapse)", "the intermediate certificates had expired certificates lapsed"),
        ("# rows", "with 40M rows in it"),
        ("full? table scan", "a table scan"),
        ("no timeout", "without a timeout"),
        ("not include", "the PR didn't include"),
        ("(our|the)? pager", "pager"),
        ("(deploy (fail|break)|bad release) again", "deploys failed again"),
    ],
)
def test_phrase_matches(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("missing index", "the index was fine, nothing missing"),
        ("no .. alert", "no one of the five of us on duty heard the alert"),
        ("# rows", "many rows"),
        ("no timeout", "a timeout"),
        ("disk full", "full disk"),
    ],
)
def test_phrase_does_not_match(phrase: str, text: str) -> None:
    assert not found(phrase, text)


@pytest.mark.parametrize("phrase", ["", "( a", ".. a", "a ..", "a? b?", "()"])
def test_a_phrase_that_cannot_be_understood_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrase(phrase)


def test_the_index_finds_what_each_phrase_finds_alone() -> None:
    sources = ["disk .. full", "certificat* expire", "# rows", "(no|lack of) alert", "full? table scan"]
    texts = ["the disk was completely full", "a certificate expired", "3 rows", "lack of alerts", "table scan", "fine"]
    index = PhraseIndex()
    for n, source in enumerate(sources):
        index.add(n, compile_phrase(source))
    for text in texts:
        words = tokens(text)
        alone = {n for n, source in enumerate(sources) if compile_phrase(source).find(words)}
        assert {hit.owner for hit in index.find(words)} == alone


def test_a_very_long_line_is_matched_in_time_and_to_its_end() -> None:
    text = "log line " * 60_000 + "the disk was full"
    index = PhraseIndex()
    index.add(0, compile_phrase("disk .. full"))
    index.add(1, compile_phrase("log ... log ... log ... never"))
    assert {hit.owner for hit in index.find(tokens(text))} == {0}


def test_similarity_is_symmetric_and_bounded() -> None:
    a, b = content_stems("add an alert on slow queries"), content_stems("alert when queries are slow")
    assert similarity(a, b) == similarity(b, a)
    assert 0.5 < similarity(a, b) <= 1
    assert similarity(a, content_stems("rotate the keys")) == 0
