"""An expression that is written and read again is the same."""

from __future__ import annotations

import random

import pytest
from tests.core.promql.test_agrees_with_promtool import expression

from postmortem_actions.adapters.prometheus_rules import alert_rules
from postmortem_actions.adapters.promql_parser import parse
from postmortem_actions.core.catalogue.template import SlotValue, fill_artifact
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.promql.text import duration, text_of


@pytest.mark.parametrize("seed", range(300))
def test_generated_expressions(seed: int) -> None:
    expr = parse(expression(random.Random(seed)))
    assert parse(text_of(expr)) == expr


def test_every_alert_of_the_catalogue(knowledge: Knowledge) -> None:
    count = 0
    for rule in knowledge.catalogue.rules:
        for action in rule.actions:
            if action.artifact is None or "expr:" not in action.artifact.body:
                continue
            body = fill_artifact(action.artifact.body, lambda name: SlotValue(name, name))
            for one in alert_rules(body)[0]:
                assert parse(text_of(one.expr)) == one.expr, one.text
                count += 1
    assert count > 100


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (90, "1m30s"), (300, "5m"), (86_400, "1d"), (694_800, "1w1d1h")])
def test_lengths_of_time(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_labels_with_quotes_and_backslashes() -> None:
    expr = parse(r'x{path="C:\\dir \"a\"\n"} > bool 1e-9')
    assert parse(text_of(expr)) == expr


