"""The linter: each code fires on what it is for, and not on the mended form; ignores need reasons."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.regenerate import REPOSITORY

from postmortem_actions import lint, plan, render_plan, wire
from postmortem_actions.core.lint import CODES, exit_code

TODAY = date(2025, 3, 4)
HEAD = "# Search down\n\n## Root cause\n\nThe index job had no limit.\n\n## Action items\n\n"
TABLE = "| Action | Owner | Priority | Due | Done when |\n| --- | --- | --- | --- | --- |\n"
GOOD = (
    "| Limit the index job to 4 workers in its config | @ana | P0 | 2025-03-14 | A test with 10 workers is refused |\n"
    "| Add an alert on the age of the oldest message in the index queue | @ben | P1 | 2025-03-21 | A blocked queue pages within 5 minutes |\n"
    "| Write a runbook for a full index queue | @cho | P1 | 2025-03-28 | Two engineers followed it in staging |\n"
)


def _row(
    action: str,
    owner: str = "@ana",
    priority: str = "P0",
    due: str = "2025-03-14",
    done: str = "A test shows it",
) -> str:
    return f"| {action} | {owner} | {priority} | {due} | {done} |\n"


def _codes(rows: str) -> set[str]:
    return {finding.code for finding in lint(HEAD + TABLE + rows, "rca.md", TODAY)}


def test_a_good_list_has_no_finding() -> None:
    assert not lint(HEAD + TABLE + GOOD, "rca.md", TODAY)


CASES = {
    "PMA101": (_row("Improve the monitoring"), _row("Add an alert on the error rate of search above 1%")),
    "PMA102": (_row("Investigate why the queue grows", due=""), _row("Find out within 5 days why the queue grows and decide on a limit")),
    "PMA104": (_row("Retrain the engineer who ran the script"), _row("Refuse migrations without a plan in CI")),
    "PMA201": (_row("Limit the job to 4 workers", owner=""), _row("Limit the job to 4 workers")),
    "PMA202": (_row("Limit the job to 4 workers", owner="Platform team"), _row("Limit the job to 4 workers", owner="@ben")),
    "PMA203": (_row("Limit the job to 4 workers", owner="@ana, @ben"), _row("Limit the job to 4 workers", owner="@ana")),
    "PMA301": (_row("Limit the job to 4 workers", done=""), _row("Limit the job to 4 workers")),
    "PMA302": (_row("Limit the job to 4 workers", done="Deployed"), _row("Limit the job to 4 workers", done="A test with 10 workers is refused")),
    "PMA401": (_row("Limit the job to 4 workers", due=""), _row("Limit the job to 4 workers")),
    "PMA402": (_row("Limit the job to 4 workers", due="2025-02-01"), _row("Limit the job to 4 workers")),
    "PMA404": (GOOD + _row("Cap the memory of the importer", priority=""), GOOD),
    "PMA501": (
        GOOD + _row("Limit the index job to 4 workers"),
        GOOD + _row("Alert when the dump of the search database is older than a day"),
    ),
    "PMA602": (_row("Limit the job to 4 workers"), GOOD),
    "PMA603": (_row("Limit the job to 4 workers"), GOOD),
    "PMA605": (_row("Train engineers on the index job"), GOOD + _row("Train engineers on the index job", priority="P2")),
    "PMA606": ("".join(_row(f"Add an alert on signal number {n} of queue {n}", priority="P1") for n in range(20)), GOOD),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_a_code_fires_on_what_it_is_for_and_not_on_the_mended_form(code: str) -> None:
    bad, mended = CASES[code]
    assert code in _codes(bad)
    assert code not in _codes(mended)


def test_only_weak_actions_are_told() -> None:
    weak = _row("Document the limits of the index job") + _row("Remind everyone of the index job's limits")
    assert "PMA604" in _codes(weak)
    assert "PMA604" not in _codes(GOOD)


def test_a_plan_without_a_p0_or_p1_for_the_root_cause_is_told() -> None:
    plan = (REPOSITORY / "examples/orders-api-timeout/output/plan.md").read_text(encoding="utf-8")
    low = plan.replace("| P0 |", "| P3 |").replace("| P1 |", "| P3 |")
    assert "PMA601" in {finding.code for finding in lint(low, "plan.md", date(2025, 1, 16))}


def test_a_due_date_beyond_the_policy_of_a_plan_is_told() -> None:
    plan = (REPOSITORY / "examples/orders-api-timeout/output/plan.md").read_text(encoding="utf-8")
    late = plan.replace("2025-01-22", "2025-06-30")
    assert "PMA403" in {finding.code for finding in lint(late, "plan.md", date(2025, 1, 16))}


def test_several_actions_in_one_are_told() -> None:
    assert "PMA103" in _codes(
        _row("Add an alert on disk usage, write a runbook for full disks and rotate the logs daily")
    )


def test_a_document_without_actions_is_told() -> None:
    findings = lint("# Lunch\n\nWe had soup.\n", "lunch.md", TODAY)
    assert [finding.code for finding in findings] == ["PMA900"]
    assert exit_code(findings) == 0


def test_each_finding_names_line_message_and_mending() -> None:
    text = HEAD + TABLE + _row("Improve the monitoring", owner="", due="", done="")
    line = text.split("\n").index(next(row for row in text.split("\n") if "Improve" in row)) + 1
    findings = lint(text, "docs/rca.md", TODAY)
    own = [finding for finding in findings if finding.code in ("PMA101", "PMA201", "PMA301", "PMA401")]
    assert len(own) == 4
    for finding in own:
        assert (finding.line, finding.path) == (line, "docs/rca.md")
        assert finding.message
        assert finding.fix
    assert exit_code(findings) == 1


@pytest.mark.parametrize(
    "document",
    [
        "## Action items\n\n- [ ] Improve monitoring\n- [ ] Add an alert on disk usage (@ana, by 2025-03-20)\n",
        "Action items\n============\n\n1. Improve monitoring\n2. Add an alert on disk usage\n",
        "## Follow-ups\n\n* Improve monitoring - Ana\n",
    ],
)
def test_lists_as_people_write_them_are_read(document: str) -> None:
    assert "PMA101" in {finding.code for finding in lint(document, "rca.md", TODAY)}


def test_an_ignore_with_a_reason_covers_its_line_and_the_next() -> None:
    row = _row("Improve the monitoring")
    text = (
        HEAD
        + "- <!-- pma-lint: ignore PMA101 reason: our word for project M --> \n- Improve the monitoring\n"
    )
    assert "PMA101" not in {finding.code for finding in lint(text, "rca.md", TODAY)}
    bare = HEAD + TABLE + row.rstrip("\n") + " <!-- pma-lint: ignore PMA101 -->\n"
    assert {"PMA101", "PMA901"} <= {finding.code for finding in lint(bare, "rca.md", TODAY)}


def test_an_ignore_for_the_file_and_one_that_matches_nothing() -> None:
    text = (
        "<!-- pma-lint: ignore-file PMA101 reason: drafts -->\n"
        + HEAD
        + TABLE
        + _row("Improve the monitoring")
    )
    assert "PMA101" not in {finding.code for finding in lint(text, "rca.md", TODAY)}
    unused = "<!-- pma-lint: ignore-file PMA104 reason: none -->\n" + HEAD + TABLE + GOOD
    assert {finding.code for finding in lint(unused, "rca.md", TODAY)} == {"PMA902"}


@pytest.mark.parametrize("case", ["orders-api-timeout", "payment-api-timeout", "pii-in-logs"])
def test_our_own_plans_pass_except_for_owners_that_are_unknown(case: str) -> None:
    text = (REPOSITORY / f"examples/{case}/output/plan.md").read_text(encoding="utf-8")
    codes = {finding.code for finding in lint(text, "plan.md", date(2025, 1, 13))}
    assert codes <= {"PMA204", "PMA403", "PMA701"}
    if case == "orders-api-timeout":
        assert codes == {"PMA701"}


def test_slots_of_artifacts_that_nobody_filled_are_counted() -> None:
    text = HEAD + TABLE + GOOD + "\n```yaml\nrunbook_url: TODO(runbook_url)\na: TODO(action A3: limit)\nb: TODO(limit)\n```\n"
    (found,) = [one for one in lint(text, "plan.md", TODAY) if one.code == "PMA701"]
    assert found.message == "2 slots of artifacts are still to be filled in: limit (2 times), runbook_url"
    assert text.splitlines()[found.line - 1] == "runbook_url: TODO(runbook_url)"


def test_words_that_flag_and_words_that_pass() -> None:
    knowledge = wire.ports().lint_knowledge()
    checked = 0
    for name in ("vague", "blame", "weak", "training", "uncheckable"):
        words = getattr(knowledge, name)
        for text in words.flag:
            assert words.found(text), f"{name} must flag {text!r}"
            checked += 1
        for text in words.passes:
            assert not words.found(text), f"{name} must not flag {text!r}"
            checked += 1
    assert checked > 30


def test_every_code_has_a_case_here() -> None:
    told_elsewhere = {"PMA701", "PMA103", "PMA204", "PMA403", "PMA601", "PMA604", "PMA900", "PMA901", "PMA902"}
    assert set(CODES) == set(CASES) | told_elsewhere


# --- every code in docs/lint.md, with examples that are true -----------------------------------------

COLUMNS = ("action", "owner", "priority", "due", "done when")
DOCUMENT = (REPOSITORY / "docs/lint.md").read_text(encoding="utf-8")
DOCUMENTED = {
    code: (name, body)
    for code, name, body in re.findall(r"(?ms)^### (PMA\d{3}): ([^\n]+)\n(.*?)(?=^##)", DOCUMENT)
}


def _examples(kind: str) -> list[tuple[str, dict[str, str]]]:
    """(code, cells) of each example that names columns of a row."""
    found = []
    for code, (_, body) in DOCUMENTED.items():
        said = next(line for line in body.split("\n") if line.startswith(f"- {kind}: "))
        cells = dict(re.findall(r"\b(action|owner|priority|due|done when) `([^`]*)`", said))
        if cells:
            found.append((code, cells))
    return found


def _shown(cells: dict[str, str]) -> str:
    ordinary = {"action": "Cap the memory of the importer at 2 GB", "owner": "@ana", "priority": "P1",
                "due": "2025-03-14", "done when": "A test with 3 GB is refused"}  # fmt: skip
    return "| " + " | ".join({**ordinary, **cells}[column] for column in COLUMNS) + " |\n"


def test_every_code_is_documented_with_why_and_examples() -> None:
    assert list(DOCUMENTED) == list(CODES)
    for code, (name, body) in DOCUMENTED.items():
        assert name == CODES[code].name
        why, bad, good = body.strip().split("\n- ")
        assert len(why.split()) >= 5, f"{code} does not say why"
        assert bad.startswith("Bad: ")
        assert good.startswith("Good: ")


@pytest.mark.parametrize(("code", "cells"), _examples("Bad"), ids=lambda value: str(value)[:6])
def test_the_bad_example_of_the_document_is_found(code: str, cells: dict[str, str]) -> None:
    findings = lint(HEAD + TABLE + GOOD + _shown(cells), "rca.md", TODAY)
    # The row is the fourth of the table, which begins below the head and its two lines.
    assert code in {f.code for f in findings if f.line == (HEAD + TABLE + GOOD).count("\n") + 1}


@pytest.mark.parametrize(("code", "cells"), _examples("Good"), ids=lambda value: str(value)[:6])
def test_the_good_example_of_the_document_has_no_finding(code: str, cells: dict[str, str]) -> None:
    assert [finding.code for finding in lint(HEAD + TABLE + GOOD + _shown(cells), "rca.md", TODAY)] == []


def test_most_codes_on_one_action_have_an_example_that_is_run() -> None:
    bad = {code for code, _ in _examples("Bad")}
    assert bad == {code for code in CODES if code < "PMA600"} - {"PMA403"}


# --- what is read, and how it is judged --------------------------------------------------------------


def test_words_without_an_end_are_flagged_unless_something_bounds_them() -> None:
    knowledge = wire.ports().lint_knowledge()
    assert knowledge.open_ended.flag
    assert knowledge.open_ended.passes
    for text in knowledge.open_ended.flag:
        assert knowledge.open_ended.found(text)
        assert not knowledge.bounded.found(text), f"{text!r} must not count as bounded"
    for text in knowledge.open_ended.passes:
        assert not knowledge.open_ended.found(text) or knowledge.bounded.found(text), text


def test_an_unresolved_owner_is_told_as_such_and_not_as_missing() -> None:
    codes = _codes(GOOD + _row("Cap the memory of the importer", owner="unresolved (importer)"))
    assert "PMA204" in codes
    assert not codes & {"PMA201", "PMA202", "PMA203"}


@pytest.mark.parametrize("case", ["orders-api-timeout", "payment-api-timeout", "pii-in-logs"])
def test_a_plan_is_judged_alike_in_markdown_and_json(case: str) -> None:
    made = plan(str(REPOSITORY / f"examples/{case}/rca.md"), today=date(2025, 1, 13))
    late = date(2025, 1, 13)
    markdown = lint(render_plan(made), "plan.md", late)
    from_json = lint(render_plan(made, "json"), "plan.json", late)
    assert sorted(f.code for f in markdown) == sorted(f.code for f in from_json)
    # A fault put into both is found in both.
    index = next(n for n, action in enumerate(made.actions) if action.owner.person)
    owner = made.actions[index].owner.person
    assert owner is not None
    broken = [render_plan(made, kind).replace(owner, "Platform team") for kind in ("markdown", "json")]
    for text in broken:
        assert "PMA202" in {f.code for f in lint(text, "plan", late)}


@pytest.mark.parametrize(
    ("rows", "code"),
    [(GOOD, 0), (GOOD + _row("Cap the memory of the importer", priority="P1", due=""), 0),
     (GOOD + _row("Cap the memory of the importer", owner=""), 1)],
)  # fmt: skip
def test_only_errors_fail(rows: str, code: int) -> None:
    assert exit_code(lint(HEAD + TABLE + rows, "rca.md", TODAY)) == code


def test_a_closed_action_is_not_blamed_for_owner_or_date() -> None:
    text = "## Action items\n\n- [x] Limit the index job to 4 workers\n- [ ] Cap the memory of the importer\n"
    told = {(f.line, f.code) for f in lint(text, "rca.md", TODAY)}
    assert not [code for line, code in told if line == 3 and code in ("PMA201", "PMA301", "PMA401")]
    assert {(4, "PMA201"), (4, "PMA401")} <= told


def test_an_ignore_takes_several_codes_and_reaches_no_further_than_the_next_line() -> None:
    text = (
        "## Action items\n\n"
        "- Improve the monitoring <!-- pma-lint: ignore PMA101, PMA201 reason: agreed with Ana -->\n"
        "- Better documentation\n- Improve the logging\n"
    )
    told = {(f.line, f.code) for f in lint(text, "rca.md", TODAY)}
    assert not told & {(3, "PMA101"), (3, "PMA201"), (4, "PMA101"), (4, "PMA201")}
    assert {(5, "PMA101"), (5, "PMA201")} <= told


def test_an_ignore_of_one_code_leaves_the_others() -> None:
    text = (
        "## Action items\n\n"
        "- Improve the monitoring <!-- pma-lint: ignore PMA101 reason: agreed with Ana -->\n"
    )
    codes = {f.code for f in lint(text, "rca.md", TODAY)}
    assert "PMA101" not in codes
    assert "PMA201" in codes


def test_a_duplicate_is_told_once_at_the_later_line() -> None:
    findings = lint(
        HEAD + TABLE + GOOD + _row("Limit the index job to 4 workers", priority="P1"), "rca.md", TODAY
    )
    (found,) = [f for f in findings if f.code == "PMA501"]
    first = (HEAD + TABLE).count("\n") + 1
    assert found.line == first + 3
    assert f"line {first}" in found.message


def test_findings_come_in_the_order_of_their_lines() -> None:
    rows = "".join(
        _row(f"Improve the {name}", owner="", due="") for name in ("monitoring", "logging", "tests")
    )
    findings = lint(HEAD + TABLE + rows, "rca.md", TODAY)
    assert [f.line for f in findings] == sorted(f.line for f in findings)
    assert findings == lint(HEAD + TABLE + rows, "rca.md", TODAY)


def test_overdue_depends_on_the_day_that_is_given() -> None:
    text = HEAD + TABLE + GOOD
    assert not [f for f in lint(text, "rca.md", date(2025, 3, 14)) if f.code == "PMA402"]
    assert [f.code for f in lint(text, "rca.md", date(2025, 3, 15))] == ["PMA402"]


@pytest.mark.parametrize(
    ("owner", "wanted"),
    [
        ("TBD", "PMA201"), ("n/a", "PMA201"), ("SRE", "PMA202"), ("@platform", "PMA202"), ("Ana Álvarez", None),
        ("@ana", None), ("Ana / Ben", "PMA203"), ("@ana and @ben", "PMA203"),
        pytest.param("-", "PMA201"),
        pytest.param("—", "PMA201"),
        pytest.param("ana@example.org", None),
        pytest.param("@sre-anna", None),
    ],
)  # fmt: skip
def test_owners_as_people_write_them(owner: str, wanted: str | None) -> None:
    codes = _codes(GOOD + _row("Cap the memory of the importer at 2 GB", owner=owner))
    assert {code for code in codes if code.startswith("PMA2")} == ({wanted} if wanted else set())


def test_a_finding_quotes_the_owner_whole() -> None:
    findings = lint(
        HEAD + TABLE + GOOD + _row("Cap the memory", owner="unresolved (importer)"), "rca.md", TODAY
    )
    assert "unresolved (importer)" in next(f.message for f in findings if f.code == "PMA204")
