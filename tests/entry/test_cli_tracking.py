"""The commands around kept plans, as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.entry.conftest import RCA, Ran

Pma = Callable[..., Ran]


@pytest.fixture
def kept(pma: Pma) -> Pma:
    assert pma("plan", "rca.md", "--today", "2026-03-03", "-q").code == 0
    return pma


def test_a_plan_is_kept_and_listed(pma: Pma) -> None:
    made = pma("plan", "rca.md", "--today", "2026-03-03")
    assert "kept as mail-7" in made.err
    listed = pma("list", "mail-7", "--today", "2026-03-03")
    assert "mail-7/A1" in listed.out
    data = json.loads(pma("list", "--json", "--today", "2026-03-03").out)
    assert data[0]["state"] == "proposed"
    assert {"conditions", "working_days_late", "waits_for"} <= set(data[0])


def test_no_save_keeps_nothing(pma: Pma) -> None:
    assert "kept" not in pma("plan", "rca.md", "--no-save").err
    assert "no kept action" in pma("list").err


def test_the_whole_life(kept: Pma) -> None:
    assert "accepted" in kept("accept", "mail-7", "A1", "--owner", "alice", "--by", "dana").out
    assert kept("start", "mail-7/A1").code == 0
    done = kept("done", "mail-7", "A1")
    assert "nothing that shows it works" in done.err
    refused = kept("verify", "mail-7", "A1")
    assert refused.code == 2
    assert "--evidence" in refused.err
    assert "verified" in kept("verify", "mail-7", "A1", "--evidence", "https://ci/7", "--by", "bob").out
    shown = kept("show", "mail-7", "A1")
    assert "Shown by bob" in shown.out
    told = [line.split(" by ")[0].split()[-1] for line in kept("history", "mail-7", "A1").out.splitlines()]
    assert told == ["accepted", "started", "done", "verified"]
    assert kept("decline", "mail-7", "A2").code == 2
    assert kept("decline", "mail-7", "A2", "--why", "too dear").code == 0
    assert kept("reopen", "mail-7", "A2", "--why", "not so dear").code == 0
    assert "mail-7/A1" not in kept("list").out
    assert "mail-7/A1" in kept("list", "--all").out


def test_a_changed_rca_shows_the_difference_first_and_applies_it_when_asked(kept: Pma, folder: Path) -> None:
    kept("edit", "mail-7", "A1", "--owner", "zoe", "--due", "2026-06-01")
    (folder / "rca.md").write_text(
        RCA + "\n## Action items\n\n- [ ] Move the mail logs to their own volume (@bob)\n", encoding="utf-8"
    )
    before = kept("list", "mail-7", "--json").out
    asked = kept("plan", "rca.md", "--today", "2026-03-03")
    assert "  + A" in asked.err
    assert "nothing was taken over" in asked.err
    assert kept("list", "mail-7", "--json").out == before
    assert "up to date now" in kept("plan", "rca.md", "--today", "2026-03-03", "--update").err
    after = {a["id"]: a for a in json.loads(kept("list", "mail-7", "--json").out)}
    assert (after["A1"]["owner"], after["A1"]["due"]) == ("zoe", "2026-06-01")
    assert "Move the mail logs to their own volume" in {a["title"] for a in after.values()}
    assert "already" in kept("plan", "rca.md", "--today", "2026-03-09").err


def test_pasted_text_is_known_again(pma: Pma) -> None:
    text = RCA.replace("- **Incident ID**: MAIL-7\n", "").encode()
    assert "kept as" in pma("plan", "-", stdin=text).err
    assert "already" in pma("plan", "-", stdin=text).err


def test_a_store_that_cannot_be_used_costs_the_keeping_not_the_plan(
    pma: Pma, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "notes.db").write_text("not a database, but something of mine that is long enough\n" * 40)
    monkeypatch.setenv("PMA_STORE", str(folder / "notes.db"))
    made = pma("plan", "rca.md", "--format", "markdown")
    assert made.code == 0
    assert "# Postmortem Action Plan" in made.out
    assert "not kept" in made.err
    assert pma("list").code == 7


def test_search_report_agenda_and_reminders(kept: Pma) -> None:
    assert "mail-7/A" in kept("search", "disk").out
    report = kept("report", "--today", "2026-05-01")
    assert "1 incident" in report.out
    assert "0 verified" in report.out
    data = json.loads(kept("report", "--plan", "mail-7", "--json").out)
    assert data["by_group"]["open"] == data["total"]
    assert kept("report", "--format", "csv").out.startswith("measure,of,by,count")
    assert "<svg" in kept("report", "--format", "html").out
    assert "# P0 review: Mail queue stuck" in kept("agenda", "mail-7", "--today", "2026-03-03").out
    reminded = kept("remind", "--today", "2026-09-01")
    assert "working days late" in reminded.out or "Without an owner" in reminded.out
    assert kept("remind", "--send").code == 2  # no channel is set up


def test_related_finds_an_earlier_one_and_says_what_would_have_helped(kept: Pma, folder: Path) -> None:
    text = (
        RCA.replace("MAIL-7", "MAIL-9")
        .replace("2026-03-02", "2026-05-04")
        .replace("Mail queue stuck", "Mail stuck again")
    )
    (folder / "again.md").write_text(text, encoding="utf-8")
    found = kept("related", "again.md")
    assert "mail-7  Mail queue stuck" in found.out
    assert "would have helped, and was proposed: mail-7/A" in found.out
    ids = [a["id"] for a in json.loads(kept("list", "mail-7", "--json").out)]
    kept("done", "mail-7", *ids, "--evidence", "seen")
    kept("verify", "mail-7", *ids)
    (folder / "again.md").write_text(text.replace("2026-05-04", "2031-05-04"), encoding="utf-8")
    marked = kept("related", "again.md", "--mark", "--by", "dana")
    assert "in doubt: mail-7/A" in marked.out
    assert "ineffective" in kept("list", "mail-7").out


def test_a_repeat_is_planned_more_urgently_and_says_why(kept: Pma, folder: Path) -> None:
    text = (
        RCA.replace("MAIL-7", "MAIL-9")
        .replace("2026-03-02", "2026-05-04")
        .replace("Mail queue stuck", "Mail stuck again")
    )
    (folder / "again.md").write_text(text, encoding="utf-8")
    alone = json.loads(kept("plan", "again.md", "--no-save", "--json", "--today", "2026-05-05").out)
    made = kept("plan", "again.md", "--json", "--today", "2026-05-05")
    assert "this failure was there before, in mail-7 (Mail queue stuck)" in made.err
    before, after = ({a["title"]: a for a in plan["actions"]} for plan in (alone, json.loads(made.out)))
    raised = [
        title for title in before if title in after and after[title]["priority"] < before[title]["priority"]
    ]
    assert raised
    for title in raised:
        assert (
            "one band up: the same kind of failure as in mail-7 (Mail queue stuck)"
            in after[title]["priority_why"]
        )
        assert after[title]["due"]["on"] <= before[title]["due"]["on"]
    again = kept("plan", "again.md", "--json", "--today", "2026-05-05").out
    assert {a["title"]: a["priority"] for a in json.loads(again)["actions"]} == {
        t: a["priority"] for t, a in after.items()
    }


def test_a_document_that_says_it_is_sensitive_is_kept_so(pma: Pma, folder: Path) -> None:
    (folder / "postmortem-actions.toml").write_text(
        '[tracker.github]\nrepository = "acme/shop"\n', encoding="utf-8"
    )
    (folder / "secret.md").write_text(f"TLP:RED\n\n{RCA}", encoding="utf-8")
    assert "kept as sensitive, as line 1 says: TLP:RED" in pma("plan", "secret.md").err
    refused = pma("publish", "mail-7", "--dry-run")
    assert refused.code == 9
    assert "sensitive = true in [tracker.github]" in refused.err
    (folder / "open.md").write_text(f"TLP:RED\n\n{RCA.replace('MAIL-7', 'MAIL-8')}", encoding="utf-8")
    assert "sensitive" not in pma("plan", "open.md", "--no-sensitive").err
    assert pma("publish", "mail-8", "--dry-run").code == 0


def test_export_import_and_backup(kept: Pma, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept("export", "-o", "all.jsonl").code == 0
    assert kept("backup", "copy.db").code == 0
    monkeypatch.setenv("PMA_STORE", str(folder / "other.db"))
    assert "1 plans added" in kept("import", "all.jsonl").err
    assert "mail-7/A1" in kept("list").out
    broken = (folder / "all.jsonl").read_text(encoding="utf-8").replace('"priority":"P', '"priority":"Q', 1)
    (folder / "broken.jsonl").write_text(broken, encoding="utf-8")
    refused = kept("import", "broken.jsonl")
    assert refused.code == 5
    assert "broken.jsonl:2" in refused.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "nothing"], 7, "no plan"),
        (["accept", "mail-7", "A99"], 2, "It has A1"),
        (["list", "--quarter", "soon"], 2, "no quarter"),
        (["edit", "mail-7", "A1", "--after", "A1"], 2, "wait for itself"),
        (["publish", "mail-7"], 2, "[tracker.github]"),
        (["agenda", "mail-7", "--meeting", "party"], 2, "It has"),
    ],
)
def test_mistakes_say_what_to_do(kept: Pma, arguments: list[str], code: int, words: str) -> None:
    ran = kept(*arguments)
    assert ran.code == code
    assert words in ran.err


def test_doctor_says_what_is_missing(kept: Pma, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PMA_SECRETS_FILE", str(folder / "none.toml"))
    (folder / "postmortem-actions.toml").write_text(
        '[tracker.github]\nrepository = "acme/shop"\n', encoding="utf-8"
    )
    ran = kept("doctor")
    assert ran.code == 1
    assert "GITHUB_TOKEN is not set" in ran.out
    secrets = folder / "secrets.toml"
    secrets.write_text('GITHUB_TOKEN = "ghp_very_secret"\n')
    secrets.chmod(0o644)
    monkeypatch.setenv("PMA_SECRETS_FILE", str(secrets))
    ran = kept("doctor")
    assert "chmod 600" in ran.out
    assert "ghp_very_secret" not in ran.out + ran.err
