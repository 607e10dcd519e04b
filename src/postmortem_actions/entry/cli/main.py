"""The group of commands, and ``run``: from an error of any kind to a message and an exit code.

Each command lives in its own module, which is imported only when that command runs; the table below gives
what ``pma --help`` shows.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

import click

from ... import __version__
from ...errors import PostmortemActionsError
from . import exits
from .terminal import error_text, plain

NAMES = ("pma", "postmortem-actions")
COMMANDS: dict[str, str] = {
    "plan": "Turn an RCA into a prioritised plan of actions.",
    "list": "Show kept actions: what is open, whose, and by when.",
    "show": "Show everything about a kept plan or action.",
    "search": "Find kept actions by their words.",
    "assign": "Decide who owns the actions of a plan, and by when.",
    "accept": "Accept actions as somebody's own.",
    "start": "Say that work on actions has begun.",
    "done": "Claim that actions are done.",
    "verify": "Say that actions are shown to work, or not to.",
    "decline": "Decide that actions are not done, and why.",
    "reopen": "Take up actions again that were ended.",
    "edit": "Change owner, date, priority, effort, title or dependencies.",
    "history": "Show who did what, when and why.",
    "publish": "File a plan's actions as tickets, each exactly once.",
    "sync": "Bring tickets and kept actions to the same state.",
    "webhook": "Listen for a tracker's webhooks.",
    "remind": "Tell people what is due, overdue or waiting for them.",
    "agenda": "Write the agenda of a follow-up meeting.",
    "report": "Report on a plan, a team, a service or a quarter.",
    "related": "Find earlier incidents like this one, and what became of their actions.",
    "doctor": "Check store, tokens, permissions and mappings.",
    "export": "Write everything that is kept as JSON lines.",
    "import": "Read such JSON lines, or a plan.json, into the store.",
    "backup": "Copy the whole store into one file.",
    "artifacts": "Write a plan's artifacts as files that can be committed.",
    "simulate": "Play the incident again with a plan's alerts: which would have fired, and when.",
    "stack": "Show what the team builds and runs with, and why that is thought so.",
    "explain": "Say why an action, its priority, owner and date are as they are.",
    "lint": "Judge a plan or any list of actions, and say how to mend it.",
    "catalogue": "Look into the rules that recognise failure modes.",
    "init": "Write a commented starting config.",
    "completion": "Print the completion script of your shell.",
    "schema": "Print the JSON Schema of a plan.",
}
# Commands that share a module, or whose name cannot be one.
_PLACES = (
    {name: ("steps", name) for name in ("accept", "start", "done", "verify", "decline", "reopen")}
    | {name: ("keeping", f"{name}_") for name in ("export", "import", "backup")}
    | {name: ("listing", f"{name}_") for name in ("list", "search", "show", "history")}
)
_OBJECTS_BEFORE_COLLECTION = 100_000
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the module of one only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, name = _PLACES.get(cmd_name, (cmd_name, "command"))
        command: click.Command = getattr(import_module(f".{module}", __package__), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown command names the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from ...core.settings import nearest

            like = nearest(args[0], list(COMMANDS))
            rest = f"did you mean {like}?" if like else f"there are {', '.join(COMMANDS)}."
            raise click.UsageError(f"no such command {args[0]!r}: {rest}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=LazyGroup,
    context_settings=_CONTEXT,
    epilog="\b\nExamples:\n  pma plan incident.md\n  pma plan incident.md --capacity low -o plan/\n"
    "  pma explain plan/plan.json A3\n\n\b\nExit codes:\n"
    + "\n".join(f"  {code:<4} {meaning}" for code, meaning in exits.MEANINGS),
)
@click.version_option(__version__, prog_name="postmortem-actions")
def cli() -> None:
    """Turn a root cause analysis (RCA) into a plan of actions that get done."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. No exception leaves it, whatever happens."""
    # A run builds many objects and keeps nearly all of them: collecting seldom saves a tenth of its time.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    _steady(sys.stdout)
    _steady(sys.stderr)
    try:
        code = _invoke(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return code
    except PostmortemActionsError as error:
        _tell(error_text(error))
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        _tell(error.format_message())
        return 2
    except click.ClickException as error:
        _tell(_usage_text(error))
        return 2
    except (click.Abort, KeyboardInterrupt):
        _tell("interrupted")
        return exits.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough. Python would complain when it closes the stream at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.OK
    except Exception as error:
        return _internal(error)


def _invoke(arguments: list[str]) -> int:
    name = Path(sys.argv[0]).stem
    program = name if name in NAMES else NAMES[0]
    variable = f"_{program}_COMPLETE".replace("-", "_").upper()
    if instruction := os.environ.get(variable):
        from click.shell_completion import shell_complete

        return shell_complete(cli, {}, program, variable, instruction)
    try:
        with cli.make_context(program, arguments) as context:
            result = cli.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    return result if isinstance(result, int) else exits.OK


def _steady(stream: IO[str]) -> None:
    """A terminal that cannot show a character shows its code instead of stopping the program."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _usage_text(error: click.ClickException) -> str:
    text = f"error: {plain(error.format_message())}"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        text += f"\n  '{error.ctx.command_path} --help' shows how to use it."
    return text


def _internal(error: BaseException) -> int:
    if os.environ.get("PMA_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    what = type(error).__name__
    if isinstance(error, (RecursionError, MemoryError)):
        what = "the input is nested too deep or is too large"
    _tell(f"internal error: {what}\n  Run it again with PMA_DEBUG=1 to see where, and report that.")
    return exits.INTERNAL


def _tell(text: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads it
        print(text, file=sys.stderr, flush=True)
