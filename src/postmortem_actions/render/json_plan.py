"""The plan as JSON, and back. The schema is published in data/schema/plan.schema.json (``pma schema``)."""

from __future__ import annotations

import json
from typing import Any

from ..core.codec import decode, encode
from ..core.model import Plan
from ..errors import PlanFormatError

SCHEMA_VERSION = 1


def to_json(plan: Plan) -> str:
    """The plan as indented JSON with a final newline."""
    return json.dumps({"schema_version": SCHEMA_VERSION, **encode(plan)}, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> Plan:
    """The plan a JSON text holds. Raises PlanFormatError that says what is wrong and where."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanFormatError(
            f"not valid JSON: {error}", fix="Use a plan.json that 'pma plan --json' wrote."
        ) from None
    if not isinstance(data, dict) or "actions" not in data:
        raise PlanFormatError(
            "not a plan: there is no key 'actions'", fix="Use a plan.json that 'pma plan --json' wrote."
        )
    version = data.pop("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise PlanFormatError(
            f"schema_version {version!r} is not known; this program reads {SCHEMA_VERSION}",
            fix="Plan the RCA again, or use the version of the program that wrote it.",
        )
    plan: Plan = decode(Plan, data)
    return plan


class _Json:
    name = "json"
    file = "plan.json"

    def render(self, plan: Plan) -> str:
        """The plan as JSON."""
        return to_json(plan)


RENDERER = _Json()
