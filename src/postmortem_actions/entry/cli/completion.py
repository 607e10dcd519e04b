"""``pma completion``: the script that makes a shell complete our commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .terminal import result

SHELLS = ("bash", "zsh", "fish")


@click.command(
    name="completion",
    epilog="\b\nExamples:\n  pma completion bash >> ~/.bashrc\n  pma completion zsh >> ~/.zshrc\n"
    "  pma completion fish > ~/.config/fish/completions/pma.fish",
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script of your shell."""
    from .main import NAMES, cli

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    scripts = []
    for name in NAMES:
        made = found(cli, {}, name, f"_{name}_COMPLETE".replace("-", "_").upper())
        # Not source(): it starts the shell to learn its version, which says nothing of the user's own.
        scripts.append(made.source_template % made.source_vars())
    result("\n".join(scripts))
