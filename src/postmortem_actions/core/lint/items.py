"""Actions read out of a document: a plan of ours (Markdown or JSON), or any human's list."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..classify import FormTable
from ..model import StatedAction
from ..parse.blocks import BlockKind, blocks
from ..parse.dates import find_day
from ..parse.headings import HeadingTable
from ..parse.normalise import normalise
from ..parse.sections import Unit, is_placeholder, units
from ..parse.sentences import sentences
from ..parse.stated_actions import stated_actions
from ..policy import Category, Priority, Strength

_OURS = re.compile(r"^\W*1\)\s*Action Items \(Prioritized Table\)", re.IGNORECASE)
_DETAIL = re.compile(r"^(?P<id>[AD]\d{1,3}):\s+(?P<title>.+)$")
_HEADER = re.compile(r"^(Scope|Capacity|Due dates|Date|Prioritization):\s*(.+)$")
_UNRESOLVED = re.compile(r"^unresolved\b", re.IGNORECASE)


@dataclass(slots=True)
class Item:
    """An action as the document gives it. ``known`` tells which columns or fields the document has at
    all: what nobody could fill in is not held against one line."""

    title: str
    line: int
    owner: str | None = None
    due: date | None = None
    due_text: str | None = None
    done_when: list[str] = field(default_factory=list)
    priority: Priority | None = None
    category: Category | None = None
    strength: Strength | None = None
    closed: bool = False
    id: str | None = None
    text: str = ""
    primary: bool = False


@dataclass(slots=True)
class Listed:
    """The items of a document with what else the checks need to know of it."""

    items: list[Item] = field(default_factory=list)
    ours: bool = False
    policy: str | None = None
    capacity: str | None = None
    start: date | None = None
    planned: date | None = None
    has_root_cause: bool = False


def read_items(text: str, headings: HeadingTable, forms: FormTable) -> Listed:
    """Read the actions of a document, each once."""
    if text.lstrip()[:1] == "{":
        listed = _from_json(text)
        if listed is not None:
            return listed
    found = units(blocks(normalise(text)[0]), headings)
    listed = _ours(found) if any(_OURS.match(unit.block.text) for unit in found) else _humans(found)
    for item in listed.items:
        entry = forms.classify(item.title)
        item.category = item.category or entry.category
        item.strength = item.strength or entry.strength
        item.text = item.text or item.title
    return listed


def _day(text: str) -> date | None:
    found = find_day(text)
    return found.day if found else None


def _ours(found: Sequence[Unit]) -> Listed:
    listed = Listed(ours=True)
    by_id: dict[str, Item] = {}
    section = ""
    current: Item | None = None
    in_done = False
    for unit in found:
        block, text = unit.block, unit.block.text
        if block.kind is BlockKind.HEADING:
            if block.level == 2:
                section, current = text, None
            match = _DETAIL.match(text)
            if match and section[:2] in ("2)", "3)", "4)"):
                current = by_id.get(match["id"]) or Item(match["title"], block.span.start, id=match["id"])
                current.line = block.span.start
                in_done = False
                if match["id"] not in by_id:
                    by_id[match["id"]] = current
                    listed.items.append(current)
        elif block.kind is BlockKind.ROW and _OURS.match(section) and block.header:
            cells = dict(zip((name.lower() for name in block.header), block.cells, strict=False))
            item = Item(cells.get("action", ""), block.span.start, id=cells.get("id"))
            _set_owner(item, cells.get("owner", ""))
            item.done_when = [cells["done when"]] if cells.get("done when") else []
            _set_due(item, cells.get("due", ""))
            if cells.get("priority") in {p.value for p in Priority}:
                item.priority = Priority(cells["priority"])
            if cells.get("category", "").lower() in {c.value for c in Category}:
                item.category = Category(cells["category"].lower())
            listed.items.append(item)
            by_id[item.id or str(len(by_id))] = item
        elif current is not None and block.kind in (BlockKind.LINE, BlockKind.ITEM):
            in_done = _detail(current, unit, in_done)
        elif not section and (match := _HEADER.match(text)):
            _header(listed, match.group(1), match.group(2))
    return listed


def _header(listed: Listed, key: str, value: str) -> None:
    if key == "Capacity":
        listed.capacity = value.split()[0].lower()
    elif key == "Due dates":
        listed.policy = value.split(",")[0].split()[0].lower()
        listed.planned = _day(value)
    elif key == "Date":
        listed.start = _day(value)


def _detail(item: Item, unit: Unit, in_done: bool) -> bool:
    """Read one line of an action's details; return whether done-when items follow."""
    label = (unit.label or "").lower()
    if label == "owner":
        item.owner = None
        _set_owner(item, unit.value.split(" (")[0] if not _UNRESOLVED.match(unit.value) else unit.value)
    elif label == "due":
        _set_due(item, unit.value.split(":")[0])
    elif label == "done when":
        item.done_when = [unit.value] if unit.value else []
        return True
    elif in_done and unit.block.kind is BlockKind.ITEM:
        item.done_when.append(unit.block.text)
        return True
    elif label == "impact" and "strength" in unit.value:
        word = unit.value.rsplit("strength", 1)[1].strip()
        item.strength = Strength(word) if word in {s.value for s in Strength} else None
    elif label in ("statement", "action"):
        item.text = f"{item.title}. {unit.value}"
    return False


def _set_owner(item: Item, text: str) -> None:
    item.owner = None if is_placeholder(text) else text.strip()


def _set_due(item: Item, text: str) -> None:
    item.due = _day(text)
    item.due_text = None if is_placeholder(text) else text.strip()


def _humans(found: Sequence[Unit]) -> Listed:
    listed = Listed()
    told = sentences(found)
    actions, _ = stated_actions(found, told, None)
    listed.has_root_cause = any("root_cause" in unit.roles and not unit.residue for unit in found)
    for action in actions:
        listed.items.append(
            Item(
                action.text, action.evidence[0].span.start, _as_written(action), action.due, action.due_text,
                [action.done_when] if action.done_when else [], action.priority, action.category,
                closed=action.state.value in ("claimed done", "declined"),
            )
        )  # fmt: skip
    if not listed.items:
        listed.items = _bare_list(found)
    _nested(found, listed.items)
    listed.items.sort(key=lambda item: item.line)
    return listed


def _as_written(action: StatedAction) -> str | None:
    """The owner, with the ``@`` where the document has one: a handle is one account, whatever words it holds."""
    handle = f"@{action.owner}"
    return (
        handle
        if action.owner and any(handle in evidence.quote for evidence in action.evidence)
        else action.owner
    )


def _bare_list(found: Sequence[Unit]) -> list[Item]:
    """A document that is nothing but a list: every item is an action."""
    from ..parse.action_text import take_apart

    items = []
    kinds = [unit for unit in found if unit.block.kind in (BlockKind.ITEM, BlockKind.LINE, BlockKind.ROW)]
    listed = [unit for unit in kinds if unit.block.kind is BlockKind.ITEM and unit.block.depth == 1]
    prose = [
        u
        for u in kinds
        if u.block.kind is BlockKind.LINE and u.block.depth == 0 and len(u.block.text.split()) > 12
    ]
    if (
        not listed
        or len(prose) > len(listed)
        or any(set(u.roles) & {"timeline", "root_cause", "five_whys", "impact"} for u in listed)
    ):
        return []
    for unit in listed:
        if unit.residue or unit.block.text.endswith(":"):
            continue
        beside = take_apart(unit.block.text, unit.block.raw, None)
        items.append(
            Item(
                beside.text,
                unit.block.span.start,
                beside.owner,
                beside.due,
                beside.due_text,
                [],
                beside.priority,
                closed=bool(unit.block.checked),
            )
        )
    return items


def _nested(found: Sequence[Unit], items: Sequence[Item]) -> None:
    """``Owner:``, ``Due:`` and ``Done when:`` lines below an item belong to it."""
    lines = {item.line: item for item in items}
    current: Item | None = None
    for unit in found:
        if unit.block.span.start in lines:
            current = lines[unit.block.span.start]
            continue
        if unit.block.kind is BlockKind.HEADING:
            current = None
        match = re.match(
            r"^\W*(owner|assignee|dri|due|deadline|done when|acceptance criteria|success criteria|verification|priority)\s*:\s*(.+)$",
            unit.block.text,
            re.IGNORECASE,
        )
        if current is None or match is None:
            continue
        key, value = match.group(1).lower(), match.group(2).strip()
        if key in ("owner", "assignee", "dri"):
            _set_owner(current, value)
        elif key in ("due", "deadline"):
            _set_due(current, value)
        elif key == "priority":
            current.priority = next((p for p in Priority if p.value in value.upper()), current.priority)
        else:
            current.done_when.append(value)


def _from_json(text: str) -> Listed | None:
    try:
        data: Any = json.loads(text)
        actions = data["actions"]
        request = data.get("request", {})
        listed = Listed(ours=True, policy=request.get("due_date_policy"), capacity=request.get("capacity"))
        listed.start = _day(str((data.get("incident") or {}).get("date") or ""))
        listed.planned = _day(str(request.get("today") or ""))
        lines = text.split("\n")
        for action in actions:
            mark = re.compile(rf'"id":\s*"{re.escape(str(action["id"]))}"')
            line = next((n for n, content in enumerate(lines, 1) if mark.search(content)), 1)
            owner = action["owner"]
            item = Item(
                action["title"], line, owner["person"] or f"unresolved ({owner.get('known') or owner['why']})",
                _day(str(action["due"]["on"] or "")),
                action["due"]["on"], list(action["done_when"]), Priority(action["priority"]), Category(action["category"]),
                Strength(action["strength"]), id=action["id"], text=f"{action['title']}. {action['statement']}",
                primary=action.get("role") == "primary root cause",
            )  # fmt: skip
            listed.items.append(item)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return listed
