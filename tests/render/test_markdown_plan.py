"""The Markdown plan as a reader of Markdown sees it: sections, whole tables, artifacts byte for byte."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from postmortem_actions.core.model import Artifact, Plan
from postmortem_actions.render.markdown_actions import EFFORT_WORDS
from postmortem_actions.render.markdown_text import cell, fence, inline, line
from postmortem_actions.render.registry import renderer

HEADINGS = [
    "0) Summary", "1) Action Items (Prioritized Table)", "2) Immediate Actions (P0)", "3) Short-Term Actions (P1)",
    "4) Longer-Term Actions (P2)", "5) Detection Coverage Map", "6) Validation Plan", "7) Tracking Notes",
    "8) Deferred Actions", "9) Assumptions and Open Questions", "10) Traceability",
]  # fmt: skip
PARSER = MarkdownIt("commonmark").enable("table")


def _markdown(plan: Plan) -> str:
    return renderer("markdown").render(plan)


def _seen(text: str) -> str:
    """What a reader sees of an inline text, without the markup."""
    children = PARSER.parseInline(text)[0].children or []
    return "".join("\n" if t.type in ("softbreak", "hardbreak") else t.content for t in children)


def _tables(text: str) -> list[list[list[str]]]:
    """Every table as rows of cells, as seen."""
    tables: list[list[list[str]]] = []
    tokens = PARSER.parse(text)
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type in ("td_open", "th_open"):
            tables[-1][-1].append(_seen(tokens[place + 1].content))
    return tables


def _source_rows(text: str) -> list[str]:
    """Rows of tables as written: outside fences, a line that begins with a pipe."""
    rows, marks = [], ""
    for row in text.split("\n"):
        found = re.match(r"`{3,}", row)
        if found and not marks:
            marks = found.group()
        elif marks and row == marks:
            marks = ""
        elif not marks and row.startswith("|"):
            rows.append(row)
    return rows


def _headings(tokens: list[Token], tag: str) -> list[str]:
    return [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open" and t.tag == tag]


def test_the_sections_0_to_10_stand_in_order(any_plan: Plan) -> None:
    tokens = PARSER.parse(_markdown(any_plan))
    assert _headings(tokens, "h1") == ["Postmortem Action Plan"]
    assert _headings(tokens, "h2") == HEADINGS


def test_every_action_has_its_own_heading_in_the_section_of_its_priority(rich_plan: Plan) -> None:
    tokens = PARSER.parse(_markdown(rich_plan))
    found: dict[str, list[str]] = {}
    section = ""
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            section = tokens[place + 1].content[:2]
        elif token.type == "heading_open" and token.tag == "h3" and section in ("2)", "3)", "4)"):
            found.setdefault(section, []).append(tokens[place + 1].content.split(":")[0])
    assert found == {"2)": ["A1"], "3)": ["A2", "A3"], "4)": ["A4", "A5"]}


def test_tables_have_the_right_columns_whatever_the_text(rich_plan: Plan) -> None:
    text = _markdown(rich_plan)
    tables = _tables(text)
    assert [(len(table[0]), len(table) - 1) for table in tables] == [(8, 5), (5, 2), (6, 1), (4, 5)]
    for table in tables:
        assert {len(row) for row in table} == {len(table[0])}
    # A parser drops cells that are too many, so the pipes of the source are counted too.
    counts = [len(re.findall(r"(?<!\\)\|", row)) - 1 for row in _source_rows(text)]
    assert counts == [8] * 7 + [5] * 4 + [6] * 3 + [4] * 7


def test_a_table_row_says_what_the_action_says(rich_plan: Plan) -> None:
    rows = _tables(_markdown(rich_plan))[0][1:]
    assert [row[0] for row in rows] == ["A1", "A2", "A3", "A4", "A5"]
    assert [row[3] for row in rows] == ["P0", "P1", "P1", "P2", "P3"]
    assert rows[1][2] == rich_plan.actions[1].title
    assert rows[2][5] == "unresolved (team “blue | green”)"
    assert [row[7] for row in rows] == [
        "2025-03-07", "2025-03-28 (beyond its window)", "2025-03-14", "no date", "no date",
    ]  # fmt: skip
    # A pipe in a table is escaped even inside code: there GitHub shows the pipe alone, as asked.
    assert rows[0][2].replace("\\|", "|") == rich_plan.actions[0].title.replace("`", "")


def test_artifacts_are_kept_byte_for_byte(rich_plan: Plan) -> None:
    fences = [(t.info, t.content) for t in PARSER.parse(_markdown(rich_plan)) if t.type == "fence"]
    expected = []
    for action in rich_plan.actions:
        if action.artifact:
            expected.append(action.artifact)
    for entry in rich_plan.validation.actions:
        if entry.verification.artifact:
            expected.append(entry.verification.artifact)
    system = rich_plan.validation.system.artifact
    assert system is not None
    expected.append(system)
    # A fence always ends in a line break; an artifact without one gets it, and nothing else changes.
    assert fences == [(a.language, a.body if a.body.endswith("\n") else a.body + "\n") for a in expected]


@given(st.text(st.sampled_from("`~\n\t a|#<"), max_size=60), st.sampled_from(["sh", "c++", "", "a b`c"]))
def test_no_artifact_breaks_out_of_its_fence(body: str, language: str) -> None:
    lines = fence(Artifact(language, body))
    tokens = PARSER.parse("\n".join([*lines, "", "after"]))
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[0].content == (body if body.endswith("\n") else body + "\n")


WORDS = st.text(st.sampled_from("ab1 *_`|\\<>[]()#&;!~-+.:/{}é"), max_size=40)


@given(WORDS)
def test_a_line_stays_text(text: str) -> None:
    tokens = PARSER.parse(f"x {inline(text)}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {token.type for token in tokens[1].children or []}
    assert kinds <= {"text", "code_inline", "text_special"}, f"{inline(text)!r} became {kinds}"


@given(st.text(st.sampled_from("ab1 *_|<>[]()#&;!~-+.:/{}é"), max_size=40))
def test_a_line_is_shown_as_it_was_written(text: str) -> None:
    assert _seen(f"x {inline(text)}").rstrip() == " ".join(f"x {text}".split())


@pytest.mark.parametrize(
    "text",
    [
        "a \\* b", "a \\| b", "a \\_b_", "C:\\temp", "a `b\\` c",
        pytest.param("C:\\$Recycle"),
        pytest.param("a \\: b"),
    ],
)  # fmt: skip
def test_a_backslash_is_kept(text: str) -> None:
    assert _seen(f"x {inline(text)}") == f"x {text}".replace("`", "")


BLOCK_MARKS = (
    "> 99 % of requests succeed",
    "# of failed jobs is 0",
    "- none",
    "+ one",
    "1) two",
    "2. two",
    "---",
    "~~~ x",
)


@pytest.mark.parametrize("text", BLOCK_MARKS)
def test_a_line_of_its_own_is_a_paragraph(text: str) -> None:
    tokens = PARSER.parse(line(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert _seen(line(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text)
        for text in ("-", "[a]: b")
    ],
)  # fmt: skip
def test_a_mark_alone_is_a_paragraph(text: str) -> None:
    tokens = PARSER.parse(line(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]


def _items(plan: Plan) -> list[str]:
    """The texts of all list items, as seen, without what is nested in them."""
    tokens = PARSER.parse(_markdown(plan))
    return [
        _seen(tokens[n + 2].content)
        for n, token in enumerate(tokens[:-2])
        if token.type == "list_item_open" and tokens[n + 1].type == "paragraph_open"
    ]


@pytest.mark.parametrize("text", BLOCK_MARKS[:3])
@pytest.mark.parametrize("where", ["steps", "done_when"])
def test_a_list_item_that_begins_like_a_block_is_shown_whole(rich_plan: Plan, where: str, text: str) -> None:
    first, *rest = rich_plan.actions
    changed = replace(first, **{where: (text,)})  # type: ignore[arg-type]
    assert text in _items(replace(rich_plan, actions=(changed, *rest)))


@pytest.mark.parametrize("text", [BLOCK_MARKS[0], "[why]: unknown"])
def test_an_open_question_that_begins_like_a_block_is_shown_whole(rich_plan: Plan, text: str) -> None:
    assert text in _items(replace(rich_plan, open_questions=(text,)))


def test_a_list_item_of_the_rca_is_not_shown_as_a_ticked_task(rich_plan: Plan) -> None:
    first, *rest = rich_plan.actions
    ticked = replace(first, done_when=("[x] the limit is live",))
    assert not re.search(r"(?m)^- \[[xX]\] ", _markdown(replace(rich_plan, actions=(ticked, *rest))))


def test_a_title_that_ends_in_a_number_sign_keeps_it(rich_plan: Plan) -> None:
    first, *rest = rich_plan.actions
    titled = replace(first, title="Rewrite the parser in C #")
    tokens = PARSER.parse(_markdown(replace(rich_plan, actions=(titled, *rest))))
    assert "A1: Rewrite the parser in C \\#" in _headings(tokens, "h3")  # shown without the backslash


@given(WORDS)
def test_a_cell_is_one_cell(text: str) -> None:
    table = f"| h | i |\n| --- | --- |\n| {cell(text)} | last |\n"
    rows = _tables(table)
    assert [len(row) for row in rows[0]] == [2, 2]
    assert rows[0][1][1] == "last"


def test_text_of_the_rca_becomes_neither_html_nor_link_nor_picture(rich_plan: Plan) -> None:
    tokens = PARSER.parse(_markdown(rich_plan))
    inline_types = {child.type for token in tokens for child in token.children or []}
    assert "html_block" not in {token.type for token in tokens}
    assert not inline_types & {"html_inline", "link_open", "image", "em_open"}


def test_nothing_is_ticked(any_plan: Plan) -> None:
    assert not re.search(r"[✅✔✓☑]|:white_check_mark:|\[[xX]\]", _markdown(any_plan))


def test_what_is_unknown_is_said_to_be_unknown(minimal_plan: Plan) -> None:
    text = _markdown(minimal_plan)
    assert "**Date**: not stated in the RCA" in text
    assert "- **Users affected**: not stated in the RCA" in text
    assert "- **Total actions**: 0" in text
    assert "The RCA gave nothing to act on" in text
    assert "no action" in text.split("## 10) Traceability")[1]


def test_an_owner_is_only_proposed_and_an_unresolved_one_says_why(rich_plan: Plan) -> None:
    text = _markdown(rich_plan)
    assert "**Owner**: @ana (proposed: maintains the importer (L30))" in text
    assert "**Owner**: unresolved (team “blue | green”): no evidence names anybody" in text


def test_no_line_has_stray_blanks_and_the_file_ends_once(any_plan: Plan) -> None:
    text = _markdown(any_plan)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text


def test_the_same_plan_gives_the_same_text(rich_plan: Plan) -> None:
    assert _markdown(rich_plan) == _markdown(replace(rich_plan))
    assert all(words in _markdown(rich_plan) for words in EFFORT_WORDS.values())


def test_a_formatter_changes_nothing_a_reader_sees(any_plan: Plan) -> None:
    mdformat = pytest.importorskip("mdformat", reason="mdformat is not installed")
    text = _markdown(any_plan)
    plain = MarkdownIt("commonmark")

    def shown(markdown: str) -> str:
        # mdformat alone knows no tables: to it they are prose, in which it folds blanks.
        return re.sub(r" +", " ", plain.render(markdown))

    assert shown(mdformat.text(text)) == shown(text)
