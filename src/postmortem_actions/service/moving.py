"""Taking plans out of a store and putting them into another, with all their history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..core.codec import decode, encode
from ..core.tracking.record import Event, PlanRecord, TicketRecord, TrackedAction
from ..errors import PlanFormatError
from .keeping import find_plan, save, statements
from .planning import Planned, Ports

LARGEST = 1_000_000_000  # bytes of an export
_KINDS = {"plan": PlanRecord, "action": TrackedAction, "ticket": TicketRecord, "event": Event}


@dataclass(frozen=True, slots=True)
class Imported:
    """How many plans were added, and the ids of those that were kept already."""

    added: int
    known: tuple[str, ...] = ()


def exported(ports: Ports, plans: Sequence[str] = ()) -> Iterator[str]:
    """Plans, each with its actions, tickets and history, as JSON lines. Raises StoreError."""
    with ports.store().read() as reading:
        ids = [find_plan(reading, word).id for word in plans] if plans else reading.plan_ids()
        for name in ids:
            record = reading.plan(name)
            if record is None:
                continue
            yield _line("plan", record)
            for kind, items in (
                ("action", reading.actions(name)), ("ticket", reading.tickets(name)), ("event", reading.events(name))
            ):  # fmt: skip
                for item in items:
                    yield _line(kind, item)


def _line(kind: str, item: object) -> str:
    return json.dumps({"kind": kind, **encode(item)}, ensure_ascii=False, separators=(",", ":"))


def imported(ports: Ports, source: str, by: str) -> Imported:
    """Put an export, or a plan.json, into the store; all of it or nothing. Raises PlanFormatError naming the line."""
    document = ports.sources.read(source)
    text = document.text
    if '"kind"' not in text.lstrip().partition("\n")[0]:
        saved = save(ports, Planned(ports.plan_from_json(text), text), by, lambda *_: False)
        return Imported(1) if saved.new else Imported(0, (saved.id,))
    groups = _groups(text, document.name)
    added, known = 0, []
    with ports.store().write() as writing:
        writing.lock("")
        for group in groups:
            record = group[0]
            assert isinstance(record, PlanRecord)
            if writing.plan(record.id) is not None:
                known.append(record.id)
                continue
            writing.put_plan(replace(record, revision=0))
            actions = [item for item in group if isinstance(item, TrackedAction)]
            writing.put_actions([replace(action, revision=0) for action in actions], statements(record))
            for item in group:
                if isinstance(item, TicketRecord):
                    writing.put_ticket(item)
            writing.log(item for item in group if isinstance(item, Event))
            writing.log([Event(record.id, "", ports.clock.now(), by, "imported", f"from {document.name}")])
            added += 1
    return Imported(added, tuple(known))


def _groups(text: str, name: str) -> list[list[object]]:
    groups: list[list[object]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            data = json.loads(line)
            kind = data.pop("kind")
            item = decode(_KINDS[kind], data)
        except PlanFormatError as error:
            raise PlanFormatError(
                error.message, where=where, fix="Use what 'pma export' wrote, unchanged."
            ) from None
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            raise PlanFormatError(
                "is no line of an export", where=where, fix="Use what 'pma export' wrote, unchanged."
            ) from None
        if isinstance(item, PlanRecord):
            groups.append([item])
        elif groups and groups[-1][0].id == item.plan:  # type: ignore[attr-defined]
            groups[-1].append(item)
        else:
            raise PlanFormatError(
                "belongs to no plan above it", where=where, fix="Use what 'pma export' wrote, unchanged."
            )
    return groups
