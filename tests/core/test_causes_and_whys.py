"""Causes: chains of whys in the notations people use, root causes, triggers, and what is not known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from postmortem_actions.core.model import Rca

Read = Callable[[str], Rca]

CHAIN = ["the queue was full", "the consumer had stopped", "its lease was never renewed"]


@pytest.mark.parametrize(
    "text",
    [
        "1. Why did it fail? → The queue was full\n2. Why was it full? → The consumer had stopped\n3. Why? → Its lease was never renewed\n",
        "1. **Why did it fail?**\n   → Because the queue was full\n2. **Why was it full?**\n   → Because the consumer had stopped\n3. **Why had it stopped?**\n   → Because its lease was never renewed\n",
        "1. Why did it fail? - The queue was full\n2. Why was it full? — The consumer had stopped\n3. Why? Because its lease was never renewed\n",
        "- It failed, why?\n  - The queue was full\n- It was full, why?\n  - The consumer had stopped\n- It stopped, why?\n  - Its lease was never renewed\n",
        "Why 1: The queue was full\n\nWhy 2: The consumer had stopped\n\nWhy 3: Its lease was never renewed\n",
        "### Why 1: Why did it fail?\n\nThe queue was full\n\n### Why 2: Why was it full?\n\nThe consumer had stopped\n\n### Why 3: Why?\n\nIts lease was never renewed\n",
        "1. Q: Why did it fail? A: The queue was full\n2. Q: Why full? A: The consumer had stopped\n3. Q: Why stopped? A: Its lease was never renewed\n",
        "| # | Question | Answer |\n|---|---|---|\n| 1 | Why did it fail? | The queue was full |\n| 2 | Why full? | The consumer had stopped |\n| 3 | Why? | Its lease was never renewed |\n",
        "- It failed.\n- **Why?** The queue was full\n- **Why?** The consumer had stopped\n- **Why?** Its lease was never renewed\n",
        "> Why did it fail? => The queue was full\n\n> Why full? => The consumer had stopped\n\n> Why? => Its lease was never renewed\n",
        "_Why did it fail?_ The queue was full\n\n_Why full?_ The consumer had stopped\n\n_Why stopped?_ Its lease was never renewed\n",
    ],
)
def test_whys_in_many_notations(text: str, read: Read) -> None:
    rca = read(f"# RCA: x\n\n## 5 Whys\n\n{text}")
    assert [why.answer.rstrip(".").lower() for why in rca.whys] == CHAIN
    assert rca.incident.root_causes[0].text.lower() == CHAIN[-1]


def test_a_second_chain_is_told_apart(read: Read) -> None:
    rca = read(
        "## Five whys\n\n1. Why did it fail? → The disk was full\n2. Why full? → Logs were not rotated\n\n"
        "1. Why did it take so long to notice? → There was no alert\n2. Why? → Nobody had asked for one\n"
    )
    assert [why.chain for why in rca.whys] == [0, 0, 1, 1]
    assert rca.incident.root_causes[0].text == "Logs were not rotated"


def test_the_stated_root_cause_wins_and_a_disagreement_is_told(read: Read) -> None:
    rca = read(
        "## Root cause\n\nThe load balancer kept sending traffic to a dead node.\n\n## 5 Whys\n\n"
        "1. Why did users see errors? → The license had lapsed\n2. Why? → Nobody watches renewals\n"
    )
    assert rca.incident.root_causes[0].text.startswith("The load balancer")
    assert "root-cause-disagrees" in {p.code for p in rca.problems}


def test_an_ending_in_human_error_is_flagged_with_a_better_question(read: Read) -> None:
    rca = read("## 5 Whys\n\n1. Why did it fail? → The wrong table was dropped\n2. Why? → An engineer made a mistake\n")
    problem = next(p for p in rca.problems if p.code == "human-error")
    assert problem.line == 4
    assert "system" in (problem.fix or "")


def test_consequences_listed_below_the_root_cause_are_not_causes(read: Read) -> None:
    rca = read("## Root cause\n\nThe lease was never renewed.\n\nThis led to:\n\n- Orders piled up\n- Users left\n")
    assert [fact.text for fact in rca.incident.root_causes] == ["The lease was never renewed."]


@pytest.mark.parametrize(
    "text",
    [
        "## Root cause\n\nThe root cause is still unknown.\n",
        "## Summary\n\nThe hub went down. We were unable to reproduce the problem and do not know why it happened.\n",
        "## Blameless root cause\n\nWe're not sure what the root cause is, but suspect the site.\n",
        "# RCA: x\n\n## Root Cause\n\n[Detailed explanation of root cause]\n",
    ],
)
def test_an_unknown_root_cause_is_said_to_be_unknown(text: str, read: Read) -> None:
    assert not read(text).incident.root_cause_known


def test_prose_without_headings_gives_the_cause_with_its_line(read: Read) -> None:
    rca = read(
        "Last night sign-ups were down for two hours.\n\nThe root disk filled up because some logs were not rotated.\n\n"
        "We are sorry and will send everyone a coupon because we value you.\n"
    )
    cause = rca.incident.root_causes[0]
    assert cause.evidence is not None
    assert (cause.evidence.span.start, cause.qualifier) == (3, "inferred")


def test_factors_near_misses_and_gaps_come_from_their_sections(read: Read) -> None:
    rca = read(
        "## Contributing factors\n\n1. **Long timeout**: requests waited a minute\n2. No canary\n\n"
        "## Where we got lucky\n\n- It happened at night\n\n## Detection gaps\n\n### Gap 1: No load test\n\n"
        "**Problem:** nobody saw it before production\n"
    )
    incident = rca.incident
    assert [f.text for f in incident.contributing] == ["Long timeout: requests waited a minute", "No canary"]
    assert [f.text for f in incident.near_misses] == ["It happened at night"]
    assert incident.detection_gaps[0].text == "No load test"
