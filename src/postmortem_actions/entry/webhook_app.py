"""The HTTP side of ``pma webhook``: one address for each tracker, ``/webhook/<name>``, and ``/health``."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from ..core.tracking.settings import TrackerSettings
from ..core.tracking.webhooks import MOST_BYTES, WebhookRefused
from ..errors import PostmortemActionsError
from ..service import Ports
from ..service.receiving import Received, receive

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response


def app(
    ports: Ports,
    trackers: Mapping[str, TrackerSettings],
    secrets: Mapping[str, Callable[[], str]],
    told: Callable[[str], None],
) -> Starlette:
    """The application. ``trackers`` and their ``secrets`` by name; ``told`` hears one line for each webhook."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, PlainTextResponse
    from starlette.routing import Route

    one_at_a_time = threading.Lock()

    def work(settings: TrackerSettings, headers: Mapping[str, str], body: bytes) -> Received:
        with one_at_a_time:
            return receive(ports, settings, headers, body, secrets[settings.name]())

    async def webhook(request: Request) -> Response:
        settings = trackers.get(request.path_params["name"])
        if settings is None:
            return JSONResponse({"error": "there is no such tracker in the config"}, 404)
        try:
            body = await _body(request)
            done = await run_in_threadpool(work, settings, dict(request.headers), body)
        except WebhookRefused as error:
            told(f"{settings.name}: refused: {error.message}")
            return JSONResponse({"error": error.message}, error.status)
        except PostmortemActionsError as error:
            # The tracker sends it again later; 'pma sync' would find the change as well.
            told(f"{settings.name}: failed: {error.message}")
            return JSONResponse({"error": "it could not be taken just now"}, 503)
        told(_line(settings.name, done))
        return JSONResponse({"done": done.what})

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    routes: list[tuple[str, Callable[[Request], Awaitable[Response]], str]] = [
        ("/webhook/{name}", webhook, "POST"),
        ("/health", health, "GET"),
    ]
    return Starlette(routes=[Route(path, act, methods=[method]) for path, act, method in routes])


async def _body(request: Request) -> bytes:
    parts = b""
    async for part in request.stream():
        parts += part
        if len(parts) > MOST_BYTES:
            raise WebhookRefused("the body is too large", 413)
    return parts


def _line(name: str, done: Received) -> str:
    text = f"{name}: {done.what}" + (f" {done.ticket}" if done.ticket else "")
    changes = [f"{action} {what}" for action, what in (*done.synced.taken, *done.synced.reported)]
    return text + (f": {'; '.join(changes)}" if changes else "")
