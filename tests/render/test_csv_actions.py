"""The actions as CSV: one row each, as a spreadsheet reads them, and no cell that it would run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from postmortem_actions.core.model import Plan
from postmortem_actions.render.csv_actions import COLUMNS
from postmortem_actions.render.registry import renderer


def _text(plan: Plan) -> str:
    return renderer("csv").render(plan)


def _rows(plan: Plan) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_text(plan), newline=""), strict=True))


def test_there_is_a_row_for_each_action_kept_and_deferred(rich_plan: Plan) -> None:
    rows = _rows(rich_plan)
    assert [(row["id"], row["state"]) for row in rows] == [
        ("A1", "kept"), ("A2", "kept"), ("A3", "kept"), ("A4", "kept"), ("A5", "kept"), ("D1", "deferred"),
    ]  # fmt: skip
    assert [bool(row["reason_deferred"]) for row in rows] == [False] * 5 + [True]
    assert all(None not in row and None not in row.values() for row in rows)


def test_a_plan_without_actions_is_the_head_alone(minimal_plan: Plan) -> None:
    assert _text(minimal_plan) == ",".join(COLUMNS) + "\r\n"


def test_lines_end_as_the_rfc_says(rich_plan: Plan) -> None:
    first, *rest = rich_plan.actions
    text = _text(replace(rich_plan, actions=(replace(first, statement='one\ntwo, "three"'), *rest)))
    assert text.endswith("\r\n")
    assert '"one\ntwo, ""three"""' in text
    assert (
        _rows(replace(rich_plan, actions=(replace(first, statement="one\ntwo"), *rest)))[0]["statement"]
        == "one\ntwo"
    )


def test_a_row_says_what_the_action_says(rich_plan: Plan) -> None:
    row = _rows(rich_plan)[0]
    action = rich_plan.actions[0]
    assert row["title"] == action.title
    assert row["statement"] == action.statement
    assert row["done_when"] == "; ".join(action.done_when)
    assert (row["priority"], row["category"], row["impact"], row["effort"], row["strength"]) == (
        "P0", "prevention", "high", "S", "strong",
    )  # fmt: skip
    assert row["due"] == "2025-03-07"
    assert row["evidence_lines"] == " ".join(f"L{n}-{n + 2}" for n in range(40, 47))
    assert row["origin"] == "stated: L12 | L13"
    assert row["ticket"] == "OPS-1|2"
    second = _rows(rich_plan)[1]
    assert second["depends_on"] == "A1"
    assert second["ticket"] == ""


def test_an_owner_nobody_knows_is_unresolved_and_no_date_is_empty(rich_plan: Plan) -> None:
    rows = {row["id"]: row for row in _rows(rich_plan)}
    assert rows["A3"]["owner"] == "unresolved"
    assert rows["A3"]["owner_why"] == "no evidence names anybody"
    assert rows["A4"]["due"] == rows["A5"]["due"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_run_by_a_spreadsheet(rich_plan: Plan, start: str) -> None:
    first, *rest = rich_plan.actions
    text = f'{start}HYPERLINK("http://evil.example")'
    danger = replace(
        first,
        title=text,
        statement=text,
        done_when=(text,),
        ticket=text,
        owner=replace(first.owner, person=text),
    )
    row = _rows(replace(rich_plan, actions=(danger, *rest)))[0]
    for column in ("title", "statement", "done_when", "ticket", "owner"):
        assert row[column] == f"'{text}"


def test_a_handle_is_text_and_still_legible(rich_plan: Plan) -> None:
    rows = {row["id"]: row for row in _rows(rich_plan)}
    assert rows["A1"]["owner"] == "'@ana"
    assert rows["A4"]["owner"].startswith("'=cmd")


@pytest.mark.parametrize("number", ["-5", "+49 30 123", "-0.5 %"])
def test_a_figure_is_left_alone(rich_plan: Plan, number: str) -> None:
    first, *rest = rich_plan.actions
    assert _rows(replace(rich_plan, actions=(replace(first, title=number), *rest)))[0]["title"] == number


@pytest.mark.parametrize("formula", ["-1+cmd|'/c calc'!A1", '+1+HYPERLINK("http://evil.example")', "=1+1"])
def test_a_formula_that_begins_with_a_figure_is_not_run_either(rich_plan: Plan, formula: str) -> None:
    first, *rest = rich_plan.actions
    row = _rows(replace(rich_plan, actions=(replace(first, title=formula), *rest)))[0]
    assert row["title"] == f"'{formula}"
