"""Units: every piece of text with the roles of the headings and labels it stands under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .blocks import Block, BlockKind
from .headings import HeadingTable, simplify
from .inline import plain

_BOLD_LABEL = re.compile(
    r"^\s*(\*\*|__|\*|_|''')(?P<label>[^*_\n|]{1,80}?)\s*(?P<in>:)?\s*\1\s*(?P<out>:)?\s*(?P<rest>.*)$",
    re.DOTALL,
)
_PLAIN_LABEL = re.compile(
    r"^\s*(?P<label>[A-Za-z\u00c0-\u024f\u3040-\u9fff][^:：*|\n]{0,60}?)\s*[:：](?!//)(?:\s+|$)(?P<rest>.*)$",
    re.DOTALL,
)
_CLOCK_OR_DAY = re.compile(r"\b\d{1,2}:\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b")
_EXAMPLE = re.compile(r"\b(?:e\.g|example|for instance|such as|yyyy|hh:mm|utc time)\b", re.IGNORECASE)
_PROMPT = re.compile(r"^\s*([*_])(?![*_])(?=\S).{10,2000}[^*_]\1\s*$", re.DOTALL)
_PLACEHOLDER = re.compile(
    r"^\W*(?:\[[^\]]{1,300}\]|\{\{?[^}]{1,200}\}?\}|<[^>]{1,200}>|‹[^›]{1,200}›|\?\?+|tbd|todo|tba|n/?a|none|unknown|"
    r"yyyy-mm-dd|inc-x+|sev-?x|x hours? y minutes?|\$?x+)\W*$",
    re.IGNORECASE,
)
_LONGEST_BARE = 4  # words
_LONGEST_LABEL = 8
_ASKS_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
_PSEUDO_LEVEL, _LABEL_LEVEL = 7, 8
# Under these parents a heading that could mean something else only sorts actions.
_ACTION_CLASSES = {
    "action_class",
    "action_phase",
    "mitigation",
    "detection",
    "resolution",
    "response",
    "verification",
}
# Inside these, "Fix:" or "Prevention:" announces actions; it is no section of its own.
_GAP_PARENTS = {"detection_gap", "went_poorly", "contributing_factor"}
ACTION_ROLES = frozenset({"action_item", "action_phase", "action_class", "action_preview"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A block with its place. ``label`` is a leading "Label:", ``value`` what follows it (the whole text
    without one). ``text`` leaves the label out where it only names a section; ``roles`` innermost first;
    ``headings`` innermost first; ``residue`` marks template text that nobody filled in."""

    block: Block
    text: str
    roles: tuple[str, ...] = ()
    label: str | None = None
    value: str = ""
    headings: tuple[str, ...] = ()
    residue: bool = False


@dataclass(slots=True)
class _Open:
    level: int
    text: str
    roles: tuple[str, ...]


def is_placeholder(text: str) -> bool:
    """Whether a value stands for "missing": ``[Name]``, ``TBD``, ``N/A``, ``YYYY-MM-DD`` …"""
    return not text.strip() or bool(_PLACEHOLDER.match(text.strip()))


def split_label(block: Block, table: HeadingTable) -> tuple[str, str] | None:
    """``("Root cause", "the rest")`` for a line that begins with a label, else None.

    A bold label needs a colon or to stand alone; a bare one must be known or short and capitalised."""
    if block.kind not in (BlockKind.LINE, BlockKind.ITEM):
        return None
    bold = _BOLD_LABEL.match(block.raw)
    if bold and (bold["in"] or bold["out"] or not bold["rest"].strip()):
        return plain(bold["label"]), plain(bold["rest"])
    if bold and _is_run_in(bold["label"], table):
        return plain(bold["label"]).rstrip(" ."), plain(bold["rest"])
    if block.kind is BlockKind.LINE and block.text[:1].isupper() and len(block.text.split()) <= _LONGEST_BARE and table.exact(block.text):
        return block.text, ""  # a section's name on a line of its own, without any mark
    bare = _PLAIN_LABEL.match(block.text)
    if bare:
        label = bare["label"].strip()
        known = table.exact(label) or table.asked(label)
        rest = bare["rest"].strip()
        words = len(label.split())
        names = label[0].isupper() or (words <= _LONGEST_BARE and bool(table.roles(label)))
        if known or (not rest and words <= _LONGEST_LABEL and names):
            return label, rest
    return None


def _is_run_in(label: str, table: HeadingTable) -> bool:
    """Whether bold words before a text are its heading: a question, or a section's name ("**Detection.** …")."""
    label = plain(label).strip()
    return label.endswith("?") or bool(table.exact(label)) or (label.endswith(".") and len(label.split()) <= 6 and bool(table.roles(label)))


def _names_the_document(block: Block, before: Sequence[Unit], table: HeadingTable) -> bool:
    """Whether a first heading is the document's own title; below a text it may as well be the name of its first section."""
    if any(unit.block.kind is BlockKind.HEADING for unit in before):
        return False
    opening = all(unit.block.kind in (BlockKind.FRONT_MATTER, BlockKind.CODE) for unit in before)
    return opening or set(table.roles(block.text)) <= {"title"}


def units(found: Sequence[Block], table: HeadingTable) -> list[Unit]:
    """The units of a document, headings included, in order."""
    opened: list[_Open] = []
    items: dict[int, tuple[str, ...]] = {}
    result: list[Unit] = []
    prompts = _prompts(found)
    for place, block in enumerate(found):
        if block.kind is BlockKind.HEADING:
            items.clear()
            opened = [entry for entry in opened if entry.level < block.level]
            if block.level == 1 and _names_the_document(block, result, table):
                # The document's own title heads everything and so says nothing about any part of it.
                result.append(Unit(block, block.text, ("title",)))
                opened.append(_Open(block.level, block.text, ()))
                continue
            roles = _in_context(table.roles(block.text), block.text, opened)
            result.append(_unit(block, block.text, roles, opened, None))
            # What a document calls itself ("Postmortem: …"), at whatever level, says nothing of what stands below.
            opened.append(_Open(block.level, block.text, tuple(role for role in roles if role != "title")))
            continue
        if block.kind in (BlockKind.CODE, BlockKind.FRONT_MATTER):
            result.append(_unit(block, block.text, (), opened, None))
            continue
        items = {depth: kept for depth, kept in items.items() if depth < block.depth or (
            depth == block.depth and block.kind is not BlockKind.ITEM)}  # fmt: skip
        inherited = items.get(max(items)) if items else None
        label = None if place in prompts and _below_heading(result) else split_label(block, table)
        if label is not None and label[1] and label[0].endswith("?") and any("five_whys" in entry.roles for entry in opened):
            label = None  # a chain of whys asks and answers in the same way
        if label is None:
            unit = _unit(block, block.text, inherited or (), opened, None)
        else:
            name, rest = label
            asked = name.endswith("?")
            if rest and asked and block.depth == 0 and block.kind is BlockKind.LINE:
                # A question in bold before its answer begins a part of its own, beside others that stand so.
                opened = [entry for entry in opened if entry.level < _PSEUDO_LEVEL]
            alone = not rest and block.kind is BlockKind.LINE and block.depth == 0
            bold = block.raw.lstrip().startswith(("**", "__", "'''")) and not block.raw.rstrip().endswith(":")
            level = _PSEUDO_LEVEL if bold else _LABEL_LEVEL
            above = [entry for entry in opened if entry.level < level] if alone else opened
            known = table.exact(name) or (table.roles(name) if asked or not rest else ()) or table.asked(name)
            roles = _in_context(known, name, above)
            if alone and (roles or block.raw.lstrip().startswith(("**", "__"))):
                opened = above
                result.append(_unit(block, name, roles, opened, name))
                opened.append(_Open(level, name, roles))
                items.clear()
                continue
            text = rest if rest and roles else block.text
            unit = replace(_unit(block, text, (*roles, *(inherited or ())), opened, name), value=rest)
            if block.kind is BlockKind.ITEM:
                items[block.depth] = (*roles, *(inherited or ()))
        if place in prompts or is_placeholder(unit.value or unit.text):
            unit = replace(unit, residue=True)
        result.append(unit)
    return result


def _below_heading(before: Sequence[Unit]) -> bool:
    return bool(before) and before[-1].block.kind is BlockKind.HEADING  # there "*Note the root cause*" is an instruction


def _unit(
    block: Block, text: str, roles: tuple[str, ...], opened: Sequence[_Open], label: str | None
) -> Unit:
    outer = [role for entry in reversed(opened) for role in entry.roles]
    headings = tuple(entry.text for entry in reversed(opened))
    return Unit(block, text, tuple(dict.fromkeys((*roles, *outer))), label, text, headings)


def _in_context(roles: tuple[str, ...], text: str, opened: Sequence[_Open]) -> tuple[str, ...]:
    """What a heading means where it stands (see the notes on headings that depend on context)."""
    outer = {role for entry in opened for role in entry.roles}
    if len(roles) > 1:
        roles = tuple(role for role in roles if role != "title")
    if not roles or ("five_whys" in outer and _ASKS_WHY.search(text)):
        return ()
    if outer & ACTION_ROLES and set(roles) & _ACTION_CLASSES:
        return ("action_class",)
    if outer & _GAP_PARENTS and set(roles) & {"resolution", "action_item", "mitigation"}:
        return ("action_item",) if "action" in simplify(text) else ("action_preview",)
    if "summary" in outer and set(roles) & {"action_item", "action_class"}:
        return ("action_preview",)
    if outer & _GAP_PARENTS and set(roles) & {"root_cause", "fault"}:
        return ()
    # "Detection" and the like only sort actions where actions are; elsewhere they are sections.
    return tuple(role for role in roles if role not in ("action_class", "action_phase")) or (
        roles if outer & ACTION_ROLES else ()
    )


def _prompts(found: Sequence[Block]) -> set[int]:
    """Places of paragraphs that are wholly italic: a template's own instructions."""
    result: set[int] = set()
    start = 0
    while start < len(found):
        end = start + 1
        if found[start].kind is BlockKind.LINE:
            while (
                end < len(found)
                and found[end].kind is BlockKind.LINE
                and found[end].paragraph == found[start].paragraph
            ):
                end += 1
            raw = "\n".join(block.raw for block in found[start:end])
            if _PROMPT.match(raw) and raw.count("*") + raw.count("_") <= 6 and len(raw.split()) >= 4 and not _tells_a_time(raw):
                result.update(range(start, end))
        start = end
    return result


def _tells_a_time(text: str) -> bool:
    """Whether a day or a clock stands in a text, but for an example's: a template does not know when it was."""
    return _CLOCK_OR_DAY.search(text) is not None and _EXAMPLE.search(text) is None
