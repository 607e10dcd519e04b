"""Alert rules of Prometheus as files for other monitoring."""

from __future__ import annotations

import json
from typing import Any

from ..core.monitors import cloudwatch, datadog
from .package_data import read_yaml
from .prometheus_rules import alert_rules


def monitor_file(product: str, body: str, remark: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The file's text (empty where no alert can be told) and (name, why) of alerts that cannot; None for another product."""
    rules, unread = alert_rules(body)
    apart = read_yaml("monitors.yaml")["apart"]
    document: dict[str, Any] | None
    if product == "Datadog":
        document, left = datadog.terraform(rules, apart)
        named = {"//": f"{remark}. Metrics as the OpenMetrics integration names them.", **(document or {})}
    elif product == "CloudWatch":
        document, left = cloudwatch.template(rules, apart)
        named = {**(document or {})}
        if document is not None:
            named["Description"] = f"{remark}. {document['Description']}"
    else:
        return None
    text = json.dumps(named, indent=2, ensure_ascii=False) + "\n" if document is not None else ""
    return text, [*unread, *left]
