"""Names in the titles of events: read where they stand, never guessed, and no address comes out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_actions.core.owners.rotation import BASE, OVERRIDE, SECONDARY
from postmortem_actions.core.owners.rotation_names import absent_title, on_call_title, plain_name


@pytest.mark.parametrize(
    ("title", "people", "level"),
    [
        ("On call: Alice", ("Alice",), BASE),
        ("Alice (primary)", ("Alice",), BASE),
        ("alice - Primary", ("alice",), BASE),
        ("On-call - Alice Meyer", ("Alice Meyer",), BASE),
        ("Alice Meyer is on call", ("Alice Meyer",), BASE),
        ("oncall @alice", ("@alice",), BASE),
        ("[L1] bob", ("bob",), BASE),
        ("Primary: José Núñez", ("José Núñez",), BASE),
        ("SRE on-call: Bob", ("Bob",), BASE),
        ("Anne-Marie (week 48)", ("Anne-Marie",), BASE),
        ("alice.meyer@example.com", ("alice.meyer",), BASE),
        ("On call: Alice <alice@example.com> +49 170 1234567", ("Alice",), BASE),
        ("Bob (override)", ("Bob",), OVERRIDE),
        ("Bob Ray (secondary)", ("Bob Ray",), SECONDARY),
        ("On call: Alice & Bob", ("Alice", "Bob"), BASE),
        ("Alice Meyer, Bob Ray", ("Alice Meyer", "Bob Ray"), BASE),
        ("Payments - Alice (primary)", ("Alice",), BASE),
    ],
)
def test_who_is_on_call(title: str, people: tuple[str, ...], level: int) -> None:
    titled = on_call_title(title, calendar="payments")
    assert (titled.people, titled.level) == (people, level)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "On call",
        "On Call - Daily Engineering Rotation",
        "Primary schedule",
        "Platform team",
        "Release freeze",
        "Handover meeting",
        "Alice – vacation",
        "Alice OOO",
        "Alice - Platform",
        "Meyer, Alice",
        "TBD",
        "Quarterly business review for all of engineering and sales",
        "https://example.com/x",
        "+49 170 1234567",
    ],
)
def test_a_title_that_names_nobody_for_sure_gives_nobody(title: str) -> None:
    assert on_call_title(title).people == ()


def test_people_who_are_known_are_found_anywhere_in_a_title() -> None:
    known = ["Alice", "Meyer, Kim", "bob"]
    assert on_call_title("Platform - ALICE", known=known).people == ("Alice",)
    assert on_call_title("Release freeze / bob", known=known).people == ("bob",)
    assert on_call_title("On call: Meyer, Kim", known=known).people == ("Meyer, Kim",)


@pytest.mark.parametrize(
    ("title", "who"),
    [
        ("Alice – vacation", "Alice"),
        ("Vacation: Alice Meyer", "Alice Meyer"),
        ("Alice OOO", "Alice"),
        ("OOO - Alice", "Alice"),
        ("Alice (PTO)", "Alice"),
        ("Alice on parental leave", "Alice"),
        ("Alice is out of office", "Alice"),
        ("Urlaub Alice", "Alice"),
        ("Vacation", ""),
        ("Team holiday: Thanksgiving", ""),
        ("On call: Alice", None),
        ("Release party", None),
        ("Office hours", None),
    ],
)
def test_who_is_away(title: str, who: str | None) -> None:
    assert absent_title(title) == who


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.from_regex(r"[a-z]{1,8}@[a-z]{2,8}\.(com|org)", fullmatch=True))
def test_no_address_comes_out_of_any_title(around: str, address: str) -> None:
    text = f"{around} {address}"
    assert address not in plain_name(text)
    assert not any("@" in name.lstrip("@") for name in on_call_title(f"On call: {text}").people)
