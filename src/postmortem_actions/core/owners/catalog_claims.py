"""Who owns a component, a path or a team by Backstage's catalog files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .catalog_info import OWNED_KINDS, Entity, Ref
from .claims import Claim, ClaimSource

# How sure it is that an entity is meant, by what of it is the same as the word that is looked for.
_BY_NAME, _BY_TITLE, _BY_REPOSITORY, _BY_PART_OF_NAME, _BY_TAG = 1.0, 0.9, 0.8, 0.7, 0.4
# A system or a domain holds many components; its owner knows less of one of them.
_KIND_FACTOR = dict(zip(OWNED_KINDS, (1.0, 0.95, 0.9, 0.8, 0.6), strict=True))
_MEMBER_FACTOR = 0.7  # of a team's people other than its lead
_ROOT_FACTOR = 0.5  # of the component that is the whole repository
_KIND_WORDS = {
    "service",
    "svc",
    "api",
    "app",
    "application",
    "server",
    "component",
    "system",
    "library",
    "lib",
}


def claims_for_component(entities: Sequence[Entity], name: str) -> tuple[Claim, ...]:
    """Who owns the component (resource, API, system, domain) that a word names, the best claim first.

    Case, spaces, ``-`` and ``_`` do not matter. Weights: 1 for the entity's name (or ``kind:namespace/name``),
    0.9 its title, 0.8 its repository, 0.7 the name without a word such as "service", 0.4 a tag, if all that
    is tagged so has one owner; less for systems (0.8) and domains (0.6), and for a team's people other than
    its lead (0.7)."""
    claims = [
        claim
        for entity, weight, how in _named(entities, name)
        for claim in _owners(entities, entity, weight * _KIND_FACTOR[entity.ref.kind], name, how)
    ]
    return _best(claims)


def claims_for_path(entities: Sequence[Entity], path: str) -> tuple[Claim, ...]:
    """Who owns the component whose source lies in the nearest folder above ``path`` (relative, with ``/``).

    Where the components of that folder have different owners, nobody is named. Weight 1, for a component at
    the root of the repository 0.5."""
    folder = path.removeprefix("./").rpartition("/")[0]
    while True:
        here = [e for e in entities if e.folder == folder and e.owner and e.ref.kind == "component"]
        if here or not folder:
            break
        folder = folder.rpartition("/")[0]
    if len({entity.owner for entity in here}) != 1:
        return ()
    weight = 1.0 if folder else _ROOT_FACTOR
    return _best(_owners(entities, here[0], weight, path, f"its source lies in {folder or 'the root'}"))


def people_of(entities: Sequence[Entity], team: str) -> tuple[Claim, ...]:
    """The people of a team, its lead first; none where the files do not list them.

    ``team`` is a group's name, ``group:namespace/name``, title, or ``org/team`` of GitHub."""
    wanted = _same(team)
    if not wanted:
        return ()
    for group in entities:
        slug, title = _same(group.team_slug or ""), _same(group.title or "")
        if group.ref.kind == "group" and wanted in (_same(group.name), _same(str(group.ref)), slug, title):
            return _best(_people(entities, group.ref, 1.0, team, group.where))
    return ()


def _named(entities: Sequence[Entity], name: str) -> Iterator[tuple[Entity, float, str]]:
    wanted = _same(name)
    if not wanted:
        return
    owned = [entity for entity in entities if entity.owner is not None]
    for entity in owned:
        own = _same(entity.name)
        if wanted in (own, _same(str(entity.ref)), _same(f"{entity.ref.namespace}/{own}")):
            yield entity, _BY_NAME, ""
        elif wanted == _same(entity.title or ""):
            yield entity, _BY_TITLE, f"titled {entity.title}"
        elif _bare(wanted) and _bare(wanted) == _bare(own):
            yield entity, _BY_PART_OF_NAME, ""
    repository = name.strip().lower()
    for weight, how, same in (
        (_BY_REPOSITORY, "its repository", [e for e in owned if e.repository == repository]),
        (_BY_TAG, "by a tag", [e for e in owned if wanted in e.tags]),
    ):
        if len({entity.owner for entity in same}) == 1:
            yield same[0], weight, how


def _owners(
    entities: Sequence[Entity], entity: Entity, weight: float, about: str, how: str
) -> Iterator[Claim]:
    owner = entity.owner
    if owner is None:
        return
    note = f", {how}" if how else ""
    why = f"{entity.where} ({entity.ref.kind} {entity.name} → {_shown(entities, owner)}{note})"
    if owner.kind == "user":
        yield _person(entities, owner, weight, about, why)
        return
    people = list(_people(entities, owner, weight, about, why))
    group = next((entity.name for entity in entities if entity.ref == owner), owner.name)
    yield from people or [Claim(group, ClaimSource.BACKSTAGE, about, why, weight, is_team=True)]


def _people(entities: Sequence[Entity], group: Ref, weight: float, about: str, why: str) -> Iterator[Claim]:
    """A group's people: those it lists, those who say they belong to it, and its lead before all."""
    entity = next((e for e in entities if e.ref == group), None)
    members = dict.fromkeys(entity.members if entity else ())
    members |= dict.fromkeys(e.ref for e in entities if e.ref.kind == "user" and group in e.groups)
    lead = entity.lead if entity else None
    if entity is not None and lead is not None:
        yield _person(entities, lead, weight, about, f"{why}; lead of {entity.name} ({entity.where})")
    for member in members:
        if member != lead:
            told = f"{why}; member of {group.name}"
            yield _person(entities, member, weight * _MEMBER_FACTOR, about, told)


def _person(entities: Sequence[Entity], ref: Ref, weight: float, about: str, why: str) -> Claim:
    user = next((entity for entity in entities if entity.ref == ref), None)
    name = user.name if user else ref.name
    display = user.display if user else None
    handle = (user.login if user else None) or (name if display else None)
    return Claim(display or name, ClaimSource.BACKSTAGE, about, why, weight, handle=handle)


def _shown(entities: Sequence[Entity], ref: Ref) -> str:
    entity = next((entity for entity in entities if entity.ref == ref), None)
    return str(ref._replace(name=entity.name.lower())) if entity else str(ref)


def _best(claims: Sequence[Claim] | Iterator[Claim]) -> tuple[Claim, ...]:
    """Each owner once, by the heaviest claim; the heaviest first, else in order."""
    best: dict[tuple[str, bool], Claim] = {}
    for claim in claims:
        key = (claim.handle or claim.who, claim.is_team)
        if key not in best or best[key].weight < claim.weight:
            best[key] = replace(claim, weight=round(claim.weight, 3))
    return tuple(sorted(best.values(), key=lambda claim: -claim.weight))


def _same(text: str) -> str:
    return "-".join(re.findall(r"[^\W_]+", text.casefold()))


def _bare(name: str) -> str:
    words = name.split("-")
    while len(words) > 1 and words[-1] in _KIND_WORDS:
        words.pop()
    return "-".join(words)
