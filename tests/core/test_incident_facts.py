"""Facts of the incident: dates, times, durations, users, money, severity, services, with their lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from postmortem_actions.core.model import Incident, Rca
from postmortem_actions.core.parse.dates import find_day, find_time, find_zone
from postmortem_actions.core.parse.quantities import duration, money, user_count, user_percent

Read = Callable[[str], Rca]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45min", 45), ("23mins", 23), ("1h30m", 90), ("10h 46m", 646), ("2 hours 15 minutes", 135),
        ("9 minutes, 28 seconds", 9 + 28 / 60), ("3 days", 4320), ("nearly two days", 2880), ("half an hour", 30),
        ("an hour", 60), ("5-30 seconds", 0.5), ("1 hour and 39 minutes", 99), ("lasted 30 minutes in all", 30),
        ("2 Stunden", 120), ("30 minutos", 30), ("45分", 45),
    ],
)  # fmt: skip
def test_durations(text: str, minutes: float) -> None:
    found = duration(text)
    assert found is not None
    assert found.value == pytest.approx(minutes)


@pytest.mark.parametrize("text", ["5 MB", "10M rows", "v2.5 migrated", "3 servers", "no time", "2 managers"])
def test_what_is_no_duration(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2,500 customers", 2500), ("~5,000 users", 5000), ("2.5k users", 2500), ("1.2 million accounts", 1_200_000),
        ("1,204 affected users", 1204), ("12 customers were charged twice", 12),
    ],
)  # fmt: skip
def test_user_counts(text: str, count: float) -> None:
    found = user_count(text)
    assert found is not None
    assert found.value == count


def test_shares_money_and_their_qualifiers() -> None:
    assert user_percent("20% of checkouts failed").value == 20  # type: ignore[union-attr]
    assert user_percent("all users").value == 100  # type: ignore[union-attr]
    assert user_percent("CPU at 90%") is None
    assert user_count("about 300 users").qualifier == "about"  # type: ignore[union-attr]
    text = "an estimated €20M fine"
    found = money(text)
    assert found is not None
    assert text[found.start : found.end] == "€20M"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-15", date(2024, 1, 15)), ("January 15, 2024", date(2024, 1, 15)), ("15 January 2024", date(2024, 1, 15)),
        ("Mon, August 11, 2014", date(2014, 8, 11)), ("January 17-20, 2024", date(2024, 1, 17)), ("21.03.2024", date(2024, 3, 21)),
        ("5-26-21", date(2021, 5, 26)), ("12. März 2024", date(2024, 3, 12)), ("2024年3月5日", date(2024, 3, 5)),
        ("2024-13-40", None), ("may fail", None), ("10.0.0.5", None), ("v1.2.3", None),
    ],
)  # fmt: skip
def test_days(text: str, day: date | None) -> None:
    found = find_day(text)
    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    ("text", "at", "zone"),
    [
        ("14:30 UTC", "14:30:00", "UTC"), ("8:00pm", "20:00:00", None), ("12:05 am PST", "00:05:00", "PST"),
        ("09:45:23", "09:45:23", None), ("04:49 PM UTC", "16:49:00", "UTC"), ("~13:30-13:45", "13:30:00", None),
        ("04:25+02:00", "04:25:00", "+02:00"),
    ],
)  # fmt: skip
def test_times_keep_their_zone_as_written(text: str, at: str, zone: str | None) -> None:
    found = find_time(text)
    assert found is not None
    assert (str(found.at), found.zone) == (at, zone)


def test_a_zone_is_never_assumed(read: Read) -> None:
    assert find_zone("All times are local") is None
    rca = read("# RCA: x\n\n**Date:** 2024-05-06\n\n## Timeline\n\n- 10:00 Outage begins\n- 10:30 Incident resolved\n")
    assert rca.incident.started is not None
    assert rca.incident.started.zone is None


def facts(incident: Incident) -> tuple[object, ...]:
    return (
        incident.title, incident.id and incident.id.text, incident.date, incident.severity and incident.severity.text,
        [s.text for s in incident.services], incident.blast_radius.duration and incident.blast_radius.duration.minutes,
    )  # fmt: skip


WANTED = ("Search down", "INC-77", date(2024, 5, 6), "SEV-2", ["search-api"], 95.0)


@pytest.mark.parametrize(
    "head",
    [
        "# RCA: Search down\n\n**Incident ID:** INC-77\n**Date:** 2024-05-06\n**Severity:** SEV-2\n**Service:** search-api\n**Duration:** 1h 35m\n",
        "# Postmortem - Search down\n\n**ID**: INC-77 | **Date**: May 6, 2024 | **Severity**: SEV-2\n\n- **Affected services**: search-api\n- **Duration**: 95 minutes\n",
        "---\ntitle: Search down\n---\n\n| Field | Value |\n|---|---|\n| Incident number | INC-77 |\n| Incident date | 2024-05-06 |\n| Severity | SEV-2 |\n| Services | search-api |\n| Total duration | 1 hour 35 minutes |\n",
        "# Incident report: Search down\n\nIncident ID: INC-77\nDate: 6 May 2024\nSeverity: SEV-2\nService: search-api\nDuration: 95min\n",
        "# Search down\n\n## Incident ID\n\nINC-77\n\n## Date\n\n2024-05-06\n\n## Severity\n\nSEV-2\n\n## Affected services\n\nsearch-api\n\n## Duration\n\n1h35m\n",
    ],
)
def test_metadata_in_every_notation(head: str, read: Read) -> None:
    assert facts(read(f"{head}\n## Root cause\n\nThe disk was full.\n").incident) == WANTED


def test_an_argument_block_without_headings(read: Read) -> None:
    rca = read("INCIDENT: Payment API timeouts DURATION: 60min IMPACT: 2500 users affected, $45k GMV lost\n\n- 14:30 - first errors\n")
    incident = rca.incident
    assert incident.title == "Payment API timeouts"
    assert incident.blast_radius.duration.minutes == 60  # type: ignore[union-attr]
    assert incident.blast_radius.user_count == 2500


def test_placeholders_are_missing_facts_and_not_values(read: Read) -> None:
    incident = read("# Root Cause Analysis: [Incident Title]\n\n**Date:** YYYY-MM-DD\n**Severity:** SEV-X\n**Duration:** X hours Y minutes\n").incident
    assert (incident.date, incident.severity, incident.blast_radius.duration) == (None, None, None)


def test_a_review_or_publication_day_is_not_the_incidents(read: Read) -> None:
    rca = read("# RCA: x\n\n**Next review:** 2024-09-01\n**Published:** 2024-08-01\n\nOn July 3, 2024 the site was down.\n")
    assert rca.incident.date == date(2024, 7, 3)


def test_a_timeline_rolls_over_midnight_and_takes_the_years_of_its_document(read: Read) -> None:
    rca = read(
        "# RCA: x\n\n**Date:** 2023-12-31\n\n## Timeline (all times in CET)\n\n| Time | Event |\n|---|---|\n"
        "| 23:50 | Outage begins |\n| 00:20 | Incident resolved |\n"
    )
    resolved = rca.incident.resolved
    assert resolved is not None
    assert (resolved.at, resolved.zone) == (datetime(2024, 1, 1, 0, 20), "CET")
    assert rca.incident.time_to_resolve.minutes == 30  # type: ignore[union-attr]


def test_a_log_with_the_newest_first_is_read_backwards(read: Read) -> None:
    rca = read(
        "# RCA: x\n\n**Date:** 2024-05-06\n\n## Timeline\n\n- 01:10 Incident resolved\n- 00:40 fix in place\n- 23:55 restart\n"
        "- 23:40 more errors\n- 23:30 Outage begins\n"
    )
    assert rca.incident.started.at == datetime(2024, 5, 6, 23, 30)  # type: ignore[union-attr]
    assert rca.incident.resolved.at == datetime(2024, 5, 7, 1, 10)  # type: ignore[union-attr]


def test_headings_can_be_the_times(read: Read) -> None:
    rca = read("# x\n\n## Timeline\n\n### 2024-05-06 07:28\n\nProblem is identified\n\n### 07:33\n\nNodes cordoned\n")
    assert [(str(e.when.at), e.text) for e in rca.incident.timeline] == [
        ("2024-05-06 07:28:00", "Problem is identified"), ("2024-05-06 07:33:00", "Nodes cordoned"),
    ]  # fmt: skip


def test_stated_and_computed_lengths_that_disagree_are_told(read: Read) -> None:
    rca = read(
        "# RCA: x\n\n**Date:** 2024-05-06\n**Duration:** 21 minutes\n\n## Timeline\n\n- 10:00 Outage begins\n- 11:30 Incident resolved\n"
    )
    problem = next(p for p in rca.problems if p.code == "duration-disagrees")
    assert problem.line == 4
    assert "21 minutes" in problem.message
    assert rca.incident.blast_radius.duration.text == "21 minutes"  # type: ignore[union-attr]


def test_blast_radius_keeps_qualifiers_and_stated_zeros(read: Read) -> None:
    incident = read(
        "# RCA: x\n\n## Impact\n\n- About 300 users could not log in\n- No revenue impact\n- Potential fine of $5k\n"
    ).incident
    assert incident.blast_radius.users[0].qualifier is not None
    texts = [fact.text for fact in incident.blast_radius.business]
    assert "No revenue impact" in texts
    assert next(f for f in incident.blast_radius.business if "fine" in f.text).qualifier == "Potential"


def test_who_noticed_is_read_and_late_notice_measured(read: Read) -> None:
    incident = read("# RCA: x\n\n## Detection\n\nThe incident went undetected for 45 minutes until customers complained.\n").incident
    assert incident.time_to_detect is not None
    assert (incident.time_to_detect.minutes, incident.time_to_detect.text) == (45, "45 minutes")
    assert "customers complained" in incident.detected_by.text  # type: ignore[union-attr]


def test_a_malformed_time_is_told_with_its_line_and_the_rest_is_read(read: Read) -> None:
    rca = read("# RCA: x\n\n**Date:** 2024-05-06\n\n## Timeline\n\n- 27:10 nonsense\n- 10:00 Outage begins\n")
    assert next(p for p in rca.problems if p.code == "time-malformed").line == 7
    assert rca.incident.started is not None


def test_an_ambiguous_date_is_told(read: Read) -> None:
    rca = read("# RCA: x\n\n**Date:** 03/04/2024\n")
    assert "date-ambiguous" in {p.code for p in rca.problems}
