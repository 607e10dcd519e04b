"""What is done about a webhook: checked, taken once, and then the ticket is read anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.tracking.settings import TrackerSettings
from ..core.tracking.webhooks import read_delivery
from ..errors import PostmortemActionsError
from .planning import Ports
from .syncing import Synced, sync_tickets


@dataclass(slots=True)
class Received:
    """What became of a webhook: ``what`` is synced, again (it came before), or ignored (about no ticket of ours)."""

    what: str
    ticket: str = ""
    synced: Synced = field(default_factory=Synced)


def receive(
    ports: Ports, settings: TrackerSettings, headers: Mapping[str, str], body: bytes, secret: str
) -> Received:
    """Take a webhook. Our own changes come back as webhooks too: the ticket then says what we say, and nothing is done.

    Raises WebhookRefused; TrackerError or StoreError where it should be sent again."""
    delivery = read_delivery(settings.kind, headers, body, secret, ports.clock.now())
    with ports.store().read() as reading:
        tickets = [t for t in reading.tickets("", settings.name) if t.ref_id == delivery.ticket]
    if not tickets:
        return Received("ignored")
    key = f"{settings.name}:{delivery.id}"
    with ports.store().write() as writing:
        if not writing.first_time("webhook", key, ports.clock.now()):
            return Received("again", tickets[0].key)
    try:
        synced = sync_tickets(ports, settings, tickets)
    except PostmortemActionsError:
        with ports.store().write() as writing:
            writing.forget("webhook", key)  # so that it is taken when it is sent again
        raise
    return Received("synced", tickets[0].key, synced)
