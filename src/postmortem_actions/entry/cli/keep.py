"""Keeping a plan that was just made: what differs from before is shown first, and asked about on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ...errors import StoreError
from .terminal import note, plain

if TYPE_CHECKING:
    from ...core.tracking.replan import Difference
    from ...service import Planned, Ports

_MOST = 30


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a plan is to be kept: by whom, of which team, whether it is sensitive (None: where the document says so), and
    whether differences are taken over unasked."""

    by: str | None = None
    team: str | None = None
    sensitive: bool | None = None
    update: bool = False
    quiet: bool = False


def keep(ports: Ports, planned: Planned, how: Keeping) -> None:
    """Keep it. A store that cannot be used costs the keeping, not the plan: that is told."""
    from ...service import keeping
    from .steps import who

    def agree(plan: str, differences: Sequence[Difference]) -> bool:
        note(f"plan {plan} is kept from an earlier state of this RCA; it differs so:")
        note("\n".join(difference_lines(differences)))
        if how.update:
            return True
        if sys.stdin.isatty() and sys.stdout.isatty():
            return click.confirm("Take this over?", err=True)
        note("nothing was taken over; add --update to do so")
        return False

    team = how.team if how.team is not None else ports.config.read().tracking.team
    try:
        saved = keeping.save(ports, planned, who(how.by), agree, team, _sensitive(planned, how))
    except StoreError as error:
        note(f"warning: the plan is not kept: {error}")
        return
    if how.quiet:
        return
    for earlier in planned.repeats:
        note(f"this failure was there before, in {earlier}; 'pma related {saved.id}' tells what became of its actions")
    if not saved.applied:
        return
    if saved.new:
        note(f"kept as {saved.id}; 'pma list {saved.id}' shows its actions (--no-save keeps nothing)")
    elif saved.differences:
        note(f"plan {saved.id} is up to date now")
    else:
        note(f"kept as {saved.id} already; what was decided there stays")


def _sensitive(planned: Planned, how: Keeping) -> bool:
    if how.sensitive is not None:
        return how.sensitive
    from ...core.privacy.mask import sensitive_line

    found = sensitive_line(planned.text)
    if found is not None and not how.quiet:
        note(f"kept as sensitive, as line {found[0]} says: {plain(found[1])} (--no-sensitive says otherwise)")
    return found is not None


def difference_lines(differences: Sequence[Difference]) -> list[str]:
    """One line for each difference: + added, ~ changed, = kept as people decided, - withdrawn."""
    signs = {"added": "+", "changed": "~", "kept": "=", "withdrawn": "-"}
    lines = []
    for one in differences[:_MOST]:
        text = f"  {signs[one.what]} {one.action} {one.title}"
        if one.what == "changed":
            text += f": {one.field} {one.old} → {one.new}"
        elif one.what == "kept":
            what = "it stays" if one.field == "action" else f"{one.field} stays {one.old}"
            text += f": {what} ({'state ' + one.old + ', ' if one.field == 'action' else 'proposed now: '}{one.new})"
        lines.append(plain(text))
    if len(differences) > _MOST:
        lines.append(f"  … and {len(differences) - _MOST} more")
    return lines
