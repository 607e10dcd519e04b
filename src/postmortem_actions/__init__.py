"""postmortem-actions: from a root cause analysis to a plan of actions that get done.

The functions below are the public API; they are imported on first use, so that the command line starts fast.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .core.model import Plan, Rca, Request
    from .entry.library import build_plan, lint, plan, read_rca, render_plan

_HOMES = {
    **dict.fromkeys(("build_plan", "lint", "plan", "read_rca", "render_plan"), "entry.library"),
    **dict.fromkeys(("Plan", "Rca", "Request"), "core.model"),
}
__all__ = ["Plan", "Rca", "Request", "build_plan", "lint", "plan", "read_rca", "render_plan"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
