"""The plan as one self-contained page: no request leaves it, every text is escaped, it sorts and prints."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..core.model import Plan
from ..core.policy import Effort, Priority
from .markdown import SECTIONS, coverage_words
from .markdown_actions import EFFORT_WORDS

if TYPE_CHECKING:
    from jinja2 import Template

# The page's own style and script are the only ones its content policy lets run. The value is no secret:
# nothing else gets into the page unescaped.
_NONCE = "plan"
_DETAILS = (
    ("s2", "2) Immediate Actions (P0)", ("P0",)),
    ("s3", "3) Short-Term Actions (P1)", ("P1",)),
    ("s4", "4) Longer-Term Actions (P2)", ("P2", "P3")),
)


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("postmortem_actions").joinpath("data/templates/plan.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


class _Html:
    name = "html"
    file = "plan.html"

    def render(self, plan: Plan) -> str:
        """The whole plan as a page."""
        from markupsafe import Markup

        from .gantt import gantt_html

        text = _template().render(
            plan=plan,
            nonce=_NONCE,
            sections=[(f"s{n}", heading) for n, (heading, _) in enumerate(SECTIONS)],
            details=_DETAILS,
            counts=[
                (p.value, sum(1 for a in plan.actions if a.priority is p))
                for p in (Priority.P0, Priority.P1, Priority.P2)
            ],
            accepted=sum(action.owner.accepted for action in plan.actions),
            coverage=coverage_words(plan),
            effort_words={effort.value: words for effort, words in EFFORT_WORDS.items()},
            gantt=Markup(gantt_html(plan, nonce=_NONCE)),
            loop_effort={effort.value: str(n) for n, effort in enumerate(Effort)},
        )
        return text.rstrip() + "\n"


RENDERER = _Html()
