"""``pma plan``: every way in, every way out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

Call = Callable[..., Any]
TODAY = ("--today", "2026-03-04")


def plan(ran: Any) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def given(found: dict[str, Any]) -> dict[str, str]:
    return dict(found["request"]["given"])


def root_cause_line(found: dict[str, Any]) -> int:
    line: int = found["incident"]["root_causes"][0]["evidence"]["span"]["start"]
    return line


def test_a_pipe_gets_the_markdown_plan_and_nothing_else(pma: Call) -> None:
    ran = pma("plan", "rca.md", *TODAY)
    assert ran.code == 0
    assert ran.out.startswith("# Postmortem Action Plan\n")
    assert "Mail queue stuck" in ran.out
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize("name", ["json", "html", "csv", "markdown", "table"])
def test_every_format_is_printed(pma: Call, name: str) -> None:
    ran = pma("plan", "rca.md", "--format", name, *TODAY)
    assert ran.code == 0
    assert "disk" in ran.out.lower()
    begins = {"json": "{", "html": "<!doctype html>", "csv": "", "markdown": "# ", "table": "mail queue"}
    assert ran.out.lower().startswith(begins[name])


def test_path_standard_input_and_link_give_the_same_actions(
    pma: Call, folder: Path, httpserver: HTTPServer
) -> None:
    data = (folder / "rca.md").read_bytes()
    httpserver.expect_request("/rca.md").respond_with_data(data, content_type="text/markdown")
    link = httpserver.url_for("/rca.md")
    plans = [
        plan(pma("plan", "rca.md", "--json", *TODAY)),
        plan(pma("plan", "-", "--json", *TODAY, stdin=data)),
        plan(pma("plan", "--json", *TODAY, stdin=data)),
        plan(pma("plan", link, "--allow-private", "--json", *TODAY)),
    ]
    assert [found["request"]["rca"] for found in plans] == ["rca.md", "-", "-", link]
    assert all(found["actions"] == plans[0]["actions"] for found in plans)
    assert plans[0]["actions"]


def test_a_link_to_a_private_address_is_refused_unasked(pma: Call, httpserver: HTTPServer) -> None:
    ran = pma("plan", httpserver.url_for("/rca.md"))
    assert (ran.code, ran.out) == (3, "")
    assert "--allow-private" in ran.err
    assert httpserver.log == []


def test_evidence_of_an_inline_rca_names_the_lines_of_the_file(pma: Call, folder: Path) -> None:
    text = (folder / "rca.md").read_text()
    block = "/postmortem-actions\nSCOPE: team\nRCA: |\n" + text + "\nCAPACITY: low\n"
    (folder / "request.md").write_text(block)
    found = plan(pma("plan", "request.md", "--json", *TODAY))
    line = root_cause_line(found)
    assert "never rotated" in block.splitlines()[line - 1]
    assert line == root_cause_line(plan(pma("plan", "rca.md", "--json", *TODAY))) + 3
    assert (found["request"]["scope"], found["request"]["capacity"]) == ("team", "low")
    assert given(found)["scope"] == "request block"
    assert len(found["actions"]) <= 3


def test_a_request_block_names_a_file_beside_it(pma: Call, folder: Path) -> None:
    (folder / "pm").mkdir()
    (folder / "rca.md").rename(folder / "pm" / "7.md")
    (folder / "pm" / "request.md").write_text("SCOPE: org\nRCA: 7.md\n")
    found = plan(pma("plan", "pm/request.md", "--json", *TODAY))
    assert found["request"]["rca"] == "pm/7.md"
    (folder / "pm" / "request.md").write_text("SCOPE: org\nRCA: 8.md\n")
    ran = pma("plan", "pm/request.md")
    assert ran.code == 3
    assert "pm/request.md:2: " in ran.err
    assert "pm/7.md" in ran.err


def test_a_page_from_the_internet_may_not_name_a_local_file(pma: Call, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/r").respond_with_data(
        "/postmortem-actions\nRCA: /etc/hostname.md\n", content_type="text/plain"
    )
    ran = pma("plan", httpserver.url_for("/r"), "--allow-private")
    assert ran.code == 3
    assert "local file" in ran.err


def test_a_block_without_an_rca_is_told(pma: Call) -> None:
    ran = pma("plan", "-", stdin=b"/postmortem-actions\nSCOPE: team\n")
    assert ran.code == 2
    assert "holds no RCA" in ran.err


def test_option_block_file_and_default_in_this_order(pma: Call, folder: Path) -> None:
    (folder / "postmortem-actions.toml").write_text(
        '[request]\nscope = "org"\ncapacity = "low"\nprioritization = "effort-first"\n'
    )
    block = b"/postmortem-actions\nSCOPE: team\nCAPACITY: high\nRCA: The disk was full.\n"
    found = plan(pma("plan", "-", "--scope", "service", "--json", *TODAY, stdin=block))
    request = found["request"]
    assert (request["scope"], request["capacity"], request["prioritization"]) == (
        "service", "high", "effort-first",
    )  # fmt: skip
    told = given(found)
    assert told["scope"] == "option"
    assert told["capacity"] == "request block"
    assert told["prioritization"] == "config file"
    assert told["due_date_policy"] == "default"


@pytest.mark.parametrize(
    ("arguments", "stdin", "where"),
    [
        (("--scope", "teem"), b"x", "--scope"),
        ((), b"/postmortem-actions\nRCA: The disk was full.\nSCOPE: teem\n", "-:3"),
    ],
)
def test_an_unknown_value_names_the_allowed_the_nearest_and_the_place(
    pma: Call, arguments: tuple[str, ...], stdin: bytes, where: str
) -> None:
    ran = pma("plan", "-", *arguments, stdin=stdin)
    assert ran.code == 2
    assert f"error: {where}: 'teem'" in ran.err
    assert "service, team, org" in ran.err
    assert "did you mean team?" in ran.err


def test_owners_come_from_the_config(pma: Call, folder: Path) -> None:
    config = '[people.ann]\nname = "Ann"\n[modules]\n"mail-relay" = "ann"\n'
    (folder / "postmortem-actions.toml").write_text(config)
    found = plan(pma("plan", "rca.md", "--json", *TODAY))
    owners = {action["owner"]["person"] for action in found["actions"]}
    assert {str(owner).lstrip("@").lower() for owner in owners} == {"ann"}


def test_nothing_is_due_on_a_holiday_of_the_config(pma: Call, folder: Path) -> None:
    before = {action["due"]["on"] for action in plan(pma("plan", "rca.md", "--json", *TODAY))["actions"]}
    days = ", ".join(sorted(before))
    (folder / "postmortem-actions.toml").write_text(f"[calendar]\nholidays = [{days}]\n")
    after = {action["due"]["on"] for action in plan(pma("plan", "rca.md", "--json", *TODAY))["actions"]}
    assert before
    assert not before & after


def test_output_writes_four_files_and_overwrites_only_when_forced(pma: Call, folder: Path) -> None:
    ran = pma("plan", "rca.md", "-o", "out/plan", *TODAY)
    names = ["actions.csv", "gantt.svg", "plan.html", "plan.ics", "plan.json", "plan.md"]
    assert sorted(path.name for path in (folder / "out/plan").iterdir()) == names
    assert ran.out == (folder / "out/plan/plan.md").read_text()
    assert "out/plan/plan.md" in ran.err
    again = pma("plan", "rca.md", "-o", "out/plan", *TODAY)
    assert again.code == 6
    assert again.out == ""
    assert all(name in again.err for name in names)
    assert pma("plan", "rca.md", "-o", "out/plan", "--force", "--quiet", *TODAY).out == ""


def test_the_same_input_gives_the_same_bytes(pma: Call) -> None:
    for name in ("markdown", "json", "html", "csv", "table"):
        first, second = (pma("plan", "rca.md", "--format", name, *TODAY) for _ in range(2))
        assert first.out == second.out


def test_problems_go_to_standard_error_unless_quiet(pma: Call) -> None:
    text = "The disk was full, Köln stood still.".encode("cp1252")
    ran = pma("plan", "-", *TODAY, stdin=text)
    assert ran.code == 0
    assert "warning:" in ran.err
    assert "Windows-1252" in ran.err
    assert pma("plan", "-", "--quiet", *TODAY, stdin=text).err == ""


def test_the_table_names_owners_problems_and_the_way_on(pma: Call, folder: Path) -> None:
    ran = pma("plan", "rca.md", "--format", "table", "--capacity", "low", "--no-save", *TODAY)
    assert ran.err == ""
    assert re.search(r"^A1 +P0 ", ran.out, re.MULTILINE)
    assert "unresolved" in ran.out
    assert "pma explain rca.md --capacity low --today 2026-03-04 A1" in ran.out
    assert all(line == line.rstrip() for line in ran.out.splitlines())


@pytest.mark.parametrize(
    ("variables", "arguments", "coloured"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"FORCE_COLOR": "1"}, ("--no-color",), False),
    ],
)
def test_colour_is_as_the_environment_and_the_option_say(
    pma: Call,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    arguments: tuple[str, ...],
    coloured: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = pma("plan", "rca.md", "--format", "table", *arguments, *TODAY)
    assert ("\x1b[" in ran.out) is coloured


def test_a_document_cannot_write_to_the_terminal(pma: Call) -> None:
    text = b"# \x1b]0;owned\x07Disk \x1b[2Jfull\n\nRoot cause: the disk was \x1b[31mfull\xc2\x9b31m.\n"
    for name in ("table", "markdown"):
        ran = pma("plan", "-", "--format", name, *TODAY, stdin=text)
        assert ran.code == 0
        assert not set("\x1b\x07\x9b") & set(ran.out + ran.err)


def test_html_called_markdown_is_planned_and_the_lines_explained(pma: Call, folder: Path) -> None:
    (folder / "page.md").write_text(
        "<html><body><h1>Disk full</h1><h2>Root cause</h2><p>The disk was full: logs were never rotated.</p>"
    )
    found = plan(pma("plan", "page.md", "--json", *TODAY))
    assert found["incident"]["title"] == "Disk full"
    assert "read-from-html" in {problem["code"] for problem in found["problems"]}


def test_a_huge_file_is_planned_in_part(pma: Call, folder: Path) -> None:
    with (folder / "rca.md").open("ab") as stream:
        stream.write(b"\n## Log\n\n" + b"all quiet here\n" * 20_000)
        stream.truncate(50_000_000)
    ran = pma("plan", "rca.md", "--json", "--max-bytes", "20000", *TODAY)
    found = plan(ran)
    assert found["actions"]
    assert "document-cut" in {problem["code"] for problem in found["problems"]}
    assert "--max-bytes" in ran.err


def test_windows_line_ends_change_nothing(pma: Call, folder: Path) -> None:
    expected = plan(pma("plan", "-", "--json", *TODAY, stdin=(folder / "rca.md").read_bytes()))
    data = (folder / "rca.md").read_bytes().replace(b"\n", b"\r\n")
    assert plan(pma("plan", "-", "--json", *TODAY, stdin=data)) == expected


def test_nothing_like_an_incident_still_gives_a_plan_that_says_so(pma: Call) -> None:
    ran = pma("plan", "-", *TODAY, stdin=b"# Pancakes\n\nWhisk eggs with milk. Fry. Serve with jam.\n")
    assert ran.code == 0
    assert ran.out.startswith("# Postmortem Action Plan")
    assert "nothing in this document looks like a failure" in ran.err


def test_a_yaml_bomb_in_front_of_the_rca_is_harmless(pma: Call) -> None:
    bomb = "---\na: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
    )
    text = f"{bomb}---\n# Disk full\n\nRoot cause: the disk was full.\n"
    ran = pma("plan", "-", "--json", *TODAY, stdin=text.encode())
    assert plan(ran)["incident"]["title"] == "Disk full"


def test_stated_only_plans_what_the_document_states_and_nothing_else(pma: Call, folder: Path) -> None:
    rca = folder / "rca.md"
    text = (
        rca.read_text(encoding="utf-8")
        + "\n## Action items\n\n- Rotate the logs daily (@ana, 2026-03-20)\n- Page when the disk is 80% full\n"
    )
    rca.write_text(text, encoding="utf-8")
    both = json.loads(pma("plan", str(rca), "--today", "2026-03-03", "--json", "--capacity", "high").out)
    only = json.loads(pma("plan", str(rca), "--today", "2026-03-03", "--json", "--stated-only").out)
    kinds = {action["origin"]["kind"] for action in only["actions"]}
    assert kinds == {"stated"}
    assert len(only["actions"]) == 2
    assert len(both["actions"]) > 2
    assert {"stated"} < {action["origin"]["kind"] for action in both["actions"]}
