"""Who is a person in a git history, and which spellings are the same one."""

from __future__ import annotations

import pytest

from postmortem_actions.core.owners.git_people import Contributor, People, handle_of, is_service, printable


@pytest.mark.parametrize(
    ("email", "handle"),
    [
        ("49699333+alice@users.noreply.github.com", "alice"),
        ("alice@users.noreply.github.com", "alice"),
        ("123-bob.w@users.noreply.gitlab.com", "bob.w"),
        ("Alice-Smith@users.noreply.github.com", "Alice-Smith"),
        ("12345@users.noreply.gitlab.com", None),
        ("alice@example.com", None),
        ("noreply@github.com", None),
    ],
)
def test_handles_come_from_private_addresses_of_hosting_services_only(email: str, handle: str | None) -> None:
    assert handle_of(email) == handle


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("dependabot-preview", "support@dependabot.com"),
        ("Renovate Bot", "bot@renovateapp.com"),
        ("github-actions", "41898282+github-actions[bot]@users.noreply.github.com"),
        ("GitHub", "noreply@github.com"),
        ("GitHub Action", "action@github.com"),
        ("acme-release-bot", "release@example.com"),
        ("Release", "release-bot@example.com"),
        ("svc-deploy", "svc-deploy@example.com"),
        ("Build", "no-reply@example.com"),
        ("Helper", "noreply@vendor.example"),
        ("root", "root@web-1.example.com"),
        ("jenkins", "jenkins@ci.example.com"),
        ("Your Name", "you@example.com"),
    ],
)
def test_services_are_no_people(name: str, email: str) -> None:
    assert is_service(name, email)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Alice Smith", "123+alice@users.noreply.github.com"),
        ("Jan Bot", "jan.bot@example.com"),
        ("Piet de Bot", "piet@example.com"),
        ("Rob Talbot", "talbot@example.com"),
        ("Abbot", "abbot@example.com"),
        ("Cicely Ci", "cicely@example.com"),
        ("Bob Root", "bob@example.com"),
        ("Travis Barker", "travis.barker@example.com"),
        ("Ann Jenkins", "ann@example.com"),
    ],
)
def test_people_who_are_called_like_services_are_people(name: str, email: str) -> None:
    assert not is_service(name, email)


def test_one_person_under_three_spellings_is_one_and_called_by_the_newest_full_name() -> None:
    newest = ("alice", "77+alice@users.noreply.github.com")
    people = People([newest, ("Alice Smith", "alice@corp.example"), ("alice", "alice@corp.example")])
    who = Contributor("Alice Smith", "alice")
    assert people.find(newest) == people.find(("Alice Smith", "alice@corp.example")) == who
    assert people.find(("ALICE  SMITH", "old@home.example")) == who


def test_a_shared_address_does_not_join_two_people() -> None:
    people = People([("Ann Lee", "team@corp.example"), ("Bo Ray", "team@corp.example")])
    assert people.find(("Ann Lee", "team@corp.example")) == Contributor("Ann Lee")
    assert people.find(("Bo Ray", "team@corp.example")) == Contributor("Bo Ray")


def test_an_address_written_as_a_name_does_not_come_out() -> None:
    people = People([("carol@corp.example", "carol@corp.example")])
    assert people.find(("carol@corp.example", "carol@corp.example")) == Contributor("carol")


def test_names_cannot_steer_a_terminal() -> None:
    people = People([("Eve\x1b[31m", "eve@x.example")])
    found = people.find(("Eve\x1b[31m", "eve@x.example"))
    assert found is not None
    assert found.name.isprintable()
    assert printable("a\u202eb\ud800") == "a\ufffdb\ufffd"
