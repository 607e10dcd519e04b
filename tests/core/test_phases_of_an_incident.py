"""When it started, was detected, mitigated and resolved, however that is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from postmortem_actions.core.model import Moment, Rca

Read = Callable[[str], Rca]


def clock(moment: Moment | None) -> str | None:
    return moment.at.strftime("%H:%M") if moment is not None and moment.at is not None else None


def test_entries_separated_by_html_breaks_are_entries_of_their_own(read: Read) -> None:
    incident = read(
        "# Lookup failures\n\nStatus: final<br> Date: 2024-03-05<br>\nSeverity: SEV2\n\n## Timeline\n\n"
        "09:10 - a change to the zone file\nis merged<br> 09:42 - resolvers pick it up.\n"
        "**\\<START OF OUTAGE>**<br>10:05 - the on-call engineer is paged<br> 10:31 - all is back to normal\n"
    ).incident
    assert [event.when.text for event in incident.timeline] == ["09:10", "09:42", "10:05", "10:31"]
    assert incident.timeline[0].text == "a change to the zone file is merged"
    assert (incident.timeline[0].evidence.span.start, incident.timeline[0].evidence.span.end) == (8, 9)
    assert incident.date == date(2024, 3, 5)
    assert (clock(incident.started), clock(incident.resolved)) == ("09:42", "10:31")


def test_month_and_day_before_a_time(read: Read) -> None:
    incident = read(
        "# Stuck pods\n\nDate: 2024-03-26\n\n## Timeline\n\n- [03-25 23:50] the node is drained (outage starts)\n"
        "- [03-26 02:50] a user reports it\n- [03-26 08:10] a fixed image is deployed (outage ends)\n"
    ).incident
    assert [str(event.when.at) for event in incident.timeline] == [
        "2024-03-25 23:50:00", "2024-03-26 02:50:00", "2024-03-26 08:10:00"]  # fmt: skip
    assert (clock(incident.started), clock(incident.resolved)) == ("23:50", "08:10")


def test_prose_that_tells_of_the_harm_counts_before_a_timelines_first_entry(read: Read) -> None:
    text = (
        "# Failing uploads\n\n## Impact\n\nUploads failed between 14:20 and 15:05 on 2024-06-03.\n\n## Timeline\n\n"
        "- 09:00 a new client version is merged\n- 14:31 support reports errors\n- 14:50 the version is rolled back\n"
        "- 15:05 back to normal\n"
    )
    assert clock(read(text).incident.started) == "14:20"
    meeting = text.replace("Uploads failed between", "The weekly meeting ran between")
    assert clock(read(meeting).incident.started) == "09:00"


def test_of_two_times_in_a_sentence_the_one_beside_the_word_counts(read: Read) -> None:
    incident = read(
        "# Handbook gone\n\nDate: 2024-10-18\n\n## Summary\n\n"
        "The downtime started around 10AM after a merge and was resolved the same day, by 8PM.\n"
    ).incident
    assert (clock(incident.started), clock(incident.resolved)) == ("10:00", "20:00")


def test_mitigated_is_when_the_service_comes_back_not_the_first_deed(read: Read) -> None:
    incident = read(
        "# Hub down\n\nDate: 2024-02-01\n\n## Timeline\n\n- 08:00 errors begin\n- 08:10 a user reports it\n"
        "- 08:20 the hub is restarted\n- 08:45 most pods are back online\n- 09:30 everything is operational\n"
    ).incident
    assert (clock(incident.mitigated), clock(incident.resolved)) == ("08:45", "09:30")


def test_not_fixed_is_not_resolved(read: Read) -> None:
    incident = read(
        "# Leak\n\nDate: 2024-02-01\n\n## Timeline\n\n- 08:00 memory grows\n- 08:30 a deploy; the leak is not fixed\n"
        "- 09:15 the image is replaced and memory is flat\n"
    ).incident
    assert clock(incident.resolved) == "09:15"


def test_machines_requests_and_keys_are_counted_where_no_users_are(read: Read) -> None:
    incident = read(
        "# Hypervisors\n\nDate: 2024-02-01\n\n## Impact\n\nNearly 50% of VMs in the zone became unreachable.\n"
    ).incident
    assert [fact.text for fact in incident.blast_radius.users] == [
        "Nearly 50% of VMs in the zone became unreachable."
    ]
    assert incident.blast_radius.user_count is None


def phases(read: Read, entries: str, before: str = "", date_: str = "2024-05-07") -> tuple[str | None, ...]:
    incident = read(f"# Orders stuck\n\nDate: {date_}\n\n{before}\n\n## Timeline\n\n{entries}").incident
    return tuple(clock(one) for one in (incident.started, incident.detected, incident.mitigated, incident.resolved))


def test_an_entry_that_tells_of_the_onset_comes_before_a_sentence_about_the_outage(read: Read) -> None:
    found = phases(
        read,
        "- 08:10 builds started failing\n- 09:30 the site goes down, on-call is paged\n- 10:00 all services restored\n",
        "The site went down at 09:30.",
    )
    assert found[0] == "08:10"


def test_what_happened_by_mistake_is_the_start_and_not_the_preparation(read: Read) -> None:
    entries = (
        "- 04:00 the team moves the network\n- 12:00 a pull request unexpectedly reverts the move\n"
        "- 12:05 the pull request is mended\n- 12:40 all systems verified operational\n"
    )
    assert phases(read, entries) == ("12:00", "12:05", "12:40", "12:40"), "who acts has noticed"


def test_what_is_over_is_mitigated_and_a_mitigation_without_more_is_the_end(read: Read) -> None:
    assert phases(read, "- 10:00 errors began\n- 10:05 on-call is paged\n- 11:00 incident resolved\n")[2:] == ("11:00", "11:00")
    summary = read(
        "# Release\n\n## Summary\n\nOn 2024-05-07 at 15:09 UTC we released 1.24. At 15:23 UTC we received a report of a "
        "regression, and we reverted the release by 15:56 UTC.\n"
    ).incident
    assert (clock(summary.mitigated), clock(summary.resolved)) == ("15:56", "15:56")
    assert summary.resolved is not None
    assert summary.resolved.inferred, "shown, but nothing is reckoned from it"
    assert summary.time_to_resolve is None


def test_the_last_entry_of_everything_being_as_before_is_the_end(read: Read) -> None:
    entries = (
        "- 11:00 errors began\n- 11:05 alert fired\n- 16:36 the platform is fully operational\n- 18:32 the excluded hosts are restored\n"
    )
    assert phases(read, entries)[2:] == ("16:36", "18:32")


def test_another_incident_days_later_in_the_same_document_is_not_the_end_of_this(read: Read) -> None:
    entries = (
        "### 2024-05-07 07:28\n\nLaunches fail: the problem is identified.\n\n### 08:05\n\nLaunches are working again.\n\n"
        "### 2024-05-15 06:30\n\nAnother node is lost.\n\n### 06:40\n\nEverything is fixed.\n"
    )
    assert phases(read, entries)[3] == "08:05"


def test_a_day_by_the_way_deep_in_the_text_is_not_the_day_of_a_dated_page(read: Read) -> None:
    filler = "\n\n".join(f"Paragraph {n} tells of volumes and nodes." for n in range(30))
    incident = read(
        f"---\ndate: 2024-07-11\n---\n\n# Volumes gone\n\nThe site was down (00:27 UTC).\n\n## Recovery\n\n{filler}\n\n"
        "The provider had service issues on July 8 and 9.\n"
    ).incident
    assert incident.date == date(2024, 7, 11)


def test_where_nobody_is_counted_what_could_not_be_used_is_told(read: Read) -> None:
    incident = read(
        "# Builds slow\n\nDate: 2024-05-07\n\n## Summary\n\nBecause of a scan the build service went offline for 84 minutes.\n"
    ).incident
    assert ["offline for 84 minutes" in fact.text for fact in incident.blast_radius.users] == [True]
    share = read(
        "# DNS\n\nDate: 2024-05-07\n\n## Summary\n\nThe site was offline for 80% of users for several hours.\nUser impact: anyone\n"
    ).incident
    assert share.blast_radius.user_percent == 80
