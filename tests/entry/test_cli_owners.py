"""Owners by git, ownership files and rotation feeds, from the command line to the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.adapters.owners.git_builder import ALICE, BOB, BOT, Builder, module

from postmortem_actions.entry.cli.main import run

RCA = """# Slow orders

Date: 2026-11-16
Service: orders-api

## Root cause

The query in `src/orders/db.py` had no index on orders.customer_id and took 30 s.

## Detection

There was no alert on slow queries of orders-api; customers told us after 50 minutes.
"""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART:20261116T090000Z
DTEND:20261123T090000Z
SUMMARY:On call: Alice
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20261101T000000Z
DTSTART:20261123T090000Z
DTEND:20261130T090000Z
SUMMARY:On call: Bob
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTAMP:20261101T000000Z
DTSTART:20261130T090000Z
DTEND:20261207T090000Z
SUMMARY:On call: Cara
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rca.md").write_text(RCA, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repo(place: Path) -> Builder:
    made = Builder(place / "code")
    made.commit(ALICE, "2026-01-05", {"src/orders/db.py": module(20), "src/ui/page.py": module(5, "p")})
    for n, day in enumerate(("2026-08-03", "2026-09-07", "2026-10-12", "2026-11-02"), 30):
        made.commit(BOB, day, {"src/orders/db.py": module(n)})
    made.commit(ALICE, "2026-09-20", {"src/orders/db.py": module(34)})
    made.commit(BOT, "2026-11-10", {"src/orders/db.py": module(50)})
    return made


def plan(capsys: pytest.CaptureFixture[str], *options: str) -> dict:  # type: ignore[type-arg]
    assert run(["plan", "rca.md", "--today", "2026-11-23", "--json", *options]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_the_direct_owner_is_who_works_on_the_code_and_says_why(
    repo: Builder, capsys: pytest.CaptureFixture[str]
) -> None:
    made = plan(capsys, "--repo", "code", "--ownership-model", "direct-owner")
    index = next(a for a in made["actions"] if a["title"].startswith("Add an index"))
    assert index["owner"]["person"] == "Bob Ray"
    assert "src/orders/db.py in 4 of" in index["owner"]["why"]
    assert index["backup"]["person"] == "Alice Smith"
    text = json.dumps(made)
    assert "corp.example" not in text
    assert "dependabot" not in text


def test_who_has_left_is_never_proposed(
    repo: Builder, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "postmortem-actions.toml").write_text(
        '[ownership]\nrepo = "code"\nleft = ["Bob Ray"]\n', encoding="utf-8"
    )
    made = plan(capsys, "--ownership-model", "direct-owner")
    assert {a["owner"]["person"] for a in made["actions"]} == {"Alice Smith"}


def test_codeowners_name_the_module_owner_and_a_team_needs_its_lead(
    repo: Builder, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit(ALICE, "2026-11-11", {"CODEOWNERS": "/src/orders/ @acme/checkout\n"})
    open_one = plan(capsys, "--repo", "code")
    index = next(a for a in open_one["actions"] if a["title"].startswith("Add an index"))
    assert index["owner"]["person"] is None
    assert "acme/checkout is a team" in index["owner"]["why"]
    (place / "postmortem-actions.toml").write_text(
        '[teams.checkout]\nmembers = ["dora", "emil"]\nlead = "dora"\n', encoding="utf-8"
    )
    made = plan(capsys, "--repo", "code")
    index = next(a for a in made["actions"] if a["title"].startswith("Add an index"))
    assert index["owner"]["person"] == "@dora"
    assert "CODEOWNERS:1" in index["owner"]["why"]


def test_the_rotation_feed_gives_turns_to_who_comes_on_call_after_the_incident(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("icalendar", reason="the 'oncall' extra is not installed")
    (place / "oncall.ics").write_text(CALENDAR.replace("\n", "\r\n"), encoding="utf-8")
    (place / "postmortem-actions.toml").write_text('[rotation]\nsource = "oncall.ics"\n', encoding="utf-8")
    made = plan(capsys, "--ownership-model", "team-rotation")
    owners = [a["owner"]["person"] for a in made["actions"]]
    assert owners[:2] == ["Bob", "Cara"]
    assert "2026-11-23" in made["actions"][0]["owner"]["why"]


def test_a_source_that_fails_costs_its_answers_and_not_the_plan(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "postmortem-actions.toml").write_text(
        '[ownership]\nrepo = "nowhere"\n[rotation]\nsource = "pagerduty:PX1"\n', encoding="utf-8"
    )
    made = plan(capsys)
    told = {p["message"]: p["fix"] for p in made["problems"] if p["code"] == "owners-unread"}
    assert any("git" in message and "no such folder" in message for message in told)
    assert any("PAGERDUTY_TOKEN is not set" in message for message in told)
    assert made["actions"]


def test_dates_that_an_owners_room_forbids_are_told_with_choices(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "postmortem-actions.toml").write_text(
        '[people.alice]\nname = "Alice Smith"\nowns = ["orders-api", "orders"]\nshare = 0.1\n'
        'away = ["2026-11-24..2026-12-04"]\n',
        encoding="utf-8",
    )
    made = plan(capsys)
    (load,) = made["loads"]
    assert (load["person"], load["share"]) == ("@alice", 0.1)
    assert load["days_after"] > load["days_before"] == 0
    told = [p for p in made["problems"] if p["code"] == "date-cannot-be-kept"]
    assert told
    assert all("@alice" in p["message"] for p in told)
    assert all(p["fix"].startswith("Accept 20") for p in told)


def test_work_promised_by_earlier_plans_counts_before_this_one(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = place / "postmortem-actions.toml"
    people = '[people.alice]\nowns = ["orders-api", "orders"]\n[people.bob]\nowns = ["orders-api"]\n'
    config.write_text(people, encoding="utf-8")
    assert run(["plan", "rca.md", "--today", "2026-11-20", "-q", "-o", "first"]) == 0
    first = {load["person"]: load for load in plan(capsys)["loads"]}
    config.write_text(people + '[ownership]\nplans = ["first/plan.json", "gone.json"]\n', encoding="utf-8")
    made = plan(capsys)
    second = {load["person"]: load for load in made["loads"]}
    for name, load in first.items():
        assert second[name]["days_before"] == load["days_after"]
        assert second[name]["p0s_before"] == load["p0s_after"]
    assert any("gone.json is not counted" in problem["message"] for problem in made["problems"])


def test_nobody_owns_more_than_the_limit_where_another_could(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = '[people.alice]\nowns = ["orders-api", "orders"]\n[people.bob]\nowns = ["orders-api"]\n'
    (place / "postmortem-actions.toml").write_text(people + "[ownership]\nlimit = 2\n", encoding="utf-8")
    made = plan(capsys)
    held = [action["owner"]["person"] for action in made["actions"]]
    assert held.count("@alice") <= 2
    assert held.count("@bob") <= 2
    if len(held) > 4:
        assert "nobody-has-room" in {problem["code"] for problem in made["problems"]}


def test_days_away_by_a_calendar_leave_no_room(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("icalendar", reason="the 'oncall' extra is not installed")
    away = CALENDAR.split("BEGIN:VEVENT")[0] + (
        "BEGIN:VEVENT\nUID:9\nDTSTAMP:20261101T000000Z\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261209\n"
        "SUMMARY:Alice Smith - vacation\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    (place / "away.ics").write_text(away.replace("\n", "\r\n"), encoding="utf-8")
    people = '[people.alice]\nname = "Alice Smith"\nowns = ["orders-api", "orders"]\n'
    config = place / "postmortem-actions.toml"
    config.write_text(people, encoding="utf-8")
    (here,) = plan(capsys)["loads"]
    config.write_text(people + '[rotation]\nabsences = "away.ics"\n', encoding="utf-8")
    (gone,) = plan(capsys)["loads"]
    assert gone["days_after"] == here["days_after"]
    assert gone["busy_until"] > here["busy_until"]
