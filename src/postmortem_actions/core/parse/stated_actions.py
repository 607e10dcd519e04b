"""The actions an RCA itself states, wherever they stand, each exactly once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..model import Problem, Sentence, StatedAction
from ..policy import ActionState
from ..text.words import content_stems, similarity
from .action_text import bare_name, take_apart
from .action_units import from_item, from_lines, from_row, made, with_head
from .action_words import begins_as_action, committed, ought, parts
from .blocks import BlockKind
from .chat_actions import agreed_in_chat
from .sections import Unit

# "[10:25] Ben: action item: add an index": said in a chat. Who said it need not be who does it.
_SAID = re.compile(
    r"^\W{0,3}(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?\W{0,3}.{0,60}?\b(?:action(?: item| point)?|todo|follow[- ]?up)\s*:\s*"
    r"(?P<rest>\S.{5,300})$",
    re.IGNORECASE,
)
_COMMITTING_ROLES = {
    "summary",
    "lessons",
    "resolution",
    "went_poorly",
    "risk",
    "detection_gap",
    "root_cause",
    "detection",
    "response",
    "narrative",
}
_SAME = 0.6
# One person with one date for two like texts is one action told twice.
_SAME_FOR_SAME_OWNER = 0.35
_PREVIEW = 2
_FEWEST_WORDS = 2
_FEWEST_NAMES = 2
_LONGEST_LINE = 45  # words of a sentence that is one action, or a few
# "We have to thank …", "we want to be open about …": promises nobody can close.
_NO_DEED = re.compile(
    r"^(?:thank|apologi[sz]e|be (?:clear|open|transparent|honest)|"
    r"(?:share|explain|tell|describe|show|walk|take|give) (?:this|the|what|how|you|our)\b|"
    r"keep (?:you|our (?:users|customers)) |point out|stress|emphasi[sz]e|note|say)",
    re.IGNORECASE,
)


# "Here's what we're changing. The scaler will spread over four families. It will back off."
_ANNOUNCES = re.compile(
    r"^(?:so,? )?(?:here(?:['’]s| is| are) (?:what|the (?:changes|steps|measures|actions|things))|"
    r"these are the (?:changes|steps|measures|actions)|"
    r"(?:we are|we['’]re) (?:making|taking) (?:the following|these|several|a (?:few|number of)) (?:changes|steps|measures|actions)|"
    r"the following (?:changes|steps|measures|actions))\b[^.:]{0,80}[.:]?$",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"^(?:and )?(?:the|our|all|every|each|it|they|we|new|any)\b(?: [\w'’/-]+){0,5} (?:will|now|no longer|(?:is|are) going to)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Found:
    action: StatedAction
    rank: int  # 0 in an action section, 1 in a list of actions elsewhere, 2 preview, 3 prose
    group: tuple[tuple[str, ...], BlockKind] | None = None  # the list or table it stands in


def stated_actions(
    found: Sequence[Unit], sentences: Sequence[Sentence], incident: date | None
) -> tuple[list[StatedAction], list[Problem]]:
    """The stated actions in order of their fullest place, and what was odd about them."""
    found = with_head(found)
    collected = [*_with_names_behind(list(_from_units(found, incident))), *_from_prose(sentences, incident), *_from_chat(found, incident)]
    collected.sort(key=lambda entry: entry.rank)
    merged: list[_Found] = []
    stems: list[frozenset[str]] = []
    for entry in collected:
        own = content_stems(entry.action.text)
        alike = [n for n, other in enumerate(stems) if _same(own, other, entry, merged[n])]
        place = max(alike, key=lambda n: (similarity(own, stems[n]), -n), default=None)
        if place is None:
            if entry.rank == _PREVIEW and any(e.rank < _PREVIEW for e in merged):
                continue  # the list of actions says what was decided; a "Fix:" above it only leads there
            merged.append(entry)
            stems.append(own)
        else:
            merged[place].action = _complete(merged[place].action, entry.action)
    actions = [entry.action for entry in merged]
    actions.sort(key=lambda action: action.evidence[0].span)
    return actions, _problems(actions)


def _same(own: frozenset[str], other: frozenset[str], entry: _Found, kept: _Found) -> bool:
    if entry.action.evidence[0].span == kept.action.evidence[0].span:
        return own == other
    alike = similarity(own, other)
    first, second = entry.action, kept.action
    if entry.group is not None and entry.group == kept.group:
        return (
            first.text.casefold() == second.text.casefold()
        )  # whoever wrote one list told its entries apart
    if first.owner and first.due and (first.owner, first.due) == (second.owner, second.due):
        return alike >= _SAME_FOR_SAME_OWNER
    return own == other or (len(own) >= _FEWEST_WORDS and alike >= _SAME)


def _complete(kept: StatedAction, other: StatedAction) -> StatedAction:
    return replace(
        kept,
        evidence=tuple(dict.fromkeys([*kept.evidence, *other.evidence])),
        owner=kept.owner or other.owner, due=kept.due or other.due, due_text=kept.due_text or other.due_text,
        priority=kept.priority or other.priority, ticket=kept.ticket or other.ticket,
        ticket_url=kept.ticket_url or other.ticket_url, category=kept.category or other.category,
        effort=kept.effort or other.effort, done_when=kept.done_when or other.done_when,
        horizon=kept.horizon or other.horizon,
        state=other.state if kept.state is ActionState.PROPOSED else kept.state,
    )  # fmt: skip


def _rank(unit: Unit) -> int | None:
    roles = unit.roles
    if "went_well" in roles or ("related" in roles and "action_item" not in roles) or "evidence" in roles:
        return None
    if "action_preview" in roles:
        return 2
    if "action_item" in roles or "action_class" in roles:
        outer = set(roles) & {"detection_gap", "contributing_factor", "went_poorly", "summary"}
        return 1 if outer else 0
    return None


def _from_units(found: Sequence[Unit], incident: date | None) -> Iterator[_Found]:
    taken: set[int] = set()
    for place, unit in enumerate(found):
        if place in taken:
            continue
        rank = _rank(unit)
        label = (unit.label or "").lower()
        if (
            rank is None
            and re.search(r"\baction item$|^todo$|^action point$|^meta action item$", label)
            and unit.value
        ):
            rank = 1
        if rank is None and (said := _SAID.search(unit.block.text)) and not unit.residue:
            action = made(take_apart(said["rest"], unit.block.raw, incident), unit, None)
            if action is not None:
                yield _Found(action, 1, (unit.headings, unit.block.kind))
            continue
        if (
            rank is None
            or unit.residue
            or (unit.label is not None and unit.value == unit.label)  # only names what stands below it
            or unit.block.kind in (BlockKind.HEADING, BlockKind.CODE, BlockKind.FRONT_MATTER)
        ):
            continue
        if unit.block.kind is BlockKind.ROW:
            action = from_row(unit, incident)
        elif unit.block.kind is BlockKind.ITEM:
            if _only_groups(found, place):
                continue
            action = from_item(unit, incident, strict=rank == 2)
        else:
            group = _paragraph(found, place)
            taken.update(range(place, place + len(group)))
            for action in from_lines(group, incident):
                yield _Found(action, rank, (unit.headings, unit.block.kind))
            continue
        if action is not None:
            yield _Found(action, rank, (unit.headings, unit.block.kind))


def _with_names_behind(listed: list[_Found]) -> Iterator[_Found]:
    """A bare name in brackets behind an action is its owner where the same list has it at least twice, or once beside owners
    told for certain: a single one may as well be the name of a thing."""
    named = {id(entry): bare_name(entry.action.text) for entry in listed if entry.action.owner is None}
    owned: dict[object, int] = {}
    for entry in listed:
        owned[entry.group] = owned.get(entry.group, 0) + (entry.action.owner is not None or named.get(id(entry)) is not None)
    for entry in listed:
        found = named.get(id(entry))
        if found is not None and owned[entry.group] >= _FEWEST_NAMES:
            entry.action = replace(entry.action, text=found[0], owner=found[1])
        yield entry


def _paragraph(found: Sequence[Unit], place: int) -> list[Unit]:
    """The lines of one paragraph from a place on, up to the next label."""
    first = found[place]
    group = [first]
    for unit in found[place + 1 :] if first.label is None else ():
        if unit.block.kind is not BlockKind.LINE or unit.block.paragraph != first.block.paragraph or unit.label is not None or unit.residue:
            break
        group.append(unit)
    return group


def _only_groups(found: Sequence[Unit], place: int) -> bool:
    """An item that ends in a colon only heads the items below it."""
    unit = found[place]
    following = found[place + 1] if place + 1 < len(found) else None
    return (
        unit.text.rstrip().endswith(":")
        and following is not None
        and following.block.depth > unit.block.depth
    )


def _from_prose(sentences: Sequence[Sentence], incident: date | None) -> Iterator[_Found]:
    announced: Sentence | None = None
    for sentence in sentences:
        if announced is not None and not _goes_on(announced, sentence):
            announced = None
        roles = set(sentence.roles)
        inside = roles & {
            "action_item",
            "action_class",
            "action_preview",
            "went_well",
            "related",
            "evidence",
            "customer_advice",
            "timeline",
            "impact",
        }
        if inside or (roles and not roles & _COMMITTING_ROLES):
            continue
        if _ANNOUNCES.match(sentence.text):
            announced = sentence
            continue
        text = committed(sentence.text)
        if text is None and announced is not None:
            text = sentence.text.rstrip(" .") if _CHANGES.match(sentence.text) else None
            announced = sentence
        elif text is None and "lessons" in roles:
            text = ought(sentence.text)
        elif text is not None and not begins_as_action(text):
            continue
        if text is None or len(text.split()) > _LONGEST_LINE or _NO_DEED.search(text):
            continue
        for part in parts(text):
            beside = take_apart(part, part, incident)
            yield _Found(
                StatedAction(
                    beside.text, (sentence.evidence,), beside.owner, beside.due, beside.due_text, beside.priority
                ),
                3,
            )


def _goes_on(before: Sentence, after: Sentence) -> bool:
    return after.roles == before.roles and after.span.start - before.span.end <= 1


def _from_chat(found: Sequence[Unit], incident: date | None) -> Iterator[_Found]:
    for agreed in agreed_in_chat(found):
        action = made(take_apart(agreed.text, agreed.text, incident), agreed.unit, None)
        if action is not None:
            yield _Found(replace(action, owner=action.owner or agreed.owner), 1, (agreed.unit.headings, agreed.unit.block.kind))


def _problems(actions: Sequence[StatedAction]) -> list[Problem]:
    return [
        Problem(
            "due-date-unclear", f"the due date {action.due_text!r} of {action.text!r} names no day",
            action.evidence[0].span.start, fix="Write it as YYYY-MM-DD.",
        )
        for action in actions
        if action.due_text and action.due is None
    ]  # fmt: skip
