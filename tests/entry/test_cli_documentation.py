"""docs/cli.md and docs/config.md say what the program does, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from postmortem_actions import errors
from postmortem_actions.adapters.config import KEYS
from postmortem_actions.core.settings import SETTINGS
from postmortem_actions.entry.cli.exits import MEANINGS
from postmortem_actions.entry.cli.main import COMMANDS, cli

DOCS = Path(__file__).parents[2] / "docs"


def commands(group: click.Group = cli, path: str = "pma") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, f"{path} {name}")
        else:
            yield f"{path} {name}", found


ALL = dict(commands())


def sections(name: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", (DOCS / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def first_cells(text: str) -> list[str]:
    return [row.split(" | ")[0].strip("| ") for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)][2:]


def test_every_command_is_listed_and_has_a_section() -> None:
    cli_sections = sections("cli.md")
    assert sorted(cell.strip("`") for cell in first_cells(cli_sections["Commands"])) == sorted(ALL)
    assert {title for title in cli_sections if title.startswith("pma ")} == set(ALL)


@pytest.mark.parametrize("path", ALL)
def test_every_option_is_documented_and_every_documented_option_exists(path: str) -> None:
    options = {
        name
        for parameter in ALL[path].params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    cells = first_cells(sections("cli.md")[path])
    told = {name for cell in cells for name in re.findall(r"`(--?[\w-]+)`", cell)}
    assert told == options


def test_settings_are_told_with_their_values_and_default() -> None:
    plan, file = sections("cli.md")["pma plan"], sections("config.md")["`[request]`"]
    for setting in SETTINGS:
        for text, name in ((plan, setting.option), (file, setting.name)):
            row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
            assert f"{setting.default.value} (default)" in row
            assert set(setting.values) <= set(re.findall(r"[a-z-]+", row))


def test_exit_codes() -> None:
    codes = [int(cell) for cell in first_cells(sections("cli.md")["Exit codes"])]
    assert codes == [code for code, _ in MEANINGS]
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {kind.exit_code for kind in kinds} <= set(codes)  # type: ignore[attr-defined]


def test_every_config_key_is_documented_and_every_documented_key_exists() -> None:
    told = {
        re.sub(r"<\w+>", "*", title.strip("`[]")): [cell.strip("`") for cell in first_cells(text)]
        for title, text in sections("config.md").items()
    }
    assert told == {section: list(keys) for section, keys in KEYS.items()}


def test_the_table_of_commands_says_what_each_says_of_itself() -> None:
    context = click.Context(cli)
    for name, text in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert (command.help or "").split("\n\n")[0].replace("\n", " ") == text


@pytest.mark.parametrize("path", ALL)
def test_every_command_has_help_with_examples(path: str) -> None:
    text = ALL[path].epilog or ""
    assert "Examples:" in text
    assert f"{path}" in text
