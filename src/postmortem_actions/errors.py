"""Every error a user can meet: what happened, where, and what to do next.

``exit_code`` is what the command line returns; docs/cli.md lists them. Problems in a document are not
errors: they are values (``core.model.Problem``), and the plan is still made.
"""

from __future__ import annotations


class PostmortemActionsError(Exception):
    """Base of all. ``where`` is a path with or without ``:line``; ``fix`` says what to do next."""

    exit_code = 2

    def __init__(self, message: str, *, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  {self.fix}" if self.fix else head


class RequestError(PostmortemActionsError):
    """An option, request block or config value that is not allowed."""


class ConfigError(PostmortemActionsError):
    """A config file that cannot be read or understood."""


class SourceError(PostmortemActionsError):
    """An RCA that cannot be fetched or read."""

    exit_code = 3


class CatalogueError(PostmortemActionsError):
    """A rule file that does not follow the schema. ``where`` is path:line."""

    exit_code = 4


class PlanFormatError(PostmortemActionsError):
    """A plan file that cannot be read back."""

    exit_code = 5


class OutputError(PostmortemActionsError):
    """A result that cannot be written."""

    exit_code = 6


class StoreError(PostmortemActionsError):
    """The store cannot be opened, read or written, or it has no such plan or action."""

    exit_code = 7


class TrackerError(PostmortemActionsError):
    """A tracker or a channel cannot do what it was asked to. Nothing was changed there."""

    exit_code = 8


class TrackerUnreachable(TrackerError):
    """The request surely did not arrive. It can be sent again as it is."""


class TrackerBusy(TrackerError):
    """The tracker asks to wait: nothing was done. ``wait`` is in seconds."""

    def __init__(
        self, message: str, wait: float, *, where: str | None = None, fix: str | None = None
    ) -> None:
        super().__init__(message, where=where, fix=fix)
        self.wait = wait


class TrackerUncertain(TrackerError):
    """The answer was lost: the request may have been carried out. It is looked up before it is sent again."""


class PrivacyError(PostmortemActionsError):
    """What was asked for would take something out of this machine that may not leave it."""

    exit_code = 9
