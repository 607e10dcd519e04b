"""What is judged of each action, and of the list as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from ..planning.capacity import LIMITS
from ..planning.dates import window_end
from ..policy import Capacity, Category, DueDatePolicy, Priority, Strength
from ..text.words import content_stems, similarity
from .findings import Finding, make
from .items import Item, Listed
from .knowledge import LintKnowledge

_Found = Callable[[str, str], Finding]
_SEVERAL = re.compile(r"\s*(?:,|;|/|&|\+|\band\b)\s*")
_COMPOUND = re.compile(
    r";|\band (?:also )?(?:add|create|write|update|remove|fix|implement|introduce|rotate|document|set up|migrate|enable|disable)\b",
    re.IGNORECASE,
)
_SAME = 0.75
_SURELY_SAME = 0.85  # although the two read as of different categories
_SMALL_LIST = 2  # a list this short is not blamed for what it lacks as a whole


def check_item(
    item: Item, listed: Listed, known: LintKnowledge, path: str, today: date | None
) -> Iterator[Finding]:
    """The findings on one action."""

    def found(code: str, message: str) -> Finding:
        return make(code, message, path, item.line)

    named = f"“{_short(item.title)}”"
    if words := known.blame.found(item.text or item.title):
        yield found("PMA104", f"{named} blames a person (“{words}”)")
    if words := known.open_ended.found(item.title):
        if (
            known.bounded.found(f"{item.text or item.title} {' '.join(item.done_when)}") is None
            and item.due is None
        ):
            yield found("PMA102", f"{named} has no end (“{words}”)")
    elif words := known.vague.found(item.title):
        yield found("PMA101", f"{named} is vague (“{words}”)")
    if _COMPOUND.search(item.title):
        yield found("PMA103", f"{named} holds several actions")
    if not item.closed:
        yield from _owner(item, known, found, named)
        yield from _dates(item, listed, found, named, today)
    yield from _done_when(item, listed, known, found, named)
    if item.priority is None and any(other.priority for other in listed.items):
        yield found("PMA404", f"{named} has no priority")


def _owner(item: Item, known: LintKnowledge, found: _Found, named: str) -> Iterator[Finding]:
    owner = (item.owner or "").strip()
    if not owner:
        yield found("PMA201", f"{named} has no owner")
        return
    if owner.lower().startswith("unresolved"):
        yield found("PMA204", f"{named}: owner {owner}")
        return
    parts = [part for part in _SEVERAL.split(owner) if part]
    words = {word.strip("@").lower() for word in re.split(r"[\s/,-]+", owner)}
    if words & known.teams and not (
        owner.startswith("@") and len(parts) == 1 and owner.strip("@").lower() not in known.teams
    ):
        yield found("PMA202", f"{named} is owned by {owner!r}, not by a person")
    elif len(parts) > 1:
        yield found("PMA203", f"{named} has several owners ({owner})")


def _dates(item: Item, listed: Listed, found: _Found, named: str, today: date | None) -> Iterator[Finding]:
    if listed.policy == DueDatePolicy.NONE.value or item.priority is Priority.P3:
        return
    if item.due is None:
        if (
            not item.due_text
            or listed.ours
            or not re.search(r"\d|week|month|quarter|day|sprint", item.due_text, re.IGNORECASE)
        ):
            yield found("PMA401", f"{named} has no due date")
        return
    reference = listed.planned or today
    if reference is not None and item.due < reference:
        yield found("PMA402", f"{named} was due on {item.due}")
    start = listed.start or listed.planned
    if start is not None and item.priority is not None and listed.policy in ("aggressive", "realistic"):
        policy = DueDatePolicy(listed.policy)
        end = window_end(start, item.priority, policy)
        if end is not None and listed.planned is not None and end < listed.planned:
            end = window_end(listed.planned, item.priority, policy)
        if end is not None and item.due > end and "beyond its window" not in (item.due_text or ""):
            yield found(
                "PMA403", f"{named} is due on {item.due}, after its {item.priority.value} window ({end})"
            )


def _done_when(
    item: Item, listed: Listed, known: LintKnowledge, found: _Found, named: str
) -> Iterator[Finding]:
    if not item.done_when:
        if not item.closed:
            yield found("PMA301", f"{named} does not say when it is done")
        return
    poor = [text for text in item.done_when if _uncheckable(text, known)]
    if len(poor) == len(item.done_when):
        yield found("PMA302", f"{named}: done when “{_short(poor[0])}” cannot be checked by somebody else")


def _uncheckable(text: str, known: LintKnowledge) -> bool:
    bare = re.sub(r"[^\w\s/?-]", "", text).strip().lower()
    if bare in known.bare:
        return True
    return known.uncheckable.found(text) is not None and not re.search(r"\d", text)


def check_list(listed: Listed, known: LintKnowledge, path: str) -> Iterator[Finding]:
    """The findings on the list as a whole, reported at its first action."""
    items = listed.items
    open_items = [item for item in items if not item.closed]
    line = items[0].line
    yield from _duplicates(items, path)
    if listed.capacity in {c.value for c in Capacity}:
        limit = LIMITS[Capacity(listed.capacity)]
        if len(open_items) > limit:
            yield make(
                "PMA606",
                f"{len(open_items)} actions at {listed.capacity} capacity (at most {limit})",
                path,
                line,
            )
    elif len(open_items) > LIMITS[Capacity.HIGH]:
        most = LIMITS[Capacity.HIGH]
        yield make(
            "PMA606",
            f"{len(open_items)} open actions for one incident (even high capacity takes at most {most})",
            path,
            line,
        )
    ranked = [item for item in items if item.priority is not None]
    if ranked and not any(item.priority in (Priority.P0, Priority.P1) for item in ranked):
        yield make("PMA601", "no action is a P0 or P1, so the root cause stays as it is", path, line)
    if len(items) <= _SMALL_LIST and not listed.has_root_cause and not listed.ours:
        return
    if all(known.training.found(item.title) for item in items):
        yield make("PMA605", "training or reminders are the only answer", path, line)
    elif all(item.strength is Strength.WEAK or known.weak.found(item.title) for item in items):
        yield make("PMA604", "every action asks people instead of changing the system", path, line)
    # A short plan made for low capacity holds only what is most urgent.
    if listed.capacity == Capacity.LOW.value:
        return
    categories = {item.category for item in items}
    if Category.DETECTION not in categories:
        yield make("PMA602", "no action would notice the failure earlier", path, line)
    if Category.RESPONSE not in categories:
        yield make("PMA603", "no action would make the next mitigation faster", path, line)


def _duplicates(items: list[Item], path: str) -> Iterator[Finding]:
    stems = [content_stems(item.title) for item in items]
    for place, item in enumerate(items):
        for other in range(place):
            alike = similarity(stems[place], stems[other]) if len(stems[place]) >= 2 else 0.0
            if alike >= (_SAME if items[other].category is item.category else _SURELY_SAME):
                yield make(
                    "PMA501",
                    f"“{_short(item.title)}” says the same as line {items[other].line}",
                    path,
                    item.line,
                )
                break


def _short(text: str, most: int = 70) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
