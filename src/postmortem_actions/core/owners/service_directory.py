"""A service directory: a file that says who owns which service, in YAML, TOML or CSV.

Keys of a service (in CSV: names of columns; case, spaces, ``-`` and ``_`` do not matter):

``service`` (or ``name``)   what it is called; in YAML and TOML it may also be the key above
``owner`` (or ``owners``)   its people: ``@handle``, a name, an address; several as a list or with ``;``
``team``                    the team that owns it
``lead`` (or ``tech lead``) the person who leads that team
``channel``                 where the team is found, shown in the reason
``aliases``                 other names of the service; several as a list or with ``;``
``paths``                   where its source lies in the repository; several as a list or with ``;``

YAML and TOML hold either ``services:`` or the services themselves, as a mapping from name to keys (or to the
owner alone) or as a list. Other keys are left alone; one that looks like a slip of the pen is told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model import Problem
from .claims import Claim, ClaimSource
from .written import FileData, Written, first_problems, quoted, read_owner

_KEYS = {
    "service": "service", "name": "service", "owner": "owner", "owners": "owner", "team": "team", "lead": "lead",
    "teamlead": "lead", "techlead": "lead", "channel": "channel", "aliases": "aliases", "alias": "aliases",
    "paths": "paths", "path": "paths",
}  # fmt: skip
_OWNER, _LEAD, _TEAM = 1.0, 0.8, 0.5  # weights: a lead speaks for the team, a team is no person yet
_ALIAS_FACTOR = 0.9
_EMPTY = {"", "-", "none", "n/a", "tbd", "todo", "unknown", "?"}


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the directory; ``where`` is ``path:line``. ``owners`` may hold teams, too."""

    name: str
    where: str
    owners: tuple[Written, ...] = ()
    team: str | None = None
    lead: Written | None = None
    channel: str | None = None
    aliases: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def read_directory(file: FileData) -> tuple[tuple[Service, ...], tuple[Problem, ...]]:
    """The services of a directory file and what is wrong with it (``path:line`` first).

    A service that is told twice counts as told first."""
    problems: list[Problem] = []
    services: dict[str, Service] = {}
    data: object = file.data
    at: tuple[str, ...] = ()
    if isinstance(data, Mapping) and isinstance(data.get("services"), Mapping | list):
        data, at = data["services"], ("services",)
    if not isinstance(data, Mapping | list):
        message = f"{file.where()}: there is no table of services"
        problem = Problem("directory-format", message, fix="Write services: with one entry a service.")
        return (), (problem,)
    for keys, entry, name in _entries(data, at):
        service = _service(file, keys, entry, name, problems)
        if service is None:
            continue
        first = services.setdefault(same_name(service.name), service)
        if first is not service:
            message = f"{service.where}: {service.name} stands in {first.where} already"
            problems.append(Problem("directory-twice", message, fix="Remove one of the two."))
    return tuple(services.values()), first_problems(problems, file.place)


def claims_for_service(services: Sequence[Service], name: str) -> tuple[Claim, ...]:
    """Who owns the service of that name or alias: its owners (weight 1), the team's lead (0.8), and the team
    itself (0.5) where neither is named; 0.9 of that where only an alias fits."""
    wanted = same_name(name)
    exact = [service for service in services if same_name(service.name) == wanted]
    if exact:
        return tuple(_claims(exact[0], name, 1.0))
    other = [s for s in services if wanted and wanted in map(same_name, s.aliases)]
    return tuple(_claims(other[0], name, _ALIAS_FACTOR)) if len(other) == 1 else ()


def claims_for_service_path(services: Sequence[Service], path: str) -> tuple[Claim, ...]:
    """Who owns the service whose ``paths`` hold ``path``; of several the one with the longest."""
    best: tuple[int, Service] | None = None
    for service in services:
        for own in service.paths:
            folder = own.removeprefix("./").strip("/")
            inside = path.removeprefix("./").lstrip("/")
            if folder and (inside == folder or inside.startswith(folder + "/")):
                best = max(best or (0, service), (len(folder), service), key=lambda pair: pair[0])
    return tuple(_claims(best[1], path, 1.0)) if best else ()


def same_name(name: str) -> str:
    """A service's name as it is compared: case, spaces, ``-`` and ``_`` do not matter."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold()))


def _entries(
    data: Mapping[object, object] | list[object], at: tuple[str, ...]
) -> Iterator[tuple[tuple[str | int, ...], object, str | None]]:
    if isinstance(data, list):
        for number, entry in enumerate(data):
            yield (*at, number), entry, None
    else:
        for key, entry in data.items():
            yield (*at, str(key)), entry, str(key)


def _service(
    file: FileData, keys: tuple[str | int, ...], entry: object, name: str | None, problems: list[Problem]
) -> Service | None:
    def odd(message: str, fix: str, *at: str) -> None:
        problems.append(Problem("directory-entry", f"{file.where(*keys, *at)}: {message}", fix=fix))

    if isinstance(entry, str | list) and name is not None:
        entry = {"owner": entry}
    if not isinstance(entry, Mapping):
        odd("the entry is no table of keys", "Give service, owner, team, lead, channel, aliases or paths.")
        return None
    known: dict[str, tuple[str, object]] = {}
    for key, value in entry.items():
        plain = re.sub(r"[\s_-]", "", str(key).lower())
        if plain in _KEYS:
            known.setdefault(_KEYS[plain], (str(key), value))
        elif like := difflib.get_close_matches(plain, _KEYS, n=1, cutoff=0.8):
            odd(f"the key {quoted(str(key))!r} is not known", f"Did you mean {like[0]}?", str(key))
    name = next(iter(_texts(known.get("service", ("", name))[1])), None) or name
    if not name:
        odd("the entry has no name", "Give it a key `service`.")
        return None
    written: dict[str, list[Written]] = {"owner": [], "lead": []}
    for part, owners in written.items():
        key, value = known.get(part, ("", None))
        for text in _texts(value):
            owner = read_owner(text)
            if owner is None:
                odd(f"{quoted(text)!r} is no owner", "Write @handle, @org/team, an address or a name.", key)
            else:
                owners.append(owner)
    team = next(iter(_texts(known.get("team", ("", None))[1])), None)
    lead = next((owner for owner in written["lead"] if not owner.is_team), None)
    if not (written["owner"] or team or lead):
        odd(f"{quoted(name)} has neither owner nor team", "Name an owner, a lead or a team.")
    return Service(
        name=quoted(name),
        where=file.where(*keys),
        owners=tuple(written["owner"]),
        team=quoted(team.removeprefix("@")) if team else None,
        lead=lead,
        channel=next((quoted(text) for text in _texts(known.get("channel", ("", None))[1])), None),
        aliases=tuple(_texts(known.get("aliases", ("", None))[1])),
        paths=tuple(_texts(known.get("paths", ("", None))[1])),
    )


def _texts(value: object) -> list[str]:
    """The texts of a value: a list's, or those between ``;``. Words that say "nothing" are left out."""
    items = value if isinstance(value, list) else str(value if value is not None else "").split(";")
    texts = (str(item).strip() for item in items if isinstance(item, str))
    return [text for text in texts if text.lower() not in _EMPTY]


def _claims(service: Service, about: str, factor: float) -> Iterator[Claim]:
    channel = f", {service.channel}" if service.channel else ""

    def claim(who: str, shown: str, weight: float, is_team: bool) -> Claim:
        why = f"{service.where} ({service.name} → {shown}{channel})"
        return Claim(who, ClaimSource.DIRECTORY, about, why, round(weight * factor, 3), is_team)

    for owner in sorted(service.owners, key=lambda owner: owner.is_team):
        yield claim(owner.who, owner.shown, _TEAM if owner.is_team else _OWNER, owner.is_team)
    if service.lead and service.lead.who not in {owner.who for owner in service.owners}:
        of = f" of {service.team}" if service.team else ""
        yield claim(service.lead.who, f"{service.lead.shown}, lead{of}", _LEAD, False)
    if service.team and not service.lead and not service.owners:
        yield claim(service.team, service.team, _TEAM, True)
