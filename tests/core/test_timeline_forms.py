"""The timeline in the forms in which people write it: status pages, chats, counted minutes, one line for all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from postmortem_actions.core.model import Rca, TimelineEvent

Read = Callable[[str], Rca]
Entry = tuple[str | None, str]


def entries(read: Read, text: str) -> list[TimelineEvent]:
    return list(read(text).incident.timeline)


def moments(events: list[TimelineEvent]) -> list[str]:
    return [event.when.at.strftime("%m-%d %H:%M") if event.when.at else f"({event.when.text})" for event in events]


def marked(events: list[TimelineEvent]) -> dict[str, str]:
    return {event.marker: moment for event, moment in zip(events, moments(events), strict=True) if event.marker}


PAGE = (
    "Closed - 23 May 2025, 10:00\nThe supplier's report is in.\n\n"
    "Resolved - Mon 19 May, 09:05\nTwo quiet days. We call it over.\n\nNothing else is planned.\n\n"
    "Monitoring - Fri 16 May, 17:30\nThe cache is warm again.\n\n"
    "Monitoring - Fri 16 May, 13:10\nThe new cache nodes are in.\n\n"
    "Update - Fri 16 May, 11:00\nStill waiting for nodes.\n\n"
    "Identified - Fri 16 May, 10:20\nThe cache was evicted.\n\n"
    "Investigating - Fri 16 May, 09:50\nPages load slowly.\n"
)


def test_a_status_page_with_the_newest_first(read: Read) -> None:
    events = entries(read, f"# Slow pages\n\nDate: 2025-05-16\n\n{PAGE}")
    assert moments(events) == [
        "05-16 09:50", "05-16 10:20", "05-16 11:00", "05-16 13:10", "05-16 17:30", "05-19 09:05", "05-23 10:00"]  # fmt: skip
    assert marked(events) == {"detected": "05-16 09:50", "mitigated": "05-16 13:10", "resolved": "05-19 09:05"}
    assert events[0].text == "Investigating: Pages load slowly."
    assert events[0].when.text == "Fri 16 May, 09:50"
    assert events[-2].text == "Resolved: Two quiet days. We call it over. Nothing else is planned."


def test_closed_is_the_end_where_nothing_is_called_resolved(read: Read) -> None:
    page = PAGE.replace("Resolved - Mon", "Update - Mon")
    assert marked(entries(read, f"# Slow pages\n\n{page}"))["resolved"] == "05-23 10:00"


def test_after_a_relapse_the_later_mitigation_counts(read: Read) -> None:
    events = entries(
        read,
        "# Slow pages\n\n**Investigating – 16 May 2025, 09:50**\n\nPages load slowly.\n\n**Monitoring – 16 May 2025, 10:40**\n\nBetter.\n\n"
        "**Identified – 16 May 2025, 11:30**\n\nBack again: a second node.\n\n**Fix implemented – 16 May 2025, 12:05**\n\nBoth replaced.\n\n"
        "**Resolved – 16 May 2025, 13:00**\n\nDone.\n",
    )
    assert marked(events) == {"detected": "05-16 09:50", "mitigated": "05-16 12:05", "resolved": "05-16 13:00"}


@pytest.mark.parametrize(
    "head",
    [
        "**{0} – {1}**\n\n{2}",
        "## {0} – {1}\n\n{2}",
        "### {1} – {0}\n\n{2}",
        "[{0}] {1}\n{2}",
        "{0} — {1}\n{2}",
        "- {1} – {0}: {2}",
        "* **{1}** **{0}** - {2}",
        "{0} ({1})\n\n{2}",
        "{0} - {2}\n{1}",
        "### {0}\n\n{2}\n\nPosted {1}",
        "**{0}**\n{2}\nPosted 2 days ago. {1}",
    ],
)
@pytest.mark.parametrize("moment", ["2025-05-16 {} UTC", "May 16, 2025 - {} UTC", "Fri 16 May 2025, {} UTC"])
def test_the_status_before_or_behind_the_moment(read: Read, head: str, moment: str) -> None:
    told = [("Resolved", "13:00", "All is well."), ("Monitoring", "12:05", "A node is replaced."), ("Investigating", "09:50", "Pages load slowly.")]
    page = "\n\n".join(head.format(status, moment.format(clock), text) for status, clock, text in told)
    events = entries(read, f"# Slow pages\n\n{page}\n")
    assert [(event.when.zone, event.text) for event in events] == [
        ("UTC", "Investigating: Pages load slowly."), ("UTC", "Monitoring: A node is replaced."), ("UTC", "Resolved: All is well.")]  # fmt: skip
    assert marked(events) == {"detected": "05-16 09:50", "mitigated": "05-16 12:05", "resolved": "05-16 13:00"}


def test_what_follows_the_closing_moment_belongs_to_no_update(read: Read) -> None:
    page = "# Slow\n\nResolved\n\nAll is well.\n\nPosted May 16, 2025 - 13:00 UTC\n\nInvestigating\n\nPages load slowly.\n\nPosted May 16, 2025 - 09:50 UTC\n\n"
    events = entries(read, f"{page}This incident affected: the shop.\n")
    assert [event.text for event in events] == ["Investigating: Pages load slowly.", "Resolved: All is well."]
    assert [event.when.text for event in events] == ["May 16, 2025 - 09:50 UTC", "May 16, 2025 - 13:00 UTC"]


def test_a_month_that_stands_alone_gives_the_year(read: Read) -> None:
    page = "# Codes\n\n*Harbour Bank – status – archive – June 2023*\n\n**Fri 30 June, 1:35pm – Fix in place**\n\nCodes go out.\n\n"
    page += "**Fri 30 June, 9:31am – Investigating**\n\nNo codes. Another supplier was used until March 2021.\n"
    events = entries(read, page)
    assert [str(event.when.at) for event in events] == ["2023-06-30 09:31:00", "2023-06-30 13:35:00"]
    assert marked(events) == {"detected": "06-30 09:31", "mitigated": "06-30 13:35"}


def test_without_any_year_no_day_is_made_up(read: Read) -> None:
    events = entries(read, "# Codes\n\nResolved - 30 June, 13:35\nCodes go out.\n\nInvestigating - 30 June, 09:31\nNo codes since March 2021.\n")
    assert [event.when.at for event in events] == [None, None]
    assert [event.when.text for event in events] == ["30 June, 09:31", "30 June, 13:35"]


def test_what_is_no_status_page(read: Read) -> None:
    once = "# Codes\n\nNo codes went out.\n\nUpdate – 3 July 2023, 10:00: a word was corrected.\n\nWe are sorry.\n"
    assert entries(read, once) == []
    log = "# Changes\n\nUpdate - 3 July 2023, 10:00\nA word.\n\nUpdate - 4 July 2023, 10:00\nAnother.\n"
    assert entries(read, log) == []
    prose = "# Codes\n\nResolved 10:40 after the vendor had called us twice.\n\nIdentified 10:20 by the people on call.\n"
    assert entries(read, prose) == []


def test_other_entries_say_better_what_a_status_word_says(read: Read) -> None:
    events = entries(
        read,
        "# x\n\nDate: 2025-05-16\n\n## Timeline\n\n- 09:40 Outage begins\n- 09:45 PagerDuty alert fired\n- 09:50 Investigating\n- 10:30 Mitigated\n"
        "- 10:35 the queue is empty\n- 11:00 Resolved\n",
    )
    assert marked(events) == {"started": "05-16 09:40", "detected": "05-16 09:45", "mitigated": "05-16 10:30", "resolved": "05-16 11:00"}
    assert len(events) == 6


THREAD = (
    "**Import hangs · Issue #12**\n\n---\n\n**kverne** opened this issue on 4 Jun 2024, 22:48 UTC\n\nSince the update no import ends.\n\n---\n\n"
    "**tova-b** (maintainer) 23:21\n\n```\nstuck in lock()\n```\n\nReverting.\n\nSorry for that.\n\n---\n\n**kverne** 00:10\n\nWorks, thanks.\n\n---\n\n"
    "**tova-b** 6 Jun, 19:20\n\nClosing.\n"
)


def test_a_thread_of_comments(read: Read) -> None:
    events = entries(read, THREAD)
    assert [(moment, event.text) for moment, event in zip(moments(events), events, strict=True)] == [
        ("06-04 22:48", "kverne: Since the update no import ends."),
        ("06-04 23:21", "tova-b: Reverting. Sorry for that."),
        ("06-05 00:10", "kverne: Works, thanks."),
        ("06-06 19:20", "tova-b: Closing."),
    ]
    assert events[0].marker == "detected"
    assert (events[1].evidence.span.start, events[1].evidence.quote) == (11, "tova-b (maintainer) 23:21")


@pytest.mark.parametrize(
    "heads",
    [
        ("Mia Chen  9:41 AM", "Tom Oduya  9:43 AM", "Mia Chen  1:05 PM"),
        ("mia commented 2024-05-13 09:41 UTC", "tom.oduya replied 2024-05-13 09:43 UTC", "mia commented 2024-05-13 13:05 UTC"),
        ("mia — 2024-05-13 09:41", "tom — 2024-05-13 09:43", "mia — 2024-05-13 13:05"),
        ("**Mia Chen** [09:41]", "**Tom Oduya** (SRE) [09:43]", "**Mia Chen** [13:05]"),
        ("### Mia Chen, 09:41", "### Tom Oduya, 09:43", "### Mia Chen, 13:05"),
        ("[9:41 AM] Mia Chen", "[9:43 AM] Tom Oduya", "[1:05 PM] Mia Chen"),
        ("Mia Chen May 13, 9:41 AM", "Tom Oduya May 13, 9:43 AM", "Mia Chen May 13, 1:05 PM"),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_chats_that_were_pasted(read: Read, heads: tuple[str, ...], gap: str) -> None:
    said = ("is the wiki down?", "yes, since the deploy\nI roll it back", "it is fine again")
    chat = "\n\n".join(f"{head}{gap}{text}" for head, text in zip(heads, said, strict=True))
    events = entries(read, f"# Wiki down\n\nDate: 2024-05-13\n\n{chat}\n")
    assert moments(events) == ["05-13 09:41", "05-13 09:43", "05-13 13:05"]
    assert [event.text.split(": ", 1)[1] for event in events] == [
        "is the wiki down?", "yes, since the deploy I roll it back", "it is fine again"]  # fmt: skip
    assert [event.text.split(":")[0].split()[0].lower()[:3] for event in events] == ["mia", "tom", "mia"]


def test_a_chat_as_a_browser_copies_it(read: Read) -> None:
    chat = "Mia Chen\n  9:41 AM\nis it down?\nTom Oduya\n  9:43 AM\nyes\nrolling back\nMia Chen\n  9:59 AM\nup again\n"
    events = entries(read, f"# Wiki down\n\nDate: 2024-05-13\n\n{chat}")
    assert [(moment, event.text) for moment, event in zip(moments(events), events, strict=True)] == [
        ("05-13 09:41", "Mia Chen: is it down?"), ("05-13 09:43", "Tom Oduya: yes rolling back"), ("05-13 09:59", "Mia Chen: up again")]  # fmt: skip


def test_comments_that_tell_only_their_day(read: Read) -> None:
    text = "# Queue stuck\n\nocto-dev commented on Aug 14, 2023\n\nMy branch is stuck.\n\nbright commented on Aug 15, 2023 •\n\nMine too.\n"
    assert [(event.when.text, event.text) for event in entries(read, text)] == [
        ("Aug 14, 2023", "octo-dev: My branch is stuck."), ("Aug 15, 2023", "bright: Mine too.")]  # fmt: skip


def test_a_long_message_is_cut_and_days_between_messages_move_on(read: Read) -> None:
    chat = "# Wiki\n\nMonday, May 13th\n\nMia Chen  9:41 AM\n" + "word " * 200 + "\n\nTuesday, May 14th\n\nTom Oduya  8:00 AM\nok\n\nMia Chen  8:05 AM\nbye\n"
    events = entries(read, f"Date: 2024-05-13\n\n{chat}")
    assert moments(events) == ["05-13 09:41", "05-14 08:00", "05-14 08:05"]
    assert len(events[0].text) < 330
    assert events[0].text.endswith("…")


def test_marks_of_chats_are_read_from_the_message_and_not_from_the_name(read: Read) -> None:
    chat = "# Wiki\n\nDate: 2024-05-13\n\nMia Chen  9:41 AM\noutage begins\n\nTom Oduya  9:43 AM\nlooking\n\nMia Chen  10:05 AM\noutage ends\n"
    assert marked(entries(read, chat)) == {"started": "05-13 09:41", "resolved": "05-13 10:05"}


def test_what_is_no_thread(read: Read) -> None:
    terse = "# x\n\nDate: 2024-05-13\n\n## Timeline\n\nRollout 10:02\nNew nodes.\n\nErrors 10:05\nMany.\n\nRollback 10:15\nOld nodes.\n"
    assert [event.text for event in entries(read, terse)] == ["Rollout New nodes.", "Errors Many.", "Rollback Old nodes."]
    page = "# x\n\nLast updated 2024-05-13 10:00\n\nThe wiki was down.\n\nPublished by Mia 2024-05-13 09:00\n\nWe are sorry.\n"
    assert entries(read, page) == []
    hours = "# x\n\nOpening hours of the desk:\n\nMonday 10:00\nby phone\n\nLunch 12:30\nnobody\n\nMonday 14:00\nby phone\n"
    assert all(event.text.startswith("Monday") is False for event in entries(read, hours))


def test_a_chat_below_a_timeline_is_what_it_was_made_from(read: Read) -> None:
    line = "# x\n\nDate: 2024-06-04\n\n## Timeline\n\n- 22:40 the update is out\n- 23:25 reverted\n- 23:50 imports end again\n\n## Chat\n\n"
    assert [event.text for event in entries(read, line + THREAD)] == ["the update is out", "reverted", "imports end again"]


OFFSETS = "| {} | What |\n|---|---|\n| 0 | the migration begins |\n| 5 | first alert fires |\n| 75 | a node is back |\n| 205 | end of incident |\n"


@pytest.mark.parametrize("head", ["T+", "min", "Minutes", "Δ", "T+ (min)", "Minutes after start"])
@pytest.mark.parametrize(
    "base",
    [
        "Times are minutes after the migration was started, 10:02 p.m.",
        "T0 = 22:02 UTC",
        "T+0 is 22:02",
        "Minutes since the migration began (22:02 UTC).",
        "T-zero: 22:02",
    ],
)
def test_a_column_of_minutes_from_a_stated_beginning(read: Read, head: str, base: str) -> None:
    events = entries(read, f"# x\n\nDate: 2024-02-27\n\n## Course\n\n{base}\n\n{OFFSETS.format(head)}")
    assert moments(events) == ["02-27 22:02", "02-27 22:07", "02-27 23:17", "02-28 01:27"]
    assert events[1].text == "first alert fires"
    assert "5" in events[1].when.text
    assert events[0].when.zone == ("UTC" if "UTC" in base else None)
    assert marked(events)["resolved"] == "02-28 01:27"


def test_offsets_in_lists_and_lines(read: Read) -> None:
    items = "- T+0 deploy\n- T+5: first alert\n- T+00:14 page\n- +20 min rollback\n- t+1h05 done\n"
    for base in ("(T0 = 14:03 UTC)", "All times are relative to the deploy at 14:03 UTC."):
        events = entries(read, f"# x\n\nDate: 2024-02-27\n\n## Timeline\n\n{base}\n\n{items}")
        assert moments(events) == ["02-27 14:03", "02-27 14:08", "02-27 14:17", "02-27 14:23", "02-27 15:08"]
        assert [event.when.text for event in events] == ["T+0", "T+5", "T+00:14", "+20 min", "t+1h05"]
        assert [event.text for event in events] == ["deploy", "first alert", "page", "rollback", "done"]
    own = entries(read, "# x\n\nDate: 2024-02-27\n\nT-10 the change is announced\n\nT+0 (14:03) the deploy\n\nT+5 the first alert\n\nT+40 the end\n")
    assert moments(own) == ["02-27 13:53", "02-27 14:03", "02-27 14:08", "02-27 14:43"]


def test_columns_set_with_spaces(read: Read) -> None:
    text = (
        "x\n=\n\n:Date of incident: 2024-02-27\n\nCourse\n------\n\nTimes are minutes after the switch, 6:02 p.m.\n\n"
        "======  ======================\nT+      Event\n======  ======================\n0       Switch is thrown\n3       Half of the nodes are\n"
        "        gone, and stay so\n21      Desk calls\n======  ======================\n\nNotes\n-----\n\n4 nodes were lost.\n"
    )
    events = entries(read, text)
    assert [(moment, event.when.text, event.text) for moment, event in zip(moments(events), events, strict=True)] == [
        ("02-27 18:02", "T+0", "Switch is thrown"),
        ("02-27 18:05", "T+3", "Half of the nodes are gone, and stay so"),
        ("02-27 18:23", "T+21", "Desk calls"),
    ]


def test_without_a_beginning_no_moment_is_made_up(read: Read) -> None:
    events = entries(read, f"# x\n\nDate: 2024-02-27\n\n## Timeline\n\n{OFFSETS.format('T+')}")
    assert [event.when.at for event in events] == [None] * 4
    assert [event.marker for event in events] == [None] * 4
    assert [event.when.text for event in events] == ["T+0", "T+5", "T+75", "T+205"]
    assert entries(read, f"# x\n\nDate: 2024-02-27\n\n## Numbers\n\n{OFFSETS.format('T+')}") == []


def test_what_is_no_offset(read: Read) -> None:
    tower = "# x\n\nDate: 2024-02-27\n\n## Timeline\n\nT0 = 14:03\n\n- 14:03 T4 is dark\n- 14:10 T4 is dark still\n- 14:30 T4 has light\n"
    assert moments(entries(read, tower)) == ["02-27 14:03", "02-27 14:10", "02-27 14:30"]
    numbers = "| min | max | note |\n|---|---|---|\n| 3 | 7 | a few of them |\n| 4 | 8 | some of them |\n| 5 | 9 | most of them |\n"
    assert entries(read, f"# x\n\nDate: 2024-02-27\n\nT0 = 14:03 UTC\n\n{numbers}") == []
    prose = "30 minutes after the deploy at 14:03 the errors rose."
    assert [e.when.at for e in entries(read, f"# x\n\nDate: 2024-02-27\n\n## Timeline\n\n{prose}\n\n{OFFSETS.format('T+')}")] == [None] * 4


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("start fri 8th 22:40, found tues 12th 10:22, back tues 13:06", ["11-08 22:40", "11-12 10:22", None, "11-12 13:06"]),
        ("Began 10:02, noticed 10:15, mitigated 10:40, over 11:05", ["11-12 10:02", "11-12 10:15", "11-12 10:40", "11-12 11:05"]),
        ("Impact: 10:02 start / 10:40 end", ["11-12 10:02", None, None, "11-12 10:40"]),
        ("The outage began at 23:50, was noticed at 00:15 and was over at 01:05.", ["11-12 23:50", "11-13 00:15", None, "11-13 01:05"]),
        ("Down 22:40 on the 28th; found 12th 10:22; fixed 14th 13:06", ["10-28 22:40", "11-12 10:22", None, "11-14 13:06"]),
        ("Start: 10:02, detected: 10:15, end: 11:05", ["11-12 10:02", "11-12 10:15", None, "11-12 11:05"]),
        ("Incident began at 2024-11-08 22:40 and ended at 2024-11-09 01:06 (all times are local).", ["11-08 22:40", None, None, "11-09 01:06"]),
        ("Started 8 Nov 22:40 | found 12 Nov 10:22 | resolved 12 Nov 13:06", ["11-08 22:40", "11-12 10:22", None, "11-12 13:06"]),
    ],
)
@pytest.mark.parametrize("place", ["{}", "- {}", "## Timeline\n\n{}"])
def test_a_line_that_names_the_phases(read: Read, line: str, expected: list[str | None], place: str) -> None:
    found = marked(entries(read, f"# Reminders\n\nDate: 2024-11-12\n\nText that tells of it.\n\n{place.format(line)}\n"))
    assert [found.get(name) for name in ("started", "detected", "mitigated", "resolved")] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("start fri 8th 22:40, found tues 12th 10:22, back tues 13:06", ["11-08 22:40", "11-12 10:22", "11-12 13:06"]),
        ("down fri 22:40, found tuesday 10:22, up 13:06", ["11-08 22:40", "11-12 10:22", "11-12 13:06"]),
        ("down 22:40 on the 28th; found 12th 10:22; fixed 14th 13:06", ["10-28 22:40", "11-12 10:22", "11-14 13:06"]),
    ],
)
def test_a_message_that_names_the_phases_looks_back_from_its_own_day(read: Read, line: str, expected: list[str]) -> None:
    found = marked(entries(read, f"# Reminders\n\nDate: 2024-11-12\n\n[14/11/2024 15:03] Jo W: {line}\n"))
    assert [found.get(name) for name in ("started", "detected", "resolved")] == expected


def test_the_phases_of_a_message_count_before_the_words_of_others(read: Read) -> None:
    events = entries(
        read,
        "# Reminders\n\n[12/11/2024 10:07] Shaz R: 23 no-shows, anyone?\n[12/11/2024 10:20] Col: first errors began friday\n"
        "[12/11/2024 13:06] Col: all services restored\n[14/11/2024 15:03] Jo W: start fri 8th 22:40, found tues 12th 10:22, back tues 13:06\n",
    )
    assert marked(events) == {"started": "11-08 22:40", "detected": "11-12 10:22", "resolved": "11-12 13:06"}
    assert [event.when.text for event in events if event.marker] == ["fri 8th 22:40", "tues 12th 10:22", "tues 13:06"]
    assert len(events) == 7


@pytest.mark.parametrize(
    "line",
    [
        "The outage began at 10:02.",
        "Maintenance started at 10:02 and ended at 10:30.",
        "We started the deploy at 10:02, and the dashboards were back at 10:30.",
        "It began at 10:02 and ended at 10:30.",
        "start of the meeting 10:02, lunch 12:30, end of the meeting 14:00",
        "started 1.2.3, found 4.5.6",
    ],
)
def test_what_names_no_phases(read: Read, line: str) -> None:
    assert [e.marker for e in entries(read, f"# x\n\nDate: 2024-11-12\n\nWe tell of it.\n\n{line}\n")] == []


def test_clocks_of_twelve_and_of_twenty_four_hours_mixed(read: Read) -> None:
    down = "# x\n\nDate: 2024-12-03\n\n## Log, newest on top\n\n- 1:20pm queue empty\n- 12:52 back\n- 12:41 panel hangs\n- 12:13 restart\n- 11:58 mail out\n"
    assert moments(entries(read, down.replace("Log,", "Timeline,"))) == [
        "12-03 11:58", "12-03 12:13", "12-03 12:41", "12-03 12:52", "12-03 13:20"]  # fmt: skip
    up = "# x\n\nDate: 2024-12-03\n\n## Timeline\n\n- 11:30 AM mail out\n- 12:52 back\n- 1:05 queue drains\n- 1:20 queue empty\n- 2:00 PM closed\n"
    assert moments(entries(read, up)) == ["12-03 11:30", "12-03 12:52", "12-03 13:05", "12-03 13:20", "12-03 14:00"]
    night = "# x\n\nDate: 2024-12-03\n\n## Timeline\n\n- 11:50 PM mail out\n- 12:10 errors\n- 1:05 queue drains\n- 01:20 AM closed\n"
    assert moments(entries(read, night)) == ["12-03 23:50", "12-04 00:10", "12-04 01:05", "12-04 01:20"]
    full = "# x\n\nDate: 2024-12-03\n\n## Timeline\n\n- 22:50 mail out\n- 1:05 queue drains\n- 7:20 closed\n"
    assert moments(entries(read, full)) == ["12-03 22:50", "12-04 01:05", "12-04 07:20"]


@pytest.mark.parametrize(
    ("written", "moment", "zone"),
    [
        ("07:52 – 08:27 we call", "12-03 07:52", None),
        ("07:52 UTC - 08:27 UTC we call", "12-03 07:52", "UTC"),
        ("07:52 to 08:27 CET we call", "12-03 07:52", "CET"),
        ("1:05 – 2:10 PM we call", "12-03 13:05", None),
        ("11:05 – 1:10 PM we call", "12-03 11:05", None),
        ("**22:40 – Wed 03:10**: we call", "12-03 22:40", None),
    ],
)
def test_of_two_moments_the_first_counts(read: Read, written: str, moment: str, zone: str | None) -> None:
    events = entries(read, f"# x\n\nDate: 2024-12-03\n\n## Timeline\n\n- {written}\n")
    assert [(m, e.when.zone, e.text) for m, e in zip(moments(events), events, strict=True)] == [(moment, zone, "we call")]


def test_tables_without_a_head_and_what_stands_below_them(read: Read) -> None:
    rows = [("18:51", "the roll-over starts at 18:50"), ("19:03", "storage dead"), ("23:30", "open again")]
    expected = [("12-03 18:51", "the roll-over starts at 18:50"), ("12-03 19:03", "storage dead"), ("12-03 23:30", "open again")]
    html = "<h2>Timeline</h2>\n<table>\n" + "".join(f"<tr><td>{at}</td><td>{text}</td></tr>\n" for at, text in rows) + "</table>\n<p>Thank you all.</p>\n"
    pipes = "## Timeline\n\n" + "".join(f"| {at} | {text} |\n" for at, text in rows) + "\nThank you all.\n"
    ruled = "## Timeline\n\n| | |\n|---|---|\n" + "".join(f"| {at} | {text} |\n" for at, text in rows) + "\nThank you all.\n"
    first = "## Timeline\n\n| 18:51 | the roll-over starts at 18:50 |\n|---|---|\n" + "".join(f"| {a} | {t} |\n" for a, t in rows[1:]) + "\nThank you all.\n"
    for table in (html, pipes, ruled, first):
        events = entries(read, f"# x\n\nDate: 2024-12-03\n\n{table}")
        assert list(zip(moments(events), (e.text for e in events), strict=True)) == expected, table


def test_a_row_of_nothing_but_moments_is_no_entry(read: Read) -> None:
    table = "| Started | Detected | Resolved |\n|---|---|---|\n| 10:02 | 10:15 | 11:05 |\n"
    assert entries(read, f"# x\n\nDate: 2024-12-04\n\n## Timeline\n\n{table}") == []


def test_a_status_in_a_table(read: Read) -> None:
    table = "| Time | Status | Message |\n|---|---|---|\n| 09:50 | Investigating | Pages load very slowly |\n| 10:20 | Monitoring | A node was replaced |\n| 11:00 | Resolved | All is well again |\n"
    events = entries(read, f"# x\n\nDate: 2024-12-03\n\n## Timeline\n\n{table}")
    assert [event.text for event in events] == [
        "Investigating: Pages load very slowly", "Monitoring: A node was replaced", "Resolved: All is well again"]  # fmt: skip
    assert marked(events) == {"detected": "12-03 09:50", "mitigated": "12-03 10:20", "resolved": "12-03 11:00"}


@pytest.mark.parametrize("name", ["WEDNESDAY", "**Wednesday**", "### Wednesday morning", "Wed 4th", "### Wednesday (the 4th)", "### 4 December", "2024-12-04"])
def test_a_days_name_alone_is_the_day_of_what_follows(read: Read, name: str) -> None:
    log = "6:52 am  Desk: no carts\n6:55 am  Desk: same here\n7:10 am  Desk: 14 calls\n"
    assert moments(entries(read, f"Carts\n\nDate: 2024-12-03\n\n{name}\n\n{log}")) == ["12-04 06:52", "12-04 06:55", "12-04 07:10"]
    inside = f"# Carts\n\nDate: 2024-12-03\n\n## Timeline\n\n- 22:00 the rule is changed\n\n{name}\n\n- 23:10 the desk calls\n- 23:50 the rule is back\n"
    assert moments(entries(read, inside)) == ["12-03 22:00", "12-04 23:10", "12-04 23:50"]


def test_weekdays_around_the_incidents(read: Read) -> None:
    line = "# x\n\nDate: 2024-12-04\n\n## Timeline\n\n{}"
    before = line.format("### Monday\n\n- 22:00 patched\n\n### Tuesday\n\n- 08:00 quiet\n\n### Wednesday\n\n- 09:00 the desk calls\n")
    assert moments(entries(read, before)) == ["12-02 22:00", "12-03 08:00", "12-04 09:00"]
    friday = line.format("- 09:00 the desk calls\n- Mon 9th 16:40 open to jobs\n")
    assert moments(entries(read, friday)) == ["12-04 09:00", "12-09 16:40"]
    newest = line.format("### Thursday\n\n- 10:00 closed\n- 09:00 back\n\n### Wednesday\n\n- 23:00 no change\n- 22:00 the desk calls\n- 21:00 patched\n")
    assert moments(entries(read, newest)) == ["12-04 21:00", "12-04 22:00", "12-04 23:00", "12-05 09:00", "12-05 10:00"]


def test_a_weekday_that_stands_for_no_day(read: Read) -> None:
    text = "# x\n\nDate: 2024-12-04\n\nMonday\n\nis when we meet.\n\n- 09:00 the desk calls\n- 09:10 again\n- 09:20 fixed\n"
    assert moments(entries(read, text)) == ["12-04 09:00", "12-04 09:10", "12-04 09:20"]


@pytest.mark.parametrize("text", ["Outage ends", "**Outage ends.** Start of incident review", "outage is over, backlog started to drain", "impact ended"])
def test_an_entry_that_begins_with_the_end_is_the_end(read: Read, text: str) -> None:
    events = entries(read, f"# x\n\nDate: 2024-12-04\n\n## Timeline\n\n- 09:00 Outage begins\n- 09:40 {text}\n")
    assert marked(events) == {"started": "12-04 09:00", "resolved": "12-04 09:40"}
