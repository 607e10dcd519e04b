"""Which kinds of failure were there before, among the kept plans."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..core.model import FailureMode, Incident
from ..core.policy import FailureRole
from ..core.ports import Document
from ..errors import StoreError

if TYPE_CHECKING:
    from .planning import Ports

_CAUSES = (FailureRole.PRIMARY, FailureRole.CONTRIBUTING)


def digest_of(text: str) -> str:
    """By which a text is known again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Earlier:
    """Asked once while a plan is made (``core.pipeline.Repeats``). A store that cannot be read has no earlier plans here:
    that it cannot is told where the plan is to be kept. ``named`` are the incidents that this one repeats."""

    def __init__(self, ports: Ports, document: Document) -> None:
        self._ports = ports
        self._document = document
        self.named: tuple[str, ...] = ()

    def __call__(self, incident: Incident, modes: Sequence[FailureMode]) -> Mapping[str, str]:
        """Kinds of failure, and where they were before."""
        from ..core.tracking.related import relate, repeats

        # That an alert was missing again makes the same gap wider; what makes an incident a repeat is its cause.
        causes = [mode for mode in modes if mode.role in _CAUSES and mode.kind != "unclassified"]
        kinds = [mode.kind for mode in causes]
        if not kinds:
            return {}
        name = "" if self._document.name in ("-", "pasted text") else self._document.name
        number = incident.id.text if incident.id else ""
        try:
            with self._ports.store().read() as reading:
                own = reading.plan_from(source=name, incident=number, digest=digest_of(self._document.text))
                services = [fact.text for fact in incident.services]
                earlier = reading.alike(services, kinds, own.id if own is not None else "")
        except StoreError:
            return {}
        before = repeats(relate(incident, causes, earlier, {}, {}))
        found = {kind: before[kind] for kind in kinds if kind in before}
        self.named = tuple(dict.fromkeys(found.values()))
        return found
