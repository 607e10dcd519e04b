"""How long something takes, as people say it."""

from __future__ import annotations

import pytest

from postmortem_actions.core.text.spans import minutes_in_words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (4.4, "4 min"), (119, "119 min"), (120, "2.0 h"), (1441, "24.0 h"), (2880, "2.0 days"), (1051200, "730.0 days")],
)
def test_minutes_hours_and_days(minutes: float, words: str) -> None:
    assert minutes_in_words(minutes) == words
