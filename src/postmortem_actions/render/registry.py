"""The renderers by name. An explicit table: a new renderer is one file and one line here."""

from __future__ import annotations

from importlib import import_module

from .interface import Renderer

# name → module below this package that holds RENDERER
RENDERERS = {
    "markdown": "markdown",
    "json": "json_plan",
    "html": "html",
    "csv": "csv_actions",
    "ics": "ics",
    "svg": "gantt",
}


def renderer(name: str) -> Renderer:
    """The renderer of that name, imported on first use. Raises KeyError for an unknown name."""
    found: Renderer = import_module(f".{RENDERERS[name]}", __package__).RENDERER
    return found
