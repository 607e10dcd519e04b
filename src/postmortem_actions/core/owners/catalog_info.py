"""Backstage's catalog files: which entities there are, and who owns them.

Source: Backstage, "Descriptor Format of Catalog Entities", "Entity References", "Well-known Annotations".
Only what the files say is used; the catalog's server may know more (people often come from a directory).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..model import Problem
from .written import FileData, first_problems, is_address, quoted, without_host

OWNED_KINDS = ("component", "resource", "api", "system", "domain")
_ORGANISATION = ("group", "user")
_NAME = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_LONGEST_NAME = 63  # characters, by the descriptor format
_PLACEHOLDERS = {
    "unknown",
    "unowned",
    "none",
    "nobody",
    "tbd",
    "todo",
    "n-a",
    "na",
    "owner",
    "guests",
    "guest",
}
# No annotation for a team's lead is well known; these names are in use, under the firm's own prefix.
_LEAD_KEYS = {"lead", "leader", "teamlead", "techlead"}
_SOURCE_URL = re.compile(r"url:https?://[^/\s]+/(?P<path>[^\s?#]+)")


class Ref(NamedTuple):
    """A reference to an entity, in lower case, as the catalog compares them."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity. ``where`` is ``path:line`` of its name.

    ``repository`` is ``org/project`` of its source; ``folder`` is where its source lies in the repository of
    the file (empty: at the root), None where it lies elsewhere. ``members`` and ``lead`` are a group's,
    ``groups`` a user's. ``display`` and ``login`` are a user's name and account, ``team_slug`` a group's."""

    ref: Ref
    where: str
    name: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    owner: Ref | None = None
    repository: str | None = None
    folder: str | None = None
    members: tuple[Ref, ...] = ()
    groups: tuple[Ref, ...] = ()
    lead: Ref | None = None
    display: str | None = None
    login: str | None = None
    team_slug: str | None = None


def parse_ref(value: object, kind: str, namespace: str) -> Ref | None:
    """A reference ``[kind:][namespace/]name``, or the same as a mapping; ``kind`` and ``namespace`` where it
    does not say. None where it is no reference. Of an address the name part is kept."""
    if isinstance(value, Mapping):
        parts = [value.get("kind", kind), value.get("namespace", namespace), value.get("name")]
        if not all(isinstance(part, str) for part in parts):
            return None
        own_kind, own_namespace, name = (str(part).strip() for part in parts)
    elif isinstance(value, str):
        left, colon, name = value.strip().rpartition(":")
        own_kind = left if colon else kind
        left, slash, name = name.rpartition("/")
        own_namespace = left if slash else namespace
    else:
        return None
    name = without_host(name) if is_address(name) else name
    if not all(_NAME.fullmatch(part) for part in (own_kind, own_namespace, name)):
        return None
    return Ref(own_kind.lower(), own_namespace.lower(), name.lower())


def read_entities(files: Sequence[FileData]) -> tuple[tuple[Entity, ...], tuple[Problem, ...]]:
    """The entities of the documents, in order, and what is wrong with them (``path:line`` first).

    Documents of other formats and kinds (``Location``, ``Template`` …) are passed over. Of two entities with
    one kind, namespace and name the first counts."""
    entities: dict[Ref, Entity] = {}
    problems: list[Problem] = []
    for file in files:
        entity = _entity(file, problems)
        if entity is None:
            continue
        first = entities.setdefault(entity.ref, entity)
        if first is not entity:
            message = f"{entity.where}: {entity.ref} is described in {first.where} already"
            problems.append(Problem("catalog-twice", message, fix="Remove one of the two."))
    return tuple(entities.values()), first_problems(problems, "catalog-info.yaml")


def _entity(file: FileData, problems: list[Problem]) -> Entity | None:
    data = file.data
    if not isinstance(data, Mapping) or not str(data.get("apiVersion", "")).startswith("backstage.io/"):
        if "catalog-info" in file.place and not (isinstance(data, Mapping) and "apiVersion" in data):
            message = f"{file.where()}: the document is no Backstage entity and is passed over"
            fix = "Give apiVersion: backstage.io/v1alpha1, kind, metadata and spec."
            problems.append(Problem("catalog-format", message, fix=fix))
        return None
    kind = str(data.get("kind", "")).lower()
    if kind not in OWNED_KINDS + _ORGANISATION:
        return None
    metadata, spec = _mapping(data.get("metadata")), _mapping(data.get("spec"))
    where = file.where("metadata", "name")
    name = metadata.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        said = "has no name" if name is None else f"has the name {quoted(str(name))!r}"
        fix = "Give metadata.name: letters, digits and single - _ . between them, at most 63."
        problems.append(Problem("catalog-name", f"{where}: the {kind} {said} and is passed over", fix=fix))
        return None
    namespace = str(metadata.get("namespace") or "default").lower()
    annotations = {**_mapping(metadata.get("labels")), **_mapping(metadata.get("annotations"))}
    source = str(annotations.get("backstage.io/source-location", ""))
    profile = _mapping(spec.get("profile"))
    own_name = _without_address(name, profile)
    return Entity(
        ref=Ref(kind, namespace, name.lower()),
        where=where,
        name=own_name,
        title=_text(metadata.get("title")) or _text(profile.get("displayName")),
        tags=tuple(str(tag).lower() for tag in _list(metadata.get("tags"))),
        owner=_owner(file, kind, spec, namespace, problems),
        repository=_repository(annotations, source),
        folder=_folder(file.place, source),
        members=_refs(spec.get("members"), "user", namespace),
        groups=_refs(spec.get("memberOf"), "group", namespace),
        lead=_lead(annotations, namespace),
        display=_shown_name(profile.get("displayName") or metadata.get("title")),
        login=_text(annotations.get("github.com/user-login") or annotations.get("gitlab.com/user-login")),
        team_slug=_text(annotations.get("github.com/team-slug")),
    )


def _owner(
    file: FileData, kind: str, spec: Mapping[str, object], namespace: str, problems: list[Problem]
) -> Ref | None:
    if kind not in OWNED_KINDS:
        return None
    value = spec.get("owner")
    owner = parse_ref(value, "group", namespace)
    vague = owner is None or owner.name in _PLACEHOLDERS or str(value).strip().lower() in _PLACEHOLDERS
    if owner is not None and owner.kind in _ORGANISATION and not vague:
        return owner
    said = "no spec.owner" if value is None else f"the owner {quoted(str(value))!r}, which names nobody"
    message = f"{file.where('spec', 'owner')}: the {kind} has {said}"
    fix = "Write a group, or user:name, in spec.owner."
    problems.append(Problem("catalog-owner", message, fix=fix))
    return None


def _without_address(name: str, profile: Mapping[str, object]) -> str:
    """A user's name, where it is not the address with its ``@`` turned into ``_`` (as importers name users)."""
    address = str(profile.get("email", "")).lower()
    return without_host(address) if address and re.sub(r"[^\w.-]", "_", address) == name.lower() else name


def _repository(annotations: Mapping[str, object], source: str) -> str | None:
    for key in ("github.com/project-slug", "gitlab.com/project-slug"):
        slug = annotations.get(key)
        if isinstance(slug, str) and "/" in slug:
            return slug.strip("/").lower()
    found = _SOURCE_URL.match(source)
    if found is None:
        return None
    path = re.split(r"/-/|/(?:tree|blob|raw|src)/", found["path"])[0]
    return path.strip("/").removesuffix(".git").lower() or None


def _folder(place: str, source: str) -> str | None:
    """Where the source lies: beside the file, or where a relative ``dir:`` says. A link says nothing of the
    folders of this repository."""
    kind, _, target = source.partition(":")
    if kind not in ("", "dir", "file"):
        return None
    names = place.split("/")[:-1]
    for name in target.split("/"):
        if name == "..":
            if not names:
                return None
            names.pop()
        elif name not in ("", "."):
            names.append(name)
    return None if target.startswith("/") else "/".join(names)


def _lead(annotations: Mapping[str, object], namespace: str) -> Ref | None:
    for key, value in annotations.items():
        if str(key).rpartition("/")[2].lower().replace("-", "").replace("_", "") in _LEAD_KEYS:
            return parse_ref(value, "user", namespace)
    return None


def _refs(value: object, kind: str, namespace: str) -> tuple[Ref, ...]:
    found = (parse_ref(item, kind, namespace) for item in _list(value))
    return tuple(ref for ref in found if ref is not None)


def _shown_name(value: object) -> str | None:
    text = _text(value)
    return without_host(text) if text and is_address(text) else text


def _text(value: object) -> str | None:
    return quoted(value.strip()) if isinstance(value, str) and value.strip() else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
