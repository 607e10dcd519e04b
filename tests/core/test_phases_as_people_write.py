"""Days, phases and figures told the ways that reports tell them, where an earlier reading took another one."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem_actions import read_rca
from postmortem_actions.core.parse.day_ranges import days_between


def _at(moment: object) -> str | None:
    at = getattr(moment, "at", None)
    return at.strftime("%m-%d %H:%M") if isinstance(at, datetime) else None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Between 9th and 12th October 2020 we shipped broken archives.", date(2020, 10, 9), date(2020, 10, 12)),
        ("Between Friday the 24th and Monday the 27th of February nobody could sign up.", date(2023, 2, 24), date(2023, 2, 27)),
        ("From August 12th to September 2nd, 2025 the copies were cut.", date(2025, 8, 12), date(2025, 9, 2)),
        ("12-14 May 2021 the mirror was stale.", date(2021, 5, 12), date(2021, 5, 14)),
        ("From 28 December 2021 until 3 January 2022 mail was late.", date(2021, 12, 28), date(2022, 1, 3)),
    ],
)
def test_a_span_of_days(text: str, first: date, last: date) -> None:
    assert days_between(text, 2023) == (first, last)


@pytest.mark.parametrize("text", ["Between 3 and 5 nodes were lost.", "From 12 to 14 replicas in May.", "We scaled from 2 to 4 on Monday."])
def test_no_span_of_days(text: str) -> None:
    assert days_between(text, 2023) is None


@given(st.dates(date(2001, 1, 1), date(2090, 12, 1)), st.integers(1, 27))
def test_any_span_within_a_month_is_read_as_written(day: date, length: int) -> None:
    first = day.replace(day=1)
    last = first.replace(day=1 + length)
    text = f"Between the {first.day}st and the {last.day}th of {last:%B} {last.year} uploads failed."
    assert days_between(text, None) == (first, last)


def test_the_day_in_the_title_of_the_front_matter_is_the_incidents() -> None:
    text = "---\ntitle: Webhook flood on March 4, 2015\ndate: 2015-03-09\n---\n\nOn Wednesday one receiver stopped answering.\n"
    assert read_rca(text, "post.md").incident.date == date(2015, 3, 4)


def test_what_was_done_days_before_is_not_the_start() -> None:
    text = """# Old mails sent again

## Summary

On Tuesday 3 January 2023, customers received mails about trips they had made weeks before.

## Timeline

| Time | Event |
| --- | --- |
| 2022-12-20 14:00 | Sender scaled to nought |
| 2023-01-03 09:16 | Replay begins |
| 2023-01-03 09:50 | First customer calls at the contact centre |
| 2023-01-03 11:41 | Sender disabled |
| 2023-01-03 13:40 | Sender works again |
| 2023-01-03 16:00 | Apology sent to customers |
"""
    incident = read_rca(text, "replay.md").incident
    assert incident.date == date(2023, 1, 3)
    assert [_at(one) for one in (incident.started, incident.detected, incident.mitigated, incident.resolved)] == [
        "01-03 09:16",
        "01-03 09:50",
        "01-03 11:41",
        "01-03 13:40",
    ]


def test_several_times_in_one_entry_are_entries() -> None:
    text = """# Quota

## Timeline

- **2023-02-24**, around 19:00 UTC: The quota is exhausted. First failed order.
- **2023-02-27**, 14:30 UTC: Tests fail for everybody. 15:40 UTC: somebody opens a trace. 16:20 UTC: upgraded, orders work again.
"""
    incident = read_rca(text, "quota.md").incident
    assert [_at(event.when) for event in incident.timeline] == ["02-24 19:00", "02-27 14:30", "02-27 15:40", "02-27 16:20"]
    assert incident.timeline[-1].text == "upgraded, orders work again."
    assert _at(incident.started) == "02-24 19:00"
    assert _at(incident.resolved) == "02-27 16:20"


def test_a_sentence_that_begins_with_a_time_is_no_entry_beside_a_timeline() -> None:
    text = """# Backups

On Sunday, November 12th 2023 at 16:20 a customer reported that a download failed.

## Timeline

- 2023-11-06 03:17 Quota reached, first upload refused
- 2023-11-12 16:20 A customer reports a download error
- 2023-11-12 19:40 Quota raised by the provider
- 2023-11-13 07:55 All databases have a valid backup
- 2023-11-15 11:00 Customers are notified by mail
"""
    incident = read_rca(text, "backups.md").incident
    assert len(incident.timeline) == 5
    assert _at(incident.started) == "11-06 03:17"
    assert _at(incident.mitigated) == "11-12 19:40"
    assert _at(incident.resolved) == "11-13 07:55"


def test_what_was_restored_between_two_times() -> None:
    text = (
        "# Teams\n\nOn 2022-09-13 at 11:06 UTC our tool removed 241 people from their teams. "
        "Access was restored between 11:58 and 15:20 UTC.\n"
    )
    incident = read_rca(text, "teams.md").incident
    assert [_at(incident.started), _at(incident.mitigated), _at(incident.resolved)] == ["09-13 11:06", "09-13 11:58", "09-13 15:20"]
    assert "241 people" in incident.blast_radius.users[0].text


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("74 bottles were published that nobody could use.", "74 bottles"),
        ("From the 6th on, backups were not stored. 3,214 databases are concerned.", "3,214 databases"),
        ("We declined 119 perfectly fine submit requests over night.", "119 perfectly fine"),
    ],
)
def test_whatever_was_harmed_is_counted(sentence: str, told: str) -> None:
    radius = read_rca(f"# Report\n\n## Summary\n\n{sentence}\n", "report.md").incident.blast_radius
    assert any(told in fact.text for fact in radius.users)


def test_customers_who_were_informed_are_not_those_who_were_hit() -> None:
    text = "# R\n\n## Impact\n\nAll the customers impacted have been contacted.\n\n27 databases had no valid backup.\n"
    radius = read_rca(text, "r.md").incident.blast_radius
    assert [fact.text for fact in radius.users] == ["27 databases had no valid backup."]
    assert radius.user_percent is None


def test_an_italic_line_that_tells_when_is_no_template_prompt() -> None:
    text = "# Checkout\n\n## Timeline\n\n*Written by two of us. T = 03:07 CEST on 2022-06-23, when the node went away.*\n\n" + "".join(
        f"- **T+{n}** {what}\n" for n, what in ((0, "the node hangs"), (5, "alert fires"), (31, "rolled back"), (175, "back to normal"))
    )
    incident = read_rca(text, "checkout.md").incident
    assert [_at(event.when) for event in incident.timeline] == ["06-23 03:07", "06-23 03:12", "06-23 03:38", "06-23 06:02"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Status: final<br> Owners: @pell\n\n## Summary\n\nDescription: The docs went away from all search engines.\n",
            "The docs went away from all search engines",
        ),
        (
            "{{Infobox\n| title = Split of the firmware\n| status = final\n}}\n\n==What went wrong==\nThe routers left.\n",
            "Split of the firmware",
        ),
        ("---\ntitle: Deployment on May 9th, 2019\n---\n\nWe sent too many mails.\n", "Deployment on May 9th, 2019"),
        ("# Team permissions removed on 2022-09-13\n\nOur tool removed 241 people.\n", "Team permissions removed"),
        ("---\ntitle: Webhook storm on May 9th, 2019\n---\n\nWe sent too many calls.\n", "Webhook storm"),
    ],
)
def test_the_title_says_what_it_was(text: str, title: str) -> None:
    assert read_rca(text, "report.md").incident.title == title


def test_a_length_of_time_counts_no_clusters() -> None:
    text = (
        "# R\n\n## Summary\n\nThis is 7 days in our clusters, which is the default. In total 412 mails were sent before it was stopped.\n"
    )
    assert [fact.text for fact in read_rca(text, "r.md").incident.blast_radius.users] == [
        "In total 412 mails were sent before it was stopped."
    ]


@pytest.mark.parametrize(
    ("sentence", "minutes"),
    [
        ("We had tested it for two weeks with the web interface.", None),
        ("It took roughly 30 minutes until the test suite passed.", None),
        ("For almost five days some packages were built from old sources.", 7200.0),
        ("Nobody could log in for 40 minutes.", 40.0),
    ],
)
def test_only_the_length_of_the_harm_is_the_duration(sentence: str, minutes: float | None) -> None:
    filler = "The service has four parts. They are old. One is new. It has a cache. We like it. It is small."
    duration = read_rca(f"# Old sources\n\n{filler} {sentence}\n", "r.md").incident.blast_radius.duration
    assert (duration.minutes if duration else None) == minutes
