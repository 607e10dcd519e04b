"""What a renderer is: a plan in, a text out."""

from __future__ import annotations

from typing import Protocol

from ..core.model import Plan


class Renderer(Protocol):
    """``name`` is the word of ``--format``; ``file`` is the file name under ``-o DIR``."""

    name: str
    file: str

    def render(self, plan: Plan) -> str:
        """The plan as text; the same plan gives the same text."""
        ...
