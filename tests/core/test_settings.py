"""Which value of a setting counts, and what a wrong one is told."""

from __future__ import annotations

from datetime import date

import pytest

from postmortem_actions.core.policy import Capacity, Prioritization, Scope
from postmortem_actions.core.settings import BY_NAME, SETTINGS, GivenBy, GivenValue, choose, resolve_request
from postmortem_actions.errors import RequestError

TODAY = date(2026, 3, 2)


def given(name: str, text: str, by: GivenBy) -> GivenValue:
    return GivenValue(name, text, by, f"{by.value}:1")


def test_defaults_are_those_of_the_request() -> None:
    request = resolve_request("rca.md", TODAY, ())
    assert [getattr(request, s.name).value for s in SETTINGS] == [
        "service", "balanced", "medium", "module-owners", "none", "realistic",
    ]  # fmt: skip
    assert dict(request.given) == {s.name: "default" for s in SETTINGS}


def test_option_beats_block_beats_file_whatever_their_order() -> None:
    values = (
        given("scope", "service", GivenBy.FILE),
        given("capacity", "low", GivenBy.FILE),
        given("prioritization", "effort-first", GivenBy.FILE),
        given("capacity", "high", GivenBy.BLOCK),
        given("scope", "team", GivenBy.BLOCK),
        given("scope", "org", GivenBy.OPTION),
    )
    for order in (values, values[::-1]):
        request = resolve_request("rca.md", TODAY, order)
        assert request.scope is Scope.ORG
        assert request.capacity is Capacity.HIGH
        assert request.prioritization is Prioritization.EFFORT_FIRST
        told = dict(request.given)
        assert (told["scope"], told["capacity"], told["prioritization"]) == (
            "option", "request block", "config file",
        )  # fmt: skip


@pytest.mark.parametrize("text", ["impact-first", "Impact First", " IMPACT_FIRST ", "impact  first"])
def test_case_and_separators_do_not_matter(text: str) -> None:
    assert choose(BY_NAME["prioritization"], text) is Prioritization.IMPACT_FIRST


def test_unknown_value_names_the_allowed_the_nearest_and_the_place() -> None:
    with pytest.raises(RequestError) as caught:
        resolve_request("rca.md", TODAY, [GivenValue("scope", "teem", GivenBy.FILE, "conf.toml:7")])
    text = str(caught.value)
    assert text.startswith("conf.toml:7: ")
    assert "service, team, org" in text
    assert "did you mean team?" in text


def test_nothing_near_is_not_guessed() -> None:
    with pytest.raises(RequestError) as caught:
        choose(BY_NAME["scope"], "zzz")
    assert "did you mean" not in str(caught.value)


def test_an_overridden_value_is_checked_too() -> None:
    values = [given("scope", "team", GivenBy.OPTION), given("scope", "everything", GivenBy.FILE)]
    with pytest.raises(RequestError):
        resolve_request("rca.md", TODAY, values)
