"""Times of day told in words are read where their half of the day is known, and figures that are no times are left alone."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from postmortem_actions import read_rca
from postmortem_actions.core.parse.spoken_times import spoken_times


@pytest.mark.parametrize(
    ("text", "told", "certain"),
    [
        ("At about ten past four on Saturday morning the sender began.", time(4, 10), True),
        ("It was back at quarter past nine that night.", time(21, 15), True),
        ("About five to eight in the evening somebody rang.", time(19, 55), True),
        ("By half six in the morning the spool was full.", time(6, 30), True),
        ("Service stopped around noon.", time(12), True),
        ("We worked until midnight.", time(0), True),
        ("The job runs at two in the morning.", time(2), True),
        ("The phone rang at ten at night.", time(22), True),
        ("Twelve at night is when the batch begins.", time(0), True),
        ("I got there at twenty past eight.", time(8, 20), False),
        ("A quarter to nine, and still nothing.", time(8, 45), False),
        ("Everything was green again by nine, and we went home.", time(9), False),
        ("It was seven o'clock when the page came.", time(7), False),
    ],
)
def test_times_in_words_are_read(text: str, told: time, certain: bool) -> None:
    found = spoken_times(text)
    assert [(one.at, one.certain) for one in found] == [(told, certain)]


@pytest.mark.parametrize(
    "text",
    [
        "The pool grew from five to six nodes.",
        "We lost half of the messages, about two thousand.",
        "By nine of the ten checks it was healthy.",
        "Two of three replicas were down.",
        "Ten to twelve people joined the call.",
        "It took about five minutes to notice.",
    ],
)
def test_numbers_that_are_no_times_are_left_alone(text: str) -> None:
    assert spoken_times(text) == []


STORY = """# Mail on Saturday

Date: 2024-03-09

At ten past four on Saturday morning the mail gateway started to refuse everything.

About five to eight in the evening a member rang us. I got to a keyboard at twenty past eight, rolled back the filter by nine,
and by quarter past the queue moved again.
"""


def test_the_half_of_the_day_goes_on_from_what_was_told_before() -> None:
    incident = read_rca(STORY, "mail.md").incident
    assert incident.started is not None
    assert incident.started.at == datetime(2024, 3, 9, 4, 10)
    assert incident.detected is not None
    assert incident.detected.at == datetime(2024, 3, 9, 19, 55)
    assert incident.mitigated is not None
    assert incident.mitigated.at == datetime(2024, 3, 9, 21)
    assert incident.mitigated.inferred


def test_days_of_a_story_are_carried_within_a_paragraph() -> None:
    text = (
        "# Docs were empty\n\nDate: 2022-11-04\n\nThe job at 01:30 on Friday the 4th wrote empty files, and the site went down.\n\n"
        "I noticed on Sunday at 08:40. The rebuild was through at 11:50 and everything was back to normal.\n"
    )
    incident = read_rca(text, "docs.md").incident
    assert incident.started is not None
    assert incident.started.at == datetime(2022, 11, 4, 1, 30)
    assert incident.detected is not None
    assert incident.detected.at == datetime(2022, 11, 6, 8, 40)
    assert incident.resolved is not None
    assert incident.resolved.at == datetime(2022, 11, 6, 11, 50)


def test_what_would_have_happened_is_no_phase() -> None:
    text = (
        "# Cards\n\nDate: 2022-11-04\n\nAt 09:10 the shop went down. At 10:20 it was back. "
        "The last good copy would have been deleted at 14:00, and nothing could have been restored after.\n"
    )
    incident = read_rca(text, "cards.md").incident
    assert incident.date == date(2022, 11, 4)
    assert incident.resolved is not None
    assert incident.resolved.at == datetime(2022, 11, 4, 10, 20)
