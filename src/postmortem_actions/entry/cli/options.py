"""Options that several commands share, and how they become an order for the use cases."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from ...core.settings import SETTINGS, GivenBy, GivenValue, Setting, choose
from ...errors import RequestError
from ...service import PlanOrder, Ports
from ...wire import Choices, ports
from .terminal import progress_of

F = TypeVar("F", bound=Callable[..., Any])

# Options that say where and how a plan is printed, not what it says.
_FIRST_YEAR, _LAST_YEAR = 1970, 2199  # as for dates that are read
_PRINTING = {
    "output_format", "as_json", "output", "force", "quiet", "no_color", "no_save", "update", "team", "sensitive", "by",
    "artifacts",
}  # fmt: skip

# Older releases of click know no type arguments at run time.
if TYPE_CHECKING:
    from ...core.model import Plan
    _ParamType = click.ParamType[str]
else:
    _ParamType = click.ParamType


class SettingType(_ParamType):
    """The words of a setting. A wrong one is told with the nearest, as everywhere else."""

    name = "choice"

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """The allowed words."""
        return f"[{'|'.join(self.setting.values)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as the program writes it. Raises RequestError."""
        return choose(self.setting, str(value), self.setting.option).value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The words that begin so."""
        return [CompletionItem(word) for word in self.setting.values if word.startswith(incomplete)]


def source_options(command: F) -> F:
    """How the source is read."""
    for option in (
        click.option("--encoding", metavar="NAME", help="Encoding of the source, where guessing is wrong."),
        click.option(
            "--max-bytes",
            type=click.IntRange(min=1),
            metavar="BYTES",
            help="Read at most so many bytes of the source (default 2000000).",
        ),
        click.option("--allow-private", is_flag=True, help="Let links lead to private addresses."),
    ):
        command = option(command)
    return command


def config_options(command: F) -> F:
    """Which config and rules count."""
    for option in (
        click.option(
            "--rules",
            multiple=True,
            metavar="DIR",
            type=click.Path(),
            help="A folder of rules that add to or replace ours (repeatable).",
        ),
        click.option(
            "--config",
            metavar="FILE",
            type=click.Path(),
            help="Config file (default: postmortem-actions.toml here or in a folder above).",
        ),
    ):
        command = option(command)
    return command


def today_option(command: F) -> F:
    """The planning date."""
    return click.option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help="Planning date (default: the system's).",
    )(command)


def request_options(command: F) -> F:
    """Everything that decides what a plan says."""
    command = source_options(config_options(today_option(command)))
    command = click.option(
        "--stated-only",
        is_flag=True,
        help="Plan the actions that the document itself states, and nothing else.",
    )(command)
    command = click.option(
        "--repo",
        "repository",
        metavar="PATH",
        help="A folder under git: who works on the code that the RCA names, and CODEOWNERS and the like.",
    )(command)
    command = click.option(
        "--semantic",
        is_flag=True,
        help="Let likeness of meaning count where it is asked what kind a cause is (needs the extra 'semantic').",
    )(command)
    for setting in reversed(SETTINGS):
        command = click.option(
            setting.option,
            setting.name,
            type=SettingType(setting),
            help=f"{setting.about[0].upper()}{setting.about[1:]} (default {setting.default.value}).",
        )(command)
    return command


def day(value: datetime | None) -> date | None:
    """The date that ``--today`` gave."""
    if value is not None and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise RequestError(
            f"--today: {value.date()} is no day on which anyone plans",
            fix=f"Give a day from {_FIRST_YEAR} to {_LAST_YEAR}.",
        )
    return value.date() if value is not None else None


def adapters(
    config: str | None = None,
    encoding: str | None = None,
    max_bytes: int | None = None,
    allow_private: bool = False,
) -> Ports:
    """The ports, as the options ask for."""
    stdin = getattr(sys.stdin, "buffer", None)
    return ports(Choices(config, stdin, max_bytes, encoding, allow_private, progress_of(sys.stderr)))


def order(
    source: str,
    today: datetime | None,
    rules: tuple[str, ...],
    settings: dict[str, str | None],
    stated_only: bool,
    semantic: bool,
    repository: str | None,
) -> PlanOrder:
    """The order that the options make. ``settings`` are those of ``SETTINGS`` by name."""
    given = tuple(
        GivenValue(setting.name, value, GivenBy.OPTION, setting.option)
        for setting in SETTINGS
        if (value := settings[setting.name]) is not None
    )
    return PlanOrder(source, given, day(today), rules, stated_only, semantic, repository)


def one_source(names: tuple[str, ...], what: str = "an RCA") -> str:
    """The one source a command takes: as named, or standard input where something is piped in."""
    if len(names) > 1:
        raise click.UsageError(
            f"one document a call: {len(names)} were given. Run it once for each.",
            click.get_current_context(),
        )
    if names:
        return names[0]
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError(
            f"nothing to read: give {what} (a path, a link, or - for standard input).",
            click.get_current_context(),
        )
    return "-"


def same_call() -> str:
    """The source and every option of this call that decides what the plan says, as they can be typed."""
    context = click.get_current_context()
    words: list[str] = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if not value:
            continue
        if isinstance(parameter, click.Argument):
            paste = any("\n" in name for name in value)
            words[:0] = ["RCA"] if paste else [shlex.quote(name) for name in value]
        elif parameter.name not in _PRINTING:
            for one in value if isinstance(value, tuple) else (value,):
                text = one.date().isoformat() if isinstance(one, datetime) else str(one)
                words += [parameter.opts[0]] if one is True else [parameter.opts[0], shlex.quote(text)]
    return " ".join(words) or "RCA"


def plan_or_kept(ports: Ports, name: str, today: datetime | None = None) -> Plan:
    """The plan that a word means: the id of a kept one, a plan.json, or an RCA, which is planned now."""
    from ... import service
    from ...core.tracking.keep import plan_of
    from ...errors import SourceError, StoreError

    try:
        with ports.store().read() as reading:
            kept = reading.plan(name)
    except StoreError:
        kept = None
    if kept is not None:
        return plan_of(kept)
    try:
        return service.plan_or_read(ports, PlanOrder(name, today=day(today)))
    except SourceError as error:
        if "/" in name or "." in name or name == "-":
            raise
        raise SourceError(
            "is neither a kept plan nor a file", where=name, fix="'pma list --plans' shows those that are kept."
        ) from error
