"""``pma webhook``: a small server that trackers tell of changes."""

from __future__ import annotations

from collections.abc import Callable

import click

from ... import wire
from ...core.tracking.webhooks import KINDS, SECRETS
from ...errors import RequestError
from .options import adapters
from .terminal import note


@click.command(
    name="webhook",
    epilog="\b\nExamples:\n  pma webhook\n  pma webhook --host 0.0.0.0 --port 8080   # behind a proxy that speaks https\n"
    "  pma webhook --tracker github",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8420, show_default=True, type=click.IntRange(1, 65535), help="The port.")
@click.option("--tracker", metavar="NAME", help="Only for this [tracker.NAME].")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
def command(*, host: str, port: int, tracker: str | None, config: str | None) -> None:
    """Listen for a tracker's webhooks.

    Each tracker of the config has the address /webhook/NAME. The signature is checked with the secret of
    GITHUB_WEBHOOK_SECRET, LINEAR_WEBHOOK_SECRET or JIRA_WEBHOOK_SECRET; then the ticket is read anew."""
    try:
        import uvicorn

        from ..webhook_app import app
    except ImportError:
        raise RequestError(
            "the server for webhooks is not installed", fix="pip install 'postmortem-actions[webhook]'"
        ) from None
    ports = adapters(config)
    known = {one.name: one for one in ports.config.read().tracking.trackers if one.kind in KINDS}
    chosen = {name: one for name, one in known.items() if tracker in (None, name)}
    if not chosen:
        names = ", ".join(known) or "none; describe one: [tracker.github] repository = …"
        raise RequestError("there is no tracker to listen to", fix=f"The config has {names}.")
    secrets: dict[str, Callable[[], str]] = {
        name: wire.secret(f"{name.upper().replace('-', '_')}_WEBHOOK_SECRET", SECRETS[one.kind])
        for name, one in chosen.items()
    }
    made = app(ports, chosen, secrets, note)
    for name in chosen:
        note(f"listening on http://{host}:{port}/webhook/{name}")
    uvicorn.run(made, host=host, port=port, log_level="warning", server_header=False)
