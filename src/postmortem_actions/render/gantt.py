"""The plan as a picture of its dates: one row per action and follow-up, as SVG and as a part of an HTML page.

It needs nothing from outside and runs nothing. Every row says in words what its bar shows, so that neither colour nor
sight is needed: the description of the picture holds it all. Colours are those of Okabe and Ito, which people with
any kind of colour blindness can tell apart, and stand out on light and on dark paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from unicodedata import combining, east_asian_width

from ..core.context import Calendar
from ..core.model import Action, Plan
from ..core.planning.dates import working_day_after
from .gantt_axis import Axis

_ROW, _HEAD, _FOOT, _PAD = 26, 52, 12, 10  # pixels
_LABEL, _DATES = 340, 216  # width of the columns of labels and of dates
_BAR = 14  # height of a bar
_CHARACTERS = 46  # what fits the column of labels, in narrow characters
# What XML 1.0 cannot hold, and what turns the direction of the text around it.
_UNFIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_INK, _SOFT, _LINE, _PAPER, _OFF = "#1b1f24", "#57606a", "#d0d7de", "#ffffff", "#eef1f4"
_FILL = {"P0": "#d55e00", "P1": "#0072b2", "P2": "#009e73", "P3": "#7a8490", "follow-up": "#cc79a7"}
# Attributes give the light colours to whatever knows no style sheet; this gives the dark ones to what does.
_STYLE = (
    ".gantt text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif}"
    "@media (prefers-color-scheme:dark){.gantt text,.gantt .g-tip{fill:#e6edf3}.gantt .g-soft{fill:#9da7b3}"
    ".gantt .g-paper{fill:#0d1117}.gantt .g-off{fill:#1c2128}.gantt .g-grid{stroke:#3d444d}"
    ".gantt .g-ink{stroke:#e6edf3}}"
)
_FRAME = ".gantt-frame{margin:1rem 0}.gantt-frame>div{overflow-x:auto}.gantt-frame svg{display:block}"


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: an action with its bar, or a follow-up on one day. ``start`` and ``end`` are None where there
    is no date. ``said`` is the whole row in words."""

    key: str
    label: str
    dates: str
    said: str
    kind: str
    start: date | None
    end: date | None
    late: bool = False
    needs: tuple[str, ...] = ()


def gantt_svg(
    plan: Plan, starts: Mapping[str, date] | None = None, calendar: Calendar | None = None, *, nonce: str = ""
) -> str:
    """The picture as one SVG element.

    ``starts`` gives the day on which an action is begun, by id. Without it a bar begins on the first working day
    possible: the planning date, or the day after the last due date of what the action waits for. ``calendar`` tells the days
    that are shaded. ``nonce`` lets the style in where a content policy asks for one."""
    calendar = calendar or Calendar()
    rows = [*_action_rows(plan, starts or {}, calendar), *_meeting_rows(plan)]
    drawn = [day for row in rows for day in (row.start, row.end) if day is not None]
    axis = Axis.over([*drawn, plan.request.today], _PAD + _LABEL + _DATES)
    height = _HEAD + _ROW * len(rows) + _FOOT
    width = _n(axis.right + _PAD)
    tops = {row.key: _HEAD + n * _ROW for n, row in enumerate(rows)}
    said = f"Planned on {plan.request.today}. " + "; ".join(row.said for row in rows) + "."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gantt" role="img" aria-labelledby="gantt-title gantt-desc" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" '
        f'fill="{_INK}">',
        f'<title id="gantt-title">{_safe(f"Dates of the action plan: {plan.incident.title}")}</title>',
        f'<desc id="gantt-desc">{_safe(said)}</desc>',
        f"<style{_nonce(nonce)}>{_STYLE}</style>",
        f'<rect class="g-paper" fill="{_PAPER}" width="{width}" height="{height}"/>',
        *_background(axis, calendar, plan.request.today, height),
        *(part for row in rows for part in _drawn(row, axis, tops[row.key])),
        *_links(rows, axis, tops),
        "</svg>",
    ]
    return "\n".join(parts)


def gantt_html(
    plan: Plan, starts: Mapping[str, date] | None = None, calendar: Calendar | None = None, *, nonce: str = ""
) -> str:
    """The picture as a figure for an HTML page; it scrolls sideways where the page is narrow. See gantt_svg."""
    begin = "the day on which work is to begin" if starts else "the first working day possible"
    return (
        f'<figure class="gantt-frame"><style{_nonce(nonce)}>{_FRAME}</style>\n'
        f"<figcaption>A bar reaches from {begin} to the due date; a dashed outline says that the date lies beyond its "
        f"window. Lines lead from an action to those that wait for it. Days off are shaded.</figcaption>\n"
        f'<div tabindex="0" role="region" aria-label="Dates of the plan">\n'
        f"{gantt_svg(plan, starts, calendar, nonce=nonce)}\n</div></figure>\n"
    )


def _action_rows(plan: Plan, starts: Mapping[str, date], calendar: Calendar) -> Iterator[_Row]:
    due = {action.id: action.due.on for action in plan.actions}
    for action in plan.actions:
        label = f"{action.id} {action.priority.value} {action.title}"
        after = f", after {', '.join(action.depends_on)}" if action.depends_on else ""
        who = f", {action.owner.person or 'no owner yet'}"
        end = action.due.on
        if end is None:
            yield _Row(
                action.id,
                label,
                "no date",
                f"{label}: no date{after}{who}",
                action.priority.value,
                None,
                None,
            )
            continue
        start = min(starts.get(action.id) or _first_day(action, due, plan.request.today, calendar), end)
        dates = str(end) if start == end else f"{start} → {end}"
        said = f"{label}: {f'{start} to ' if start != end else ''}{end}{', beyond its window' * action.due.late}{after}{who}"
        yield _Row(
            action.id, label, dates + " late" * action.due.late, said, action.priority.value, start, end,
            action.due.late, action.depends_on,
        )  # fmt: skip


def _first_day(action: Action, due: Mapping[str, date | None], today: date, calendar: Calendar) -> date:
    waits = [on for need in action.depends_on if (on := due.get(need)) is not None and on < date.max]
    return working_day_after(max([today, *(on + timedelta(days=1) for on in waits)]), calendar)


def _meeting_rows(plan: Plan) -> Iterator[_Row]:
    for n, meeting in enumerate(plan.tracking.meetings):
        dates = str(meeting.on) if meeting.on else "no date"
        yield _Row(
            f"meeting {n}",
            meeting.name,
            dates,
            f"{meeting.name}: {dates}",
            "follow-up",
            meeting.on,
            meeting.on,
        )


def _background(axis: Axis, calendar: Calendar, today: date, height: int) -> Iterator[str]:
    """Days off, a line with its date every so often, the heads of the columns, and the day of planning."""
    floor = height - _FOOT
    for left, wide in axis.days_off(calendar):
        yield (
            f'<rect class="g-off" fill="{_OFF}" x="{_n(left)}" y="{_HEAD}" width="{_n(wide)}" height="{floor - _HEAD}"/>'
        )
    for x, label in axis.ticks():
        yield f'<path class="g-grid" stroke="{_LINE}" d="M{_n(x)} {_HEAD - 18}V{floor}"/>'
        if label:
            yield f'<text class="g-soft" fill="{_SOFT}" x="{_n(x + 4)}" y="{_HEAD - 7}">{label}</text>'
    for x, label in ((_PAD, "Action"), (_PAD + _LABEL, "Dates")):
        yield f'<text class="g-soft" fill="{_SOFT}" x="{x}" y="{_HEAD - 7}">{label}</text>'
    x = axis.begin(today)
    anchor = "start" if x < (axis.left + axis.right) / 2 else "end"
    yield f'<path class="g-ink g-today" stroke="{_INK}" stroke-width="2" stroke-dasharray="2 3" d="M{_n(x)} 23v7M{_n(x)} {_HEAD}V{floor}"/>'
    yield f'<text x="{_n(x)}" y="18" text-anchor="{anchor}">planned on {today}</text>'


def _drawn(row: _Row, axis: Axis, top: int) -> Iterator[str]:
    """Label and dates in columns of their own, which cut off what is too long, then a bar or a diamond."""
    yield f"<g><title>{_safe(row.said)}</title>"
    yield _cell(_PAD, top, _LABEL - 8, _short(row.label), "")
    yield _cell(_PAD + _LABEL, top, _DATES - 8, row.dates, f' class="g-soft" fill="{_SOFT}"')
    if row.start is not None and row.end is not None:
        left, right, middle = axis.begin(row.start), axis.end(row.end), top + _ROW / 2
        if row.kind == "follow-up":
            yield (
                f'<path class="g-ink" fill="{_FILL[row.kind]}" stroke="{_INK}" '
                f'd="M{_n((left + right) / 2)} {_n(middle - 7)}l7 7l-7 7l-7 -7z"/>'
            )
        else:
            outline = (
                f' class="g-ink" stroke="{_INK}" stroke-width="2" stroke-dasharray="4 2"' if row.late else ""
            )
            yield (
                f'<rect{outline} fill="{_FILL[row.kind]}" x="{_n(left)}" y="{_n(middle - _BAR / 2)}" '
                f'width="{_n(max(2, right - left))}" height="{_BAR}" rx="3"/>'
            )
    yield "</g>"


def _cell(x: int, y: int, width: int, text: str, how: str) -> str:
    return f'<svg x="{x}" y="{y}" width="{width}" height="{_ROW}"><text{how} y="{_n(_ROW / 2 + 4.5)}">{_safe(text)}</text></svg>'


def _links(rows: list[_Row], axis: Axis, tops: Mapping[str, int]) -> Iterator[str]:
    """A line from the end of a bar down (or up) to the begin of each bar that waits for it, with a tip."""
    by_key = {row.key: row for row in rows}
    for row in rows:
        for need in row.needs:
            before = by_key.get(need)
            if before is None or before.start is None or before.end is None or row.start is None:
                continue
            down = 1 if tops[row.key] > tops[need] else -1
            from_x = max(axis.begin(before.start) + 1, axis.end(before.end) - 10)
            from_y = tops[need] + _ROW / 2 + down * _BAR / 2
            x, y = axis.begin(row.start), tops[row.key] + _ROW / 2
            # Where there is no room between them: along the edge of the row, and in from the left.
            around = "" if x - from_x >= 8 else f"V{_n(y - down * _ROW / 2)}H{_n(x - 10)}"
            path = f"{around}V{_n(y)}H{_n(x)}"
            yield f'<path class="g-ink g-link" fill="none" stroke="{_INK}" d="M{_n(from_x)} {_n(from_y)}{path}"/>'
            yield f'<path class="g-tip" d="M{_n(x)} {_n(y)}l-6 -3.5v7z"/>'


def _short(text: str) -> str:
    """The beginning that fits the column of labels; wide characters count twice."""
    room = _CHARACTERS
    for n, character in enumerate(text):
        room -= 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return text[: max(0, n - 1)].rstrip() + "…"
    return text


def _safe(text: str) -> str:
    return escape(" ".join(_UNFIT.sub("", text).split()))


def _nonce(nonce: str) -> str:
    return f' nonce="{escape(nonce)}"' if nonce else ""


def _n(value: float) -> str:
    """A length without needless figures."""
    return f"{value:.1f}".removesuffix(".0")


class _Gantt:
    name = "svg"
    file = "gantt.svg"

    def render(self, plan: Plan) -> str:
        """The picture as an SVG file."""
        return gantt_svg(plan) + "\n"


RENDERER = _Gantt()
