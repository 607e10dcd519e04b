"""The plan as JSON: the same plan comes back, the published schema is the model's, wrong files are told clearly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem_actions.core.codec import decode, encode
from postmortem_actions.core.model import (
    Action,
    Assumption,
    Coverage,
    Due,
    Evidence,
    Fact,
    Incident,
    Length,
    Moment,
    Owner,
    Plan,
    Problem,
    Request,
    Span,
    Verification,
)
from postmortem_actions.errors import PlanFormatError
from postmortem_actions.render.json_plan import SCHEMA_VERSION, from_json, to_json
from postmortem_actions.render.registry import renderer
from postmortem_actions.render.schema import plan_schema, plan_schema_text

Document = dict[str, Any]


def _document(plan: Plan) -> Document:
    read: Document = json.loads(to_json(plan))
    return read


def _told(document: object) -> PlanFormatError:
    with pytest.raises(PlanFormatError) as error:
        from_json(document if isinstance(document, str) else json.dumps(document))
    return error.value


def test_the_same_plan_comes_back(any_plan: Plan) -> None:
    text = to_json(any_plan)
    assert from_json(text) == any_plan
    assert to_json(from_json(text)) == text
    assert renderer("json").render(any_plan) == text


def test_what_is_read_has_the_types_of_the_model(rich_plan: Plan) -> None:
    def walk(one: object, other: object) -> None:
        assert type(one) is type(other)
        if is_dataclass(one):
            for field in fields(one):
                walk(getattr(one, field.name), getattr(other, field.name))
        elif isinstance(one, tuple):
            assert isinstance(other, tuple)
            for left, right in zip(one, other, strict=True):
                walk(left, right)

    walk(from_json(to_json(rich_plan)), rich_plan)


# Lone surrogates cannot be written as UTF-8; nothing that reads a document yields one.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
DAYS = st.dates(date(1970, 1, 1), date(2999, 12, 31))
LINES = st.integers(1, 10**6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.builds(
        Request,
        rca=TEXT,
        today=DAYS,
        given=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    ),
    st.lists(
        st.builds(Assumption, TEXT, TEXT, TEXT, TEXT, st.lists(TEXT, max_size=2).map(tuple)), max_size=2
    ),
    st.lists(st.builds(Problem, TEXT, TEXT, st.none() | LINES, fix=st.none() | TEXT), max_size=2),
    st.builds(Moment, TEXT, at=st.none() | st.datetimes(datetime(1970, 1, 1)), zone=st.none() | TEXT),
    st.floats(0, 1e9, allow_nan=False) | st.integers(0, 10**6),
    st.builds(Owner, st.none() | TEXT, TEXT, st.none() | TEXT),
    st.builds(Due, st.none() | DAYS, TEXT, st.none() | DAYS, st.booleans()),
    st.lists(st.builds(Evidence, TEXT, st.builds(Span, LINES, LINES)), max_size=3),
)
def test_any_plan_comes_back(
    rich_plan: Plan,
    request: Request,
    assumptions: list[Assumption],
    problems: list[Problem],
    moment: Moment,
    minutes: float,
    owner: Owner,
    due: Due,
    evidence: list[Evidence],
) -> None:
    first, *rest = rich_plan.actions
    plan = replace(
        rich_plan, request=request, assumptions=tuple(assumptions), problems=tuple(problems),
        incident=Incident(moment.text, started=moment, time_to_detect=Length(float(minutes), moment.text), trigger=Fact("")),
        actions=(replace(first, owner=owner, due=due, evidence=tuple(evidence)), *rest),
    )  # fmt: skip
    text = to_json(plan)
    assert from_json(text) == plan
    assert from_json(text.encode("utf-8").decode("utf-8")) == plan


def test_the_text_is_plain_json_that_people_can_read(rich_plan: Plan) -> None:
    text = to_json(rich_plan)
    assert text.startswith('{\n  "schema_version": 1,\n')
    assert text.endswith("}\n")
    assert "日本語" in text
    document = json.loads(text)
    assert list(document) == ["schema_version", *(field.name for field in fields(Plan))]
    assert document["actions"][0]["priority"] == "P0"
    assert document["actions"][0]["due"]["on"] == "2025-03-07"
    assert document["incident"]["started"]["at"] == "2025-03-03T10:05:00"


def test_an_older_file_without_a_field_that_has_a_default_is_read(rich_plan: Plan) -> None:
    document = _document(rich_plan)
    del document["open_questions"]
    assert from_json(json.dumps(document)) == replace(rich_plan, open_questions=())


def test_the_published_schema_is_the_generated_one() -> None:
    published = (
        files("postmortem_actions").joinpath("data/schema/plan.schema.json").read_text(encoding="utf-8")
    )
    assert published == plan_schema_text()
    assert json.loads(published) == plan_schema()


def test_the_plan_fits_the_schema(any_plan: Plan) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
        _document(any_plan)
    )


Change = Callable[[Document], object]
# (what is changed, the key that must be named, a word that must explain it)
WRONG: list[tuple[str, Change, str, str]] = [
    ("unknown key", lambda d: d.update(surprise=1), "surprise", "unknown key"),
    ("misspelt key", lambda d: d["actions"][1].update(ownr=d["actions"][1].pop("owner")), "actions[1].ownr", "'owner'"),
    ("missing key", lambda d: d["actions"][0].pop("title"), "actions[0].title", "missing"),
    ("missing section", lambda d: d.pop("coverage"), "coverage", "missing"),
    ("bad choice", lambda d: d["actions"][2].update(priority="P9"), "actions[2].priority", "P0, P1, P2, P3"),
    ("bad date", lambda d: d["actions"][0]["due"].update(on="next week"), "actions[0].due.on", "date"),
    ("bad moment", lambda d: d["incident"]["started"].update(at="noon"), "incident.started.at", "date and time"),
    ("number for text", lambda d: d["actions"][0].update(title=7), "actions[0].title", "text"),
    ("text for a number", lambda d: d["incident"]["blast_radius"].update(user_count="many"), "incident.blast_radius.user_count", "number"),
    ("truth for a number", lambda d: d["problems"][0].update(line=True), "problems[0].line", "whole number"),
    ("text for a truth", lambda d: d["actions"][0].update(blocks_recurrence="yes"), "actions[0].blocks_recurrence", "true or false"),
    ("null", lambda d: d["summary"].update(theme=None), "summary.theme", "null"),
    ("no list", lambda d: d.update(actions={}), "actions", "list"),
    ("text for a list", lambda d: d["actions"][0].update(steps="one"), "actions[0].steps", "list"),
    ("no object", lambda d: d.update(request=[]), "request", "object"),
    ("too short", lambda d: d["coverage"].update(covered=[1, 2, 3]), "coverage.covered", "4"),
    ("deep", lambda d: d["deferred"][0]["action"]["evidence"][0]["span"].pop("end"), "deferred[0].action.evidence[0].span.end", "missing"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key", "says"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_told_with_its_place(rich_plan: Plan, change: Change, key: str, says: str) -> None:
    document = _document(rich_plan)
    change(document)
    error = _told(document)
    assert error.message.startswith(f"{key}: ")
    assert says in error.message
    assert error.fix


@pytest.mark.parametrize(
    "change", [w[1] for w in WRONG if w[0] != "bad moment"], ids=[w[0] for w in WRONG if w[0] != "bad moment"]
)
def test_the_schema_refuses_what_the_reader_refuses(rich_plan: Plan, change: Change) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    document = _document(rich_plan)
    change(document)
    checker = jsonschema.Draft202012Validator(plan_schema(), format_checker=jsonschema.FormatChecker())
    assert not checker.is_valid(document)


@pytest.mark.parametrize("text", ["", "{ not json", "[]", "null", "7", '{"incident": {}}', "[" * 100_000])
def test_what_is_no_plan_is_told(text: str) -> None:
    assert _told(text).fix


def test_another_version_is_told(rich_plan: Plan) -> None:
    document = _document(rich_plan)
    document["schema_version"] = SCHEMA_VERSION + 1
    assert str(SCHEMA_VERSION + 1) in _told(document).message


@pytest.mark.parametrize("kind", [Action, Verification, Coverage])
def test_an_empty_object_names_the_first_key_that_is_missing(kind: type) -> None:
    with pytest.raises(PlanFormatError, match=f"^here.{fields(kind)[0].name}: is missing"):
        decode(kind, {}, "here")


def test_enums_and_dates_are_written_as_their_words(rich_plan: Plan) -> None:
    def walk(value: object) -> None:
        assert not isinstance(value, (Enum, date, tuple))
        assert value is None or isinstance(value, (dict, list, str, bool, int, float))
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)

    walk(encode(rich_plan))
