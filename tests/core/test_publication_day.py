"""The day of the incident in mails, posts and articles, which tell of days before they were written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from postmortem_actions import Rca

MAIL = """From: Rasa <rasa@club.example>
To: members@lists.club.example
Subject: [members] the mail on Saturday
Date: Tue, 12 Mar 2024 22:51:07 +0000

Hello all, {told}

Rasa
"""
POST = """# Where your photos went

Posted by **Odd**, admin, Saturday 28 September 2024

{told}
"""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (MAIL.format(told="outgoing mail was stuck from Saturday morning until late that night."), date(2024, 3, 9)),
        (MAIL.format(told="on Tuesday the relay stopped and mail was lost."), date(2024, 3, 5)),
        (MAIL.format(told="on 8 March at 0:59 the certificate expired, on Monday at 9:20 the clinic called."), date(2024, 3, 8)),
        (MAIL.format(told="the relay was slow. It will be replaced by Friday."), date(2024, 3, 12)),
        (POST.format(told="On Sunday evening (22nd) I deleted the database of the real site. It was 21:41."), date(2024, 9, 22)),
        (POST.format(told="The site was down on the 3rd, all afternoon."), date(2024, 9, 3)),
        (POST.format(told="The disk failed on 27 September 2024 at 10:15."), date(2024, 9, 27)),
    ],
    ids=["weekday", "same weekday", "day of the month", "a day to come", "weekday with its day", "ordinal", "whole date"],
)
def test_the_day_is_counted_back_from_the_day_of_writing(read: Callable[[str], Rca], text: str, day: date) -> None:
    assert read(text).incident.date == day


def test_a_date_among_keys_that_are_no_mail_is_the_incidents(read: Callable[[str], Rca]) -> None:
    text = "# Report\n\nSubject: Shop down\nDate: 2026-03-12\nSeverity: 2\n\nThe shop was down on Saturday from 10:00 to 11:00.\n"
    assert read(text).incident.date == date(2026, 3, 12)
