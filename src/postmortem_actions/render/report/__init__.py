"""A report as Markdown, HTML with charts, JSON or CSV."""

from __future__ import annotations

from ...core.tracking.report import Report

FORMATS = ("markdown", "html", "json", "csv")


def render_report(report: Report, kind: str) -> str:
    """The report in one of ``FORMATS``."""
    if kind == "json":
        from .data import as_json

        return as_json(report)
    if kind == "csv":
        from .data import as_csv

        return as_csv(report)
    if kind == "html":
        from .page import as_html

        return as_html(report)
    from .markdown import as_markdown

    return as_markdown(report)
