"""What the document itself calls a factor, a lack or a weakness is answered in its own words, or asked about, never passed over."""

from __future__ import annotations

from datetime import date

import pytest

from postmortem_actions import Plan, Request, build_plan, read_rca
from postmortem_actions.core.gap_subjects import headline
from postmortem_actions.core.policy import Capacity, Category

FACTORS = """# Old notices sent again

Date: 2023-01-03

## Root cause

The consumer was stopped for longer than its offsets are kept, and began again with the earliest message.

## Contributing factors

- Resetting offsets is not self-service
- The contact centre has no way to reach a team directly
- The notifier does not check whether a notice was already sent
- The default in the shared module was "opt in"
- No agreed names for environments
"""


def _plan(text: str) -> Plan:
    return build_plan(read_rca(text, "report.md"), Request("report.md", date(2023, 1, 9), capacity=Capacity.HIGH))


def _titles(plan: Plan) -> list[str]:
    return [action.title for action in (*plan.actions, *(entry.action for entry in plan.deferred))]


@pytest.mark.parametrize(
    "title",
    [
        "Make resetting offsets self-service",
        "Give the contact centre a way to reach a team directly",
        "Make the notifier check whether a notice was already sent",
        'Remove the factor: The default in the shared module was "opt in"',
        "Put in place: agreed names for environments",
    ],
)
def test_every_stated_factor_has_an_action_in_its_own_words(title: str) -> None:
    assert title in _titles(_plan(FACTORS))


def test_such_actions_stand_on_the_line_that_says_so() -> None:
    plan = _plan(FACTORS)
    by_title = {action.title: action for action in plan.actions}
    assert by_title["Give the contact centre a way to reach a team directly"].category is Category.RESPONSE
    lines = {
        action.evidence[0].span.start for title, action in by_title.items() if title.startswith(("Make ", "Give ", "Remove the factor"))
    }
    assert {11, 12, 13, 14} <= {line - 1 for line in lines} | lines


@pytest.mark.parametrize(
    "sentence",
    [
        "Customers did not report it for hours.",
        "The engineer did not check the value.",
        "We did not test it.",
        "The outage did not include the mobile app.",
        "It does not retry.",
        "There was no way around it.",
    ],
)
def test_people_and_incidents_are_not_made_to_do_anything(sentence: str) -> None:
    titles = _titles(_plan(f"# Report\n\n## What went poorly\n\n- {sentence}\n"))
    assert not [title for title in titles if title.startswith(("Make ", "Give ")) and "job" not in title]


def test_a_cause_that_no_rule_knows_is_named_in_the_title() -> None:
    text = (
        "# Wrong seats\n\n## Root cause\n\nThe cause was that the seat numbering began at one in the new hall, so every ticket was off.\n"
    )
    titles = _titles(_plan(text))
    assert "Remove the cause: the seat numbering began at one in the new hall" in titles
    assert "Add a regression test: the seat numbering began at one in the new hall" in titles
    assert not any("so that it cannot return" in title for title in titles)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("The root cause was that the job had no deadline, which nobody knew", "the job had no deadline"),
        ("The issue was due to a recent change of the resolver because of a request", "a recent change of the resolver"),
        ("Disk full", "Disk full"),
    ],
)
def test_a_headline_is_the_statement_up_to_where_it_turns(statement: str, told: str) -> None:
    assert headline(statement) == told


def test_a_headline_fits_a_title() -> None:
    long = "the import of the catalogue of all the branches of the library of the university " * 3
    assert len(headline(long)) <= 70
    assert headline(long).endswith("…")


def test_what_went_poorly_and_has_no_action_is_asked_about() -> None:
    text = "# R\n\n## What went poorly\n\n- Three strangers never believed what the sheep had told them\n- The lamp was green\n"
    asked = [question for question in _plan(text).open_questions if "gone poorly" in question]
    assert asked == [
        "What follows from “Three strangers never believed what the sheep had told them” (L5)? "
        "It is said to have gone poorly; no action answers it."
    ]


@pytest.mark.parametrize("lack", ["There was no alert on that.", "There were no checks.", "We did not have these limits.", "No incident."])
def test_a_lack_that_names_nothing_is_answered_by_nothing(lack: str) -> None:
    titles = _titles(_plan(f"# R\n\n## What went poorly\n\n- {lack}\n"))
    assert not [title for title in titles if title.endswith((" that", ": checks", ": these limits", ": incident"))]


def test_a_cause_only_inferred_from_prose_is_not_urgent() -> None:
    text = "# Seats\n\nThe hall was full of strangers because the numbering of seats began at one. We were sorry about it.\n"
    plan = _plan(text)
    removing = [action for action in plan.actions if action.title.startswith("Remove the cause")]
    assert removing
    assert all(action.priority.value != "P0" for action in removing)
    assert all("inferred from prose" in " ".join(action.remarks) for action in removing)


@pytest.mark.parametrize("cause", ["Human error.", "Operator error during the change."])
def test_a_cause_that_stops_at_a_person_asks_what_the_system_let_happen(cause: str) -> None:
    plan = _plan(f"# Seats\n\nDate: 2026-02-03\n\n## Root cause\n\n{cause}\n")
    titles = _titles(plan)
    assert "Find what in the system made this error easy to do or hard to notice" in titles
    assert not [title for title in titles if title.startswith(("Remove the cause", "Add a regression test"))]


@pytest.mark.parametrize(
    ("item", "owner", "title"),
    [
        ("Require a second person for zone changes @kim by 2026-02-20", "kim", "Require a second person for zone changes"),
        ("Send the list of open zones to @kim", None, "Send the list of open zones to @kim"),
    ],
)
def test_a_handle_behind_an_action_is_its_owner(item: str, owner: str | None, title: str) -> None:
    stated = read_rca(f"# Zones\n\n## Action items\n\n- {item}\n", "zones.md").stated_actions[0]
    assert (stated.owner, stated.text) == (owner, title)
