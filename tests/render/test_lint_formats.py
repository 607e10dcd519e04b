"""Lint findings as text, JSON, workflow commands and SARIF."""

from __future__ import annotations

import json
import re

from postmortem_actions import __version__
from postmortem_actions.core.lint import CODES, Finding
from postmortem_actions.core.model import Severity
from postmortem_actions.render import lint_github, lint_json, lint_sarif, lint_text

ERROR = Finding("PMA101", Severity.ERROR, "“Improve: 100%, now” is vague", "Say the verb.", "docs/a b.md", 12)
WARNING = Finding("PMA401", Severity.WARNING, "no\ndue date\r\nhere", "Set a day.", "docs/x,y:z%.md", 3)
INFO = Finding("PMA404", Severity.INFO, "::error::no priority | 日本", "Say how urgent.", "sub\\plan.md", 1)
FINDINGS = (ERROR, WARNING, INFO)


def test_json_has_exactly_the_published_keys() -> None:
    rows = json.loads(lint_json.render(FINDINGS))
    assert [list(row) for row in rows] == [["code", "severity", "message", "fix", "path", "line"]] * 3
    assert rows[0] == {
        "code": "PMA101", "severity": "error", "message": ERROR.message, "fix": "Say the verb.",
        "path": "docs/a b.md", "line": 12,
    }  # fmt: skip
    assert [row["severity"] for row in rows] == ["error", "warning", "info"]
    assert "日本" in lint_json.render(FINDINGS)


def test_json_of_no_finding_is_an_empty_list() -> None:
    assert json.loads(lint_json.render(())) == []


def _command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command taken apart as the runner does: properties by comma, then unescaped."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert match, line

    def plain(text: str) -> str:
        for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, sign)
        return text

    pairs = (part.split("=", 1) for part in match.group(2).split(","))
    return match.group(1), {key: plain(value) for key, value in pairs}, plain(match.group(3))


def test_github_is_one_line_a_finding_and_reads_back() -> None:
    lines = lint_github.render(FINDINGS).splitlines()
    assert len(lines) == 3
    commands = [_command(line) for line in lines]
    assert [command for command, _, _ in commands] == ["error", "warning", "notice"]
    for finding, (_, properties, message) in zip(FINDINGS, commands, strict=True):
        assert properties == {"file": finding.path, "line": str(finding.line), "title": finding.code}
        assert message == f"{finding.message}. {finding.fix}"


def test_github_escapes_what_would_end_a_command_or_a_property() -> None:
    line = lint_github.render([WARNING])
    assert line == (
        "::warning file=docs/x%2Cy%3Az%25.md,line=3,title=PMA401::no%0Adue date%0D%0Ahere. Set a day.\n"
    )
    # The message's colons and commas stay; its per cent signs do not.
    assert "Improve: 100%25, now" in lint_github.render([ERROR])
    # A text that looks like an escape comes back as it was.
    tricky = Finding("PMA101", Severity.ERROR, "%0A::error::x", "y", "p.md", 1)
    assert _command(lint_github.render([tricky]).rstrip("\n"))[2] == "%0A::error::x. y"


def test_github_says_nothing_where_there_is_nothing() -> None:
    assert lint_github.render(()) == ""


def test_sarif_has_one_run_with_all_rules() -> None:
    log = json.loads(lint_sarif.render(FINDINGS))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    assert len(log["runs"]) == 1
    driver = log["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("postmortem-actions", __version__)
    assert [rule["id"] for rule in driver["rules"]] == list(CODES)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"] == CODES[rule["id"]].name
        assert rule["help"]["text"] == CODES[rule["id"]].fix
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert re.fullmatch(r"([A-Z0-9]\w*)+", rule["name"])


def test_sarif_results_point_to_their_rule_and_place() -> None:
    run = json.loads(lint_sarif.render(FINDINGS))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    for finding, result in zip(FINDINGS, run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        assert result["message"]["text"] == f"{finding.message}. {finding.fix}"
        place = result["locations"][0]["physicalLocation"]
        assert place["region"] == {"startLine": finding.line}
    assert run["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sub/plan.md"


def test_sarif_of_no_finding_is_a_run_without_results() -> None:
    run = json.loads(lint_sarif.render(()))["runs"][0]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"]


def test_sarif_places_are_valid_uris() -> None:
    result = json.loads(lint_sarif.render([ERROR]))["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "docs/a%20b.md"


def test_text_names_place_and_mending_then_counts() -> None:
    lines = lint_text.render([ERROR, INFO]).splitlines()
    assert lines[0] == f"docs/a b.md:12: error PMA101 {ERROR.message}"
    assert lines[1] == "    Say the verb."
    assert lines[-1] == "2 findings: 1 error, 0 warning, 1 info"


def test_text_of_no_finding_says_so() -> None:
    assert lint_text.render(()).startswith("No findings")
