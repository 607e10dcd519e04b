"""People: those the RCA names with a role, a handle or something they own, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from postmortem_actions.core.model import Person, Rca

Read = Callable[[str], Rca]


def by_name(rca: Rca) -> dict[str, Person]:
    return {person.name: person for person in rca.incident.people}


def test_labels_tables_and_sentences_give_roles_and_what_is_owned(read: Read) -> None:
    found = by_name(read(
        "# RCA: x\n\n**Author:** Dana Ruiz <dana@example.org>\n\n**On-call rotation:** @ana, @ben\n\n"
        "PR #12 by Kim Park brought the query. @lee maintains the billing service.\n\n"
        "| Component | Owner |\n|---|---|\n| orders-api | @alice |\n"
    ))  # fmt: skip
    assert found["Dana Ruiz"].roles == ("author",)
    assert [name for name, person in found.items() if "rotation" in person.roles] == ["ana", "ben"]
    assert found["Kim Park"].roles == ("author of change",)
    assert found["lee"].owns == ("billing service",)
    assert found["alice"].owns == ("orders-api",)


def test_no_mail_address_is_kept(read: Read) -> None:
    rca = read("# RCA: x\n\n**Author:** Dana Ruiz <dana@example.org>\n\n**Reviewed by:** kim@example.org\n")
    assert "example.org" not in repr([(p.name, p.handle, p.roles) for p in rca.incident.people])


def test_a_first_name_and_a_full_name_are_one_person(read: Read) -> None:
    rca = read(
        "# RCA: x\n\n**Author:** Bob Smith\n\n## Timeline\n\n- 10:00 Bob restarts the hub\n\n## Action items\n\n"
        "| Action | Owner |\n|---|---|\n| Add an alert on hub age | Bob |\n"
    )
    people = rca.incident.people
    assert [person.name for person in people] == ["Bob Smith"]
    assert set(people[0].roles) == {"author", "action owner", "responder"}


@pytest.mark.parametrize(
    "text",
    [
        "**Reviewed by:** Engineering Team\n",
        "**Author:** [Name]\n",
        "Kubernetes restarted the pod. Grafana reported nothing. Monday was quiet.\n",
        "- 10:00 Prometheus notices the errors\n",
        "**Owner:** TBD\n",
    ],
)
def test_teams_placeholders_and_products_are_no_people(text: str, read: Read) -> None:
    assert read(f"# RCA: x\n\n{text}").incident.people == ()
