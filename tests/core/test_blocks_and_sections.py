"""Blocks, headings and units: every line keeps its number and gets the meaning of where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from postmortem_actions.core.model import Sentence
from postmortem_actions.core.parse.blocks import BlockKind, blocks, split_cells
from postmortem_actions.core.parse.inline import links, plain
from postmortem_actions.core.parse.normalise import normalise
from postmortem_actions.core.parse.sections import Unit, is_placeholder

Units = Callable[[str], list[Unit]]
Sentences = Callable[[str], list[Sentence]]


def of(sentences: list[Sentence], words: str) -> Sentence:
    return next(s for s in sentences if words in s.text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("**Root** _cause_: `users.email`", "Root cause: users.email"),
        ("see [the PR](https://example.org/1) and ![x](y.png)", "see the PR and x"),
        ("snake_case_name and 2*3*4 stay", "snake_case_name and 2*3*4 stay"),
        ("`a*b*c` in ``code``", "a*b*c in code"),
        ("''wiki'' [[Page|shown]] [https://e.org there]", "wiki shown there"),
        (":code:`x` `text <http://e.org>`_", "x text"),
        ("5 &lt; 6 <b>bold</b> ~~gone~~", "5 < 6 bold gone"),
    ],
)
def test_inline_markup_is_taken_off_and_identifiers_stay(raw: str, text: str) -> None:
    assert plain(raw) == text


def test_links_keep_their_address() -> None:
    assert links("done in [#12](https://e.org/issues/12)") == (("#12", "https://e.org/issues/12"),)


def test_blocks_know_their_lines() -> None:
    text = "# Title\n\nOne\ntwo\n\n- [x] item\n  more\n\n| A | B |\n|---|---|\n| 1 | a\\|b |\n\n```\n# no heading\n```\n"
    found = blocks(normalise(text)[0])
    assert [(b.kind, b.span.start) for b in found] == [
        (BlockKind.HEADING, 1), (BlockKind.LINE, 3), (BlockKind.LINE, 4), (BlockKind.ITEM, 6), (BlockKind.LINE, 7),
        (BlockKind.ROW, 9), (BlockKind.ROW, 11), (BlockKind.CODE, 13),
    ]  # fmt: skip
    assert found[3].checked is True
    assert found[6].cells == ("1", "a|b")
    assert found[6].header == ("A", "B")


def test_a_table_without_a_ruler_is_a_table() -> None:
    found = blocks(normalise("| **08:20** | update |\n| **08:40** | alert |\n")[0])
    assert [b.cells for b in found] == [("08:20", "update"), ("08:40", "alert")]
    assert split_cells("| a | `b | c` |")[0] == "a"


def test_a_document_inside_one_fence_is_read() -> None:
    text = "```markdown\n# RCA: x\n\n## Root cause\n\nThe disk was full.\n\n```sql\nSELECT 1;\n```\n\n## Impact\n\nAll users\n```\n"
    found = blocks(normalise(text)[0])
    assert [b.text for b in found if b.kind is BlockKind.HEADING] == ["RCA: x", "Root cause", "Impact"]
    assert next(b for b in found if b.text == "Impact").span.start == 12


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("== Root cause ==\n\nA disk.\n\n== Impact ==\n\nAll\n", "Root cause"),
        ("Root cause\n~~~~~~~~~~\n\nA disk.\n", "Root cause"),
        ("h2. Root cause\n\nA disk.\n", "Root cause"),
        ("**Root cause**\n\nA disk.\n", "Root cause"),
        ("Root cause:\n\nA disk.\n", "Root cause"),
        ("## 🌱 3) Root cause (final)\n\nA disk.\n", "Root cause"),
    ],
)
def test_headings_in_every_notation_give_their_role(text: str, heading: str, sentences_of: Sentences) -> None:
    sentence = of(sentences_of(text), "A disk.")
    assert sentence.roles[:1] == ("root_cause",)
    assert sentence.span.start == text.split("\n").index("A disk.") + 1


def test_labels_give_their_role_to_their_own_text_only(sentences_of: Sentences) -> None:
    found = sentences_of("## Summary\n\n**Root cause:** the disk was full.\n\nAll is well.\n")
    assert of(found, "disk").roles[0] == "root_cause"
    assert of(found, "All is well").roles == ("summary",)


def test_a_meaning_depends_on_where_it_stands(sentences_of: Sentences) -> None:
    text = "## Action items\n\n### Detection\n\n- Add an alert\n\n## Detection gaps\n\n**Fix:**\n\n- Lower the threshold\n"
    found = sentences_of(text)
    assert of(found, "Add an alert").roles == ("action_class", "action_item")
    assert of(found, "Lower the threshold").roles[0] == "action_preview"


def test_the_title_says_nothing_about_the_sections_below(sentences_of: Sentences) -> None:
    assert of(sentences_of("# Root Cause Analysis: x\n\n## Summary\n\nIt broke.\n"), "broke").roles == ("summary",)


@pytest.mark.parametrize("text", ["[Name]", "TBD", "N/A", "YYYY-MM-DD", "{{ owner }}", "??", "X hours Y minutes", "$X"])
def test_placeholders_mean_missing(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["None of the hosts answered", "5 hours", "Dana", "SEV-2"])
def test_words_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_template_residue_and_comments_are_no_text(units_of: Units, sentences_of: Sentences) -> None:
    text = "## Impact\n\n*Describe how users were hit by this incident*\n\n<!-- a\nb -->\n\n[Describe]\n\nAll users.\n"
    assert [s.text for s in sentences_of(text)] == ["Impact", "All users."]
    assert sum(unit.residue for unit in units_of(text)) == 2


def test_sentences_run_over_lines_and_stop_at_abbreviations(sentences_of: Sentences) -> None:
    found = sentences_of("The disk, i.e. the root\nvolume, was full. It had 20 GB, approx. Nothing else\nbroke.\n")
    assert [(s.text[:8], s.span.start, s.span.end) for s in found] == [
        ("The disk", 1, 2), ("It had 2", 2, 3),
    ]  # fmt: skip
