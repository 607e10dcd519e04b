"""Secrets and personal data: what is masked, what stays, and how long it takes."""

from __future__ import annotations

import time

import pytest

from postmortem_actions.adapters.package_data import read_yaml
from postmortem_actions.core.privacy.mask import mask, patterns_of, sensitive_line

DATA = read_yaml("privacy.yaml")
PATTERNS = patterns_of(DATA)
MATCH = [(kind, text) for kind, below in DATA.items() for text in below["match"]]
NOT = [(kind, text) for kind, below in DATA.items() for text in below["not"]]


@pytest.mark.parametrize(("kind", "text"), MATCH)
def test_what_must_be_masked_is_and_masking_again_changes_nothing(kind: str, text: str) -> None:
    masked = mask(f"At 10:00 {text} was seen.", PATTERNS)
    assert [found.kind for found in masked.found] == [kind]
    assert f"[masked: {kind}]" in masked.text
    assert masked.text.startswith("At 10:00 ")
    assert masked.text.endswith(" was seen.")
    assert mask(masked.text, PATTERNS).text == masked.text


@pytest.mark.parametrize(("kind", "text"), NOT)
def test_what_only_looks_like_it_stays(kind: str, text: str) -> None:
    assert kind not in [found.kind for found in mask(text, PATTERNS).found]


@pytest.mark.parametrize(
    "text",
    ["commit 8f14e45fceea167a5a36dedd4bea2543", "550e8400-e29b-41d4-a716-446655440000", "10.0.0.1:5432", "2026-03-02T09:00:00.123456Z",
     "p95 went from 120 to 30000 ms at 14:02", "order 1700000000123456"],
)  # fmt: skip
def test_what_an_engineer_needs_stays(text: str) -> None:
    assert mask(text, PATTERNS).text == text


@pytest.mark.parametrize(
    "part",
    ["a", "a.", "1 ", "A1", "eyJ", "aws ", "password", "://:", "x@", "+1 ", "-----BEGIN PRIVATE KEY-----"],
)
def test_a_hostile_megabyte_is_masked_in_seconds(part: str) -> None:
    text = part * (1_000_000 // len(part))
    begin = time.process_time()
    mask(text, PATTERNS)
    assert time.process_time() - begin < 20  # runaway expressions would take hours


@pytest.mark.parametrize(
    "line",
    [
        "sensitive: true",
        "**Classification**: Confidential",
        "TLP:AMBER",
        "CONFIDENTIAL",
        "Please do not share this outside the company.",
    ],
)
def test_a_document_that_says_it_is_sensitive(line: str) -> None:
    assert sensitive_line(f"# Outage\n\n{line}\n") == (3, line)


@pytest.mark.parametrize(
    "line",
    [
        "Confidential data was not exposed.",
        "The sensitive service: payments",
        "Visibility: public",
        "We share this outside.",
    ],
)
def test_one_that_only_speaks_of_it(line: str) -> None:
    assert sensitive_line(line) is None
