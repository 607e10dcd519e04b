"""The config file: where it is found, what it gives, and which mistakes it tells with file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from postmortem_actions.adapters.config import FILE_NAME, KEYS, TomlConfig
from postmortem_actions.adapters.package_data import read_text
from postmortem_actions.core.settings import Config
from postmortem_actions.errors import ConfigError, RequestError

WHOLE = """
[request]
scope = "team"
due_date_policy = "Aggressive"

[people.ann]
name = "Ann Example"
roles = ["maintainer"]
owns = ["mail-queue"]
[people."@bob"]

[modules]
"mail-queue" = "@ann"
"services/billing" = "bob"

[teams.mail]
members = ["ann", "bob"]
lead = "bob"

[rotation]
order = ["bob", "ann"]

[roles]
privacy = "ann"

[calendar]
country = "DE"
subdivision = "BY"
holidays = [2026-12-24, "2026-12-31"]
weekend = ["Fri", "saturday"]

[catalogue]
rules = ["./own"]
"""


def read(folder: Path, text: str) -> Config:
    path = folder / FILE_NAME
    path.write_text(text, encoding="utf-8")
    return TomlConfig(str(path)).read()


def mistake(folder: Path, text: str) -> str:
    with pytest.raises((ConfigError, RequestError)) as caught:
        read(folder, text)
    return str(caught.value)


def test_everything_it_can_say(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    config = read(tmp_path, WHOLE)
    assert [(v.name, v.text, v.where) for v in config.given] == [
        ("scope", "team", f"{tmp_path / FILE_NAME}:3"),
        ("due_date_policy", "Aggressive", f"{tmp_path / FILE_NAME}:4"),
    ]
    ann, bob = config.team.people
    assert (ann.name, ann.handle) == ("Ann Example", "ann")
    assert (ann.roles, ann.owns) == (("maintainer",), ("mail-queue",))
    assert (bob.name, bob.handle) == ("bob", "bob")
    assert config.team.modules == (("mail-queue", "ann"), ("services/billing", "bob"))
    assert config.team.teams == (("mail", ("bob", "ann")),)
    assert config.team.rotation == ("bob", "ann")
    assert config.team.roles == (("privacy", "ann"),)
    assert config.team.source == FILE_NAME
    assert (config.calendar.country, config.calendar.subdivision) == ("DE", "BY")
    assert config.calendar.holidays == (date(2026, 12, 24), date(2026, 12, 31))
    assert config.calendar.weekend == {4, 5}
    assert config.rules == (str(tmp_path / "own"),)
    assert config.problems == ()


def test_it_is_found_from_the_working_folder_upwards(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('[request]\nscope = "org"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert TomlConfig(start=str(below)).read().given[0].text == "org"
    (below / FILE_NAME).write_text('[request]\nscope = "team"\n')
    assert TomlConfig(start=str(below)).read().given[0].text == "team"


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such config file"):
        TomlConfig(str(tmp_path / "none.toml")).read()


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('[request]\n\nscop = "team"\n', 3, "Did you mean scope?"),
        ('# a\n[requests]\nscope = "team"\n', 2, "Did you mean request?"),
        ('[people.ann]\nname = "Ann"\nown = ["x"]\n', 3, "Did you mean owns?"),
        ('[people]\nann = { nam = "Ann" }\n', 2, "Did you mean name?"),
        ('request.capacty = "low"\n', 1, "Did you mean capacity?"),
        ('[request]\nscope = "teem"\n', 2, "did you mean team?"),
        ("[request]\ncapacity = 3\n", 2, "must be a text"),
        ('[rotation]\norder = "ann"\n', 2, "must be a list"),
        ("[rotation]\norder = [1]\n", 2, "list of texts"),
        ('request = "team"\n', 1, "must be a section"),
        ('[people]\nann = "Ann"\n', 2, "must be a section"),
        ('[calendar]\nholidays = ["24.12.2026"]\n', 2, "YYYY-MM-DD"),
        ("[calendar]\nholidays = [2026-12-24T10:00:00]\n", 2, "YYYY-MM-DD"),
        ('[calendar]\nweekend = ["s"]\n', 2, "not a weekday"),
        ('[calendar]\nweekend = ["mon","tue","wed","thu","fri","sat","sun"]\n', 2, "no working day"),
        ('[calendar]\nsubdivision = "BY"\n', 2, "needs a country"),
        ('[catalogue]\nrules = ["./nowhere"]\n', 2, "nowhere"),
        ('[modules]\n"a b" = ""\n', 2, "must be a text"),
        ("[request]\nscope = team\n", 2, "not valid TOML"),
        ("a = " + "[" * 3000 + "\n", 0, "not valid TOML"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    text = mistake(tmp_path, text)
    assert text.startswith(f"{tmp_path / FILE_NAME}:{line}: " if line else str(tmp_path))
    assert told in text


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes("[request]\n# Jürgen\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        TomlConfig(str(path)).read()


def test_a_name_that_nobody_has_is_a_problem_not_an_owner_unnoticed(tmp_path: Path) -> None:
    text = '[people.alice]\n[people.bob]\n[modules]\nmail = "alcie"\n[rotation]\norder = ["bob"]\n'
    problems = read(tmp_path, text).problems
    assert [(p.code, p.fix) for p in problems] == [("unknown-person", "Did you mean alice?")]
    assert problems[0].message.startswith(f"{FILE_NAME}:4: alcie")
    assert str(tmp_path) not in problems[0].message


def test_the_starting_config_changes_nothing_and_shows_every_key(tmp_path: Path) -> None:
    text = read_text("starting-config.toml")
    config = read(tmp_path, text)
    assert (config.given, config.team.people, config.rules, config.problems) == ((), (), (), ())
    uncommented = "\n".join(
        line.removeprefix("# ") if line.startswith("# [") or " = " in line else line
        for line in text.splitlines()
    )
    (tmp_path / "pma-rules").mkdir()
    whole = read(tmp_path, uncommented)
    assert len(whole.given) == len(KEYS["request"])
    assert whole.calendar.country == "DE"
    for section, keys in KEYS.items():
        assert f"[{section.partition('.')[0]}" in text
        for key in keys:
            assert key == "*" or f"# {key} = " in text, f"{section}: {key}"
