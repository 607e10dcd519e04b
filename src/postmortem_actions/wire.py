"""The only place that chooses adapters: it puts together what the use cases need."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .adapters.clock import SystemClock
from .adapters.config import FILE_NAME, TomlConfig
from .adapters.holiday_calendar import HolidayCalendar
from .adapters.output import FolderOutput
from .adapters.sources import DEFAULT_LIMIT, AnySource
from .core.model import Plan
from .errors import ConfigError, RequestError, StoreError
from .service import Ports

if TYPE_CHECKING:
    from .core.catalogue import Catalogue, Fault
    from .core.knowledge import Knowledge
    from .core.lint import LintKnowledge
    from .core.ports import CheckRunner, OwnerFinder, Repository, RuleChecker, Similarity
    from .core.privacy.mask import Masked
    from .core.promql.alerts import AlertRule
    from .core.simulate.unit_tests import UnitTest
    from .core.tracking.store import Store
    from .core.tracking.tickets import Channel, Tracker

CONFIG_FILE = FILE_NAME


@dataclass(frozen=True, slots=True)
class Choices:
    """What a caller may choose of the adapters. ``config`` is a path (None: look for the file);
    ``limit`` is in bytes (None: the default); ``stdin`` is what ``-`` reads."""

    config: str | None = None
    stdin: BinaryIO | None = None
    limit: int | None = None
    encoding: str | None = None
    allow_private: bool = False
    progress: Callable[[str], None] | None = None


class _Knowledge:
    """The data files of the package, and the user's folders of rules."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, ...], Knowledge] = {}

    def load(self, folders: Sequence[str]) -> Knowledge:
        """What the files say; read once, as one run asks for it several times."""
        from .adapters.catalogue_files import load_knowledge

        key = tuple(folders)
        if key not in self._read:
            self._read[key] = load_knowledge([Path(folder) for folder in folders])
        return self._read[key]

    def check(self, folders: Sequence[str]) -> tuple[Catalogue, Sequence[Fault]]:
        from .adapters.catalogue_files import check_files

        return check_files([Path(folder) for folder in folders], builtin=not folders)


def ports(choices: Choices | None = None) -> Ports:
    """Adapters for the files, links, clock and config of this machine."""
    chosen = choices or Choices()
    limit = chosen.limit or DEFAULT_LIMIT
    return Ports(
        sources=AnySource(chosen.stdin, limit, chosen.encoding, chosen.allow_private, os.environ),
        config=TomlConfig(chosen.config),
        knowledge=_Knowledge(),
        holidays=HolidayCalendar(),
        clock=SystemClock(),
        output=FolderOutput(),
        plan_from_json=_plan_from_json,
        lint_knowledge=_lint_knowledge,
        similarity=_similarity,
        owners=lambda: _owners(chosen),
        store=lambda: store(chosen),
        trackers=lambda name: tracker(chosen, name),
        channel=lambda name: channel(chosen, name),
        mask=mask,
        new_id=lambda: str(uuid.uuid4()),
        alert_rules=_alert_rules,
        promtool=_promtool,
        unit_test_file=_unit_test_file,
        monitors=_monitors,
        gitlab_ci=_gitlab_ci,
        artifact_forms=_artifact_forms,
        repository=_repository,
        check_runner=_check_runner,
    )


def store(choices: Choices) -> Store:
    """Where plans are kept: PMA_STORE, else the config's ``[store]``, else a file of the user. Raises StoreError."""
    from .adapters.store.database import PostgresDatabase, SqliteDatabase
    from .adapters.store.sql_store import SqlStore

    place = os.environ.get("PMA_STORE") or TomlConfig(choices.config).read().tracking.store
    if place and place.startswith(("postgresql://", "postgres://")):
        return SqlStore(PostgresDatabase(place))
    if place and "://" in place:
        raise StoreError(
            f"{place.partition(':')[0]!r} is no store",
            fix="Give a path, or postgresql://USER@HOST/DATABASE (the password in PGPASSWORD or ~/.pgpass).",
        )
    if not place:
        from platformdirs import user_data_path

        place = str(user_data_path("postmortem-actions") / "actions.db")
    return SqlStore(SqliteDatabase(place))


def tracker(choices: Choices, name: str) -> Tracker:
    """The tracker that the config calls so. Raises RequestError, ConfigError, TrackerError."""
    from .adapters.trackers.registry import tracker as made

    settings = TomlConfig(choices.config).read().tracking.tracker(name)
    if settings is None:
        raise RequestError(f"there is no tracker {name!r}", fix="Describe it in the config: [tracker.NAME].")
    return made(settings, secret)


def channel(choices: Choices, name: str) -> Channel:
    """A channel for reminders. Raises ConfigError, TrackerError."""
    from .adapters.secrets import Secrets

    settings = TomlConfig(choices.config).read().tracking.reminders
    if name == "slack":
        from .adapters.channels.slack import SlackChannel

        return SlackChannel(secret("SLACK_WEBHOOK_URL"))
    from .adapters.channels.mail import MailChannel

    password = Secrets(os.environ).get("SMTP_PASSWORD")
    return MailChannel(
        settings.host,
        settings.port,
        settings.sender,
        dict(settings.addresses),
        settings.security,
        settings.user,
        password,
    )


def secret(*names: str) -> Callable[[], str]:
    """The first secret there is of these names. Raises ConfigError."""
    from .adapters.secrets import Secrets

    secrets = Secrets(os.environ)
    for name in names:
        found = secrets.get(name)
        if found is not None:
            return found
    raise ConfigError(
        f"{names[0]} is not set",
        fix="Set it in the environment, in the system's keyring (service postmortem-actions), or in secrets.toml (mode 600).",
    )


def mask() -> Callable[[str], Masked]:
    """What masks secrets and personal data."""
    from .adapters.package_data import read_yaml
    from .core.privacy.mask import mask as masked
    from .core.privacy.mask import patterns_of

    patterns = patterns_of(read_yaml("privacy.yaml"))
    return lambda text: masked(text, patterns)


def _owners(choices: Choices) -> OwnerFinder:
    from .adapters.owners.sources import OwnerSources

    return OwnerSources(os.environ, choices.progress)


def _similarity() -> Similarity:
    from .adapters.sentence_similarity import WordVectors

    return WordVectors()


def _plan_from_json(text: str) -> Plan:
    from .render.json_plan import from_json

    return from_json(text)


def _lint_knowledge() -> LintKnowledge:
    from .adapters.package_data import read_yaml
    from .core.lint import LintKnowledge

    data = (read_yaml(name) for name in ("lint.yaml", "headings.yaml", "forms.yaml"))
    return LintKnowledge.from_data(*data)


def starting_config() -> str:
    """The text that ``pma init`` writes."""
    from .adapters.package_data import read_text

    return read_text("starting-config.toml")


def plan_schema() -> str:
    """The JSON Schema of a plan."""
    from .adapters.package_data import read_text

    return read_text("schema/plan.schema.json")


def _alert_rules(body: str) -> tuple[list[AlertRule], list[tuple[str, str]]]:
    from .adapters.prometheus_rules import alert_rules

    return alert_rules(body)


def _promtool() -> RuleChecker:
    from .adapters.prometheus_rules import Promtool

    return Promtool()


def _unit_test_file(rules: str, body: str, tests: Sequence[UnitTest]) -> str:
    from .adapters.prometheus_rules import unit_test_file

    return unit_test_file(rules, body, tests)


def _monitors(product: str, body: str, remark: str) -> tuple[str, list[tuple[str, str]]] | None:
    from .adapters.monitor_files import monitor_file

    return monitor_file(product, body, remark)


def _gitlab_ci(workflow: str, stem: str) -> str | None:
    from .adapters.gitlab_ci import gitlab_ci

    return gitlab_ci(workflow, stem)


def _artifact_forms() -> Mapping[str, object]:
    from .adapters.package_data import read_yaml

    return read_yaml("artifact-forms.yaml")


def _repository(folder: str) -> Repository:
    from .adapters.repository_files import RepositoryFiles

    return RepositoryFiles(folder)


def _check_runner(folder: str | None) -> CheckRunner:
    from .adapters.check_runner import CheckRunner as Runner

    return Runner(folder, os.environ)
