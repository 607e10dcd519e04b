"""Rendered plans: well-formed whatever the text, the same plan back from JSON, one safe page of HTML."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from tests.regenerate import REPOSITORY

from postmortem_actions import Plan, plan, render_plan
from postmortem_actions.core.model import Artifact
from postmortem_actions.errors import PlanFormatError
from postmortem_actions.render.json_plan import from_json
from postmortem_actions.render.schema import plan_schema_text

NASTY = (
    'a|b `c|d` *e* _f_ <script>alert(1)</script> [x](javascript:alert(2)) & "q" \\ # 1) ``` ✓ 日本 '
    + "long " * 30
)
NESTED = "# Runbook\n\n````sql\nSELECT 1;\n````\n\n```\nplain\n```\n~~~\ntilde\n~~~\n</textarea></script>\n"


@pytest.fixture(scope="module")
def ordinary() -> Plan:
    """The plan of an example."""
    return plan(str(REPOSITORY / "examples/orders-api-timeout/rca.md"), today=date(2025, 1, 16))


@pytest.fixture(scope="module")
def nasty(ordinary: Plan) -> Plan:
    """The same plan with text that would break a careless renderer."""
    first, *rest = ordinary.actions
    bad = replace(
        first, title=NASTY, statement=NASTY, rationale=NASTY, steps=(NASTY, "2) two"), done_when=(NASTY,),
        artifact=Artifact("markdown", NESTED, title=NASTY, path="docs/x.md"), remarks=(NASTY,),
        verification=replace(first.verification, method=NASTY, artifact=Artifact("sql", "SELECT '```';\n")),
    )  # fmt: skip
    incident = replace(ordinary.incident, title=NASTY)
    own, *others = ordinary.validation.actions
    validation = replace(ordinary.validation, actions=(replace(own, verification=bad.verification), *others))
    return replace(
        ordinary, actions=(bad, *rest), incident=incident, open_questions=(NASTY,), validation=validation
    )


def _tables(text: str) -> list[tuple[int, list[int]]]:
    """(columns of the head, columns of each row) of every table, as a reader of Markdown sees them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    tables: list[tuple[int, list[int]]] = []
    count, head = 0, True
    for token in tokens:
        if token.type == "table_open":
            tables.append((0, []))
        elif token.type == "tr_open":
            count = 0
        elif token.type in ("th_open", "td_open"):
            count, head = count + 1, token.type == "th_open"
        elif token.type == "tr_close":
            if head:
                tables[-1] = (count, tables[-1][1])
            else:
                tables[-1][1].append(count)
    return tables


@pytest.mark.parametrize("which", ["ordinary", "nasty"])
def test_markdown_has_the_sections_in_order_and_whole_tables(
    which: str, request: pytest.FixtureRequest
) -> None:
    made: Plan = request.getfixturevalue(which)
    text = render_plan(made)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    headings = [
        tokens[n + 1].content
        for n, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]
    assert [int(heading.split(")")[0]) for heading in headings] == list(range(11))
    first = next(table for table in _tables(text) if table[0] == 8)
    assert len(first[1]) == len(made.actions)
    assert all(set(rows) <= {columns} for columns, rows in _tables(text))
    assert not re.search(r"[✅✔☑]", text.replace(NASTY.split()[-1], ""))


@pytest.mark.parametrize("which", ["ordinary", "nasty"])
def test_artifacts_are_in_the_markdown_byte_for_byte(which: str, request: pytest.FixtureRequest) -> None:
    made: Plan = request.getfixturevalue(which)
    fences = [t.content for t in MarkdownIt("commonmark").parse(render_plan(made)) if t.type == "fence"]
    for action in made.actions:
        for artifact in (action.artifact, action.verification.artifact):
            if artifact is not None:
                assert artifact.body.rstrip("\n") + "\n" in fences


def test_markdown_text_cannot_break_out(nasty: Plan) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(render_plan(nasty))
    inline = [child for token in tokens for child in token.children or []]
    assert not [t for t in tokens if t.type == "html_block"]
    assert not [t for t in inline if t.type == "html_inline"]
    assert not [t for t in inline if t.type == "link_open" and "javascript" in str(t.attrs.get("href"))]


@pytest.mark.parametrize("which", ["ordinary", "nasty"])
def test_json_reads_back_to_the_same_plan(which: str, request: pytest.FixtureRequest) -> None:
    made: Plan = request.getfixturevalue(which)
    assert from_json(render_plan(made, "json")) == made


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.pop("actions"), "actions"),
        (lambda d: d["actions"][0].pop("title"), "title"),
        (lambda d: d["actions"][0].update(priority="P9"), "P9"),
        (lambda d: d["actions"][0]["due"].update(on="soon"), "soon"),
        (lambda d: d.update(surprise=1), "surprise"),
    ],
)
def test_a_plan_file_that_is_wrong_is_told_with_its_place(change, says: str, ordinary: Plan) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(render_plan(ordinary, "json"))
    change(document)
    with pytest.raises(PlanFormatError) as error:
        from_json(json.dumps(document))
    assert says in str(error.value)


def test_a_file_that_is_no_json_is_told() -> None:
    with pytest.raises(PlanFormatError):
        from_json("{ not json")


def test_the_published_schema_is_the_one_of_the_model() -> None:
    published = (REPOSITORY / "src/postmortem_actions/data/schema/plan.schema.json").read_text(
        encoding="utf-8"
    )
    assert published == plan_schema_text()


def test_json_fits_the_schema_and_the_schema_refuses_what_does_not(nasty: Plan) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(plan_schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(render_plan(nasty, "json"))
    jsonschema.validate(document, schema)
    document["actions"][0]["effort"] = "XL"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_html_is_self_contained_and_escapes_everything(nasty: Plan) -> None:
    text = render_plan(nasty, "html")
    assert "<script>alert(1)" not in text
    page = _Page()
    page.feed(text)
    for tag, attrs in page.tags:
        for name in ("src", "href", "action"):
            value = attrs.get(name) or ""
            assert not re.match(r"(?i)\s*(https?:|//|javascript:)", value), (tag, value)
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
    html = next(attrs for tag, attrs in page.tags if tag == "html")
    assert html.get("lang") == "en"
    assert sum(tag == "h1" for tag, _ in page.tags) == 1
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")


def test_csv_has_a_row_for_every_action_and_no_formula(nasty: Plan) -> None:
    first, *rest = nasty.actions
    danger = replace(nasty, actions=(replace(first, title="=HYPERLINK(1)"), *rest))
    rows = list(csv.DictReader(io.StringIO(render_plan(danger, "csv"))))
    kept = {row["id"]: row for row in rows}
    assert set(kept) >= {action.id for action in nasty.actions}
    assert not kept["A1"]["title" if "title" in kept["A1"] else "action"].startswith("=")
    assert len({len(row) for row in rows}) == 1
