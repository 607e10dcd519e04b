"""Files for urgent actions that no rule brings an artifact for, by what the action delivers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..model import Action, Artifact
from ..policy import Priority
from .patterns import TeamPatterns

_URGENT = (Priority.P0, Priority.P1)
_WORD = re.compile(r"[A-Za-z0-9]+")


def artifact_of_form(
    action: Action, forms: Mapping[str, Any], team: TeamPatterns | None = None
) -> Artifact | None:
    """The artifact of an urgent action's form, from data/artifact-forms.yaml; None for others, and without the data. A form
    may name a pattern, from which ``team`` takes what fits."""
    if action.priority not in _URGENT:
        return None
    form = forms.get(action.form.value) or forms.get("default")
    if form is None:
        return None
    if "pattern" in form:
        made = team.named(form["pattern"], action) if team is not None else None
        return replace(made, also=tuple(form.get("also", ()))) if made is not None else None
    words = _WORD.findall(action.title)[:6] or [action.id]
    done = [" ".join(item.split()) for item in action.done_when] or ["TODO(done_when)"]
    steps = [f"    {'Then' if n == 0 else 'And'} {item}" for n, item in enumerate(done)]
    values = {
        "title": _harmless(action.title), "id": action.id.lower(),
        "slug": "-".join(words).lower(), "name": "".join(word[:1].upper() + word[1:] for word in words),
        "done": "\n".join(f"- [ ] {item}" for item in done), "steps": "\n".join(steps),
    }  # fmt: skip

    def filled(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"<<{name}>>", value)
        return text

    return Artifact(form["language"], filled(form["body"]), form["title"], filled(form["path"]))


def _harmless(title: str) -> str:
    """A title that is nothing but words wherever it is put: in quotes, in a comment, in a template of Prometheus."""
    for sign, other in (('"', "'"), ("\\", "/"), ("{{", "{"), ("}}", "}"), ("`", "'"), ("$(", "(")):
        title = title.replace(sign, other)
    return " ".join(title.split())
