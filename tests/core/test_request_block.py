"""What is a request block, what is the RCA in it, and which line everything keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem_actions.core.request_block import RequestBlock, parse_request_block
from postmortem_actions.errors import RequestError


def block(text: str) -> RequestBlock:
    found = parse_request_block(text, "req.md")
    assert found is not None
    return found


def values(found: RequestBlock) -> dict[str, str]:
    return {value.name: value.text for value in found.values}


def test_inline_rca_keeps_the_lines_of_the_file() -> None:
    text = "\n/postmortem-actions\nSCOPE: team\nRCA: # Mail queue stuck\n\nThe worker died.\nCAPACITY: low\n"
    found = block(text)
    assert values(found) == {"scope": "team", "capacity": "low"}
    assert [value.line for value in found.values] == [3, 7]
    assert found.rca is not None
    lines = found.rca.split("\n")
    assert lines[3] == "# Mail queue stuck"
    assert lines[5] == "The worker died."
    assert [line for line in lines if line] == ["# Mail queue stuck", "The worker died."]


def test_indented_rca_after_a_bar_loses_its_indent_only() -> None:
    found = block("scope: org\nrca: |\n    # Title\n\n    - a\n        code\nDue-Date-Policy: none\n")
    assert found.rca is not None
    assert found.rca.split("\n")[2:6] == ["# Title", "", "- a", "    code"]
    assert values(found) == {"scope": "org", "due_date_policy": "none"}


@pytest.mark.parametrize("mark", ["|", "|-", ">", ""])
def test_rca_may_begin_on_the_next_line(mark: str) -> None:
    found = block(f"/postmortem-actions\nRCA: {mark}\nThe disk was full.\n")
    assert found.rca == "\n\nThe disk was full.\n"
    assert found.rca_line == 3


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        ("https://wiki.example/pm/7?x=1", "https://wiki.example/pm/7?x=1"),
        ("<https://wiki.example/pm/7>", "https://wiki.example/pm/7"),
        ("[the page](https://wiki.example/pm/7)", "https://wiki.example/pm/7"),
        ("docs/2026 disk full.md", "docs/2026 disk full.md"),
        ("../pm/7.html", "../pm/7.html"),
        ("`pm.txt`", "pm.txt"),
    ],
)
def test_rca_may_be_a_link_or_a_path(value: str, reference: str) -> None:
    found = block(f"/postmortem-actions\nRCA: {value}\nSCOPE: org\n")
    assert (found.reference, found.rca) == (reference, None)
    assert values(found) == {"scope": "org"}


def test_reference_on_the_line_below_the_key() -> None:
    assert block("/postmortem-actions\nSCOPE: org\nRCA:\n  https://wiki.example/7\n").reference is not None


def test_a_link_followed_by_text_is_text() -> None:
    found = block("/postmortem-actions\nRCA: https://wiki.example/7\nThe cache was cold.\n")
    assert found.reference is None
    assert found.rca == "\nhttps://wiki.example/7\nThe cache was cold.\n"


def test_prose_that_holds_slashes_is_no_path() -> None:
    assert block("/postmortem-actions\nRCA: the read/write ratio was off\n").reference is None


@pytest.mark.parametrize(
    "text",
    [
        "# Outage\n\nScope: team\nCapacity: low\n",
        "Scope: all of Europe\n\nRCA: disk full\n",
        "RCA: Outage of the shop\nScope: every shop in Europe\n\nThe disk was full.\n",
        "RCA: docs/7.md\n",
        "Title: x\nSCOPE: team\nRCA: y\n",
        "",
        "\n\n",
    ],
)
def test_documents_are_not_taken_for_request_blocks(text: str) -> None:
    assert parse_request_block(text) is None


def test_running_text_with_a_known_word_stays_in_the_rca() -> None:
    text = (
        "/postmortem-actions\nRCA: Disk full\nScope: all of Europe was hit\nCapacity: the disk had 10 GB\n"
        "```yaml\nSCOPE: org\n```\nSCOPE: team\n"
    )
    found = block(text)
    assert values(found) == {"scope": "team"}
    assert found.rca is not None
    assert "Scope: all of Europe was hit" in found.rca
    assert "SCOPE: org" in found.rca


@pytest.mark.parametrize("line", ["SCOPE: teem", "Scope: teem", "scope: teem"])
def test_a_slip_of_the_pen_is_kept_to_be_told(line: str) -> None:
    assert values(block(f"/postmortem-actions\nRCA: The disk was full.\n{line}\n")) == {"scope": "teem"}


def test_key_lines_without_the_command_need_rca_and_a_setting() -> None:
    found = block("Capacity: high\nRCA: The disk was full.\n")
    assert values(found) == {"capacity": "high"}


def test_text_below_the_keys_is_the_rca_where_none_is_named() -> None:
    found = block("/postmortem-actions\nSCOPE: team\n\n# Disk full\n")
    assert found.rca == "\n\n\n# Disk full\n"


def test_text_beside_a_reference_is_told() -> None:
    found = block("/postmortem-actions\nRCA: a.md\nSCOPE: team\n\nPlease hurry.\n")
    assert found.reference == "a.md"
    assert [(problem.code, problem.line) for problem in found.problems] == [("request-text", 5)]


def test_untouched_placeholders_are_not_values() -> None:
    found = block("/postmortem-actions\nRCA: <paste it here>\nSCOPE: <service|team|org>\n")
    assert found.values == ()
    assert (found.rca, found.reference) == (None, None)
    assert [problem.line for problem in found.problems] == [2, 3]


def test_a_block_pasted_with_its_fence() -> None:
    found = block("```\n/postmortem-actions\nRCA: The disk was full.\nSCOPE: org\n```\n")
    assert found.rca == "\n\nThe disk was full.\n"


def test_a_key_given_twice_is_refused_with_its_lines() -> None:
    with pytest.raises(RequestError) as caught:
        parse_request_block("/postmortem-actions\nSCOPE: org\nSCOPE: team\nRCA: x\n", "req.md")
    assert str(caught.value).startswith("req.md:3: SCOPE is given twice, on lines 2 and 3")


def test_windows_line_ends_and_byte_order_mark() -> None:
    found = block("\ufeff/postmortem-actions\r\nSCOPE: org\r\nRCA: x\r\ny\r\n")
    assert values(found) == {"scope": "org"}
    assert found.rca == "\n\nx\ny\n"


@given(st.text(alphabet=st.sampled_from("RCA: scopeSCOPE|<>`*-\n/ab#"), max_size=200))
def test_any_text_is_a_block_or_not_and_lines_never_move(text: str) -> None:
    try:
        found = parse_request_block("/postmortem-actions\n" + text)
    except RequestError:
        return
    assert found is not None
    if found.rca is not None:
        original = ("/postmortem-actions\n" + text).split("\n")
        for line, kept in zip(original, found.rca.split("\n"), strict=False):
            assert kept.strip() in line
