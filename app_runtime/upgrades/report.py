"""What an upgrade (or going back) would mean here, reckoned on the municipality's own data before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app_catalog.catalog.changes import compare_releases
from app_catalog.definitions.differences import Difference, Weight, heaviest
from app_catalog.definitions.model import Definition
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.effective import settings_at
from app_catalog.installations.held_values import find_misfits, own_values_for
from app_catalog.installations.models import Installation
from app_catalog.installations.services import agency_keys
from app_catalog.installations.values import check_settings
from app_catalog.installations.versions import was_run
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import Release
from app_catalog.releases.scenarios import ScenarioReport
from app_runtime.records.models import Record
from app_runtime.scenarios.runner import EngineRunner
from app_runtime.upgrades.deadlines import DeadlineFinding, find_deadlines
from app_runtime.upgrades.mapping import find_gaps
from lumbung.db.tenancy import AnySession


@dataclass(frozen=True, slots=True)
class SettingFinding:
    """A setting that `appears`, `drops`, gets another `default`, or whose value is a `misfit`; `retyped` when the new
    version cannot hold a value of this type at all, so that records of earlier versions keep theirs.

    `own` says that the municipality has a value of its own; `before` and `after` are the values in force; `problems`
    are by the same keys as those of the settings form.
    """

    kind: str
    id: str
    label: Mapping[str, str]
    own: bool
    before: Any
    after: Any
    problems: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class OpenRecords:
    """How many open records of a version and type are in a state; `lacking` when the new version has no such state."""

    digest: str
    version: str
    record_type: str
    state: str
    label: Mapping[str, str]
    count: int
    lacking: bool


@dataclass(frozen=True, slots=True)
class HeldValues:
    """How many open records of a version hold a value in a field that the new version lacks (or has another way)."""

    digest: str
    version: str
    record_type: str
    field: str
    label: Mapping[str, str]
    count: int


@dataclass(frozen=True, slots=True)
class UpgradeReport:
    """Everything to know before new records are made by another version."""

    release: Release
    before: Definition
    after: Definition
    back: bool
    differences: tuple[Difference, ...]
    settings: tuple[SettingFinding, ...]
    open_records: tuple[OpenRecords, ...]
    held_values: tuple[HeldValues, ...]
    deadlines: tuple[DeadlineFinding, ...]
    scenarios: ScenarioReport | None
    own: Mapping[str, Any]
    """The municipality's own values that the change begins with."""

    @property
    def weight(self) -> Weight:
        """The most that the differences ask for."""
        return heaviest(self.differences)

    @property
    def errors(self) -> dict[str, list[str]]:
        """What has to be put right in the settings first, by the keys of the settings form."""
        return {key: list(texts) for one in self.settings for key, texts in one.problems.items()}

    @property
    def ready(self) -> bool:
        """Whether new records can be made by the new version without another word: settings fit, scenarios pass."""
        return not self.errors and (self.scenarios is None or self.scenarios.passed)

    def as_findings(self) -> dict[str, Any]:
        """The report in figures, as it is kept with the change of version."""
        return {
            "weight": self.weight,
            "differences": len(self.differences),
            "settings": [{"kind": one.kind, "id": one.id} for one in self.settings],
            "open": sum(one.count for one in self.open_records),
            "lacking": sum(one.count for one in self.open_records if one.lacking),
            "held": sum(one.count for one in self.held_values),
            "deadlines": [
                {"record": one.record_type, "clock": one.clock, "moved": one.earlier + one.later, "red": one.red}
                for one in self.deadlines
            ],
            "scenarios": None if self.scenarios is None else self.scenarios.passed,
        }


def make_report(
    session: AnySession, installation: Installation, release: Release, *, scenarios: ScenarioReport | None = None
) -> UpgradeReport:
    """The report of making new records by `release` from now on; `scenarios` as `play_scenarios` gave them, if it was
    asked.

    Nothing is changed. Raises ReleaseDamaged when either version does not verify.
    """
    before = definition_by_digest(session, installation.definition_digest)
    after = load_release_definition(session, release.id)
    stored = settings_at(session, installation.id, installation.settings_version)
    back = was_run(session, installation, release)
    own = own_values_for(session, installation, after, stored) if back else stored.overrides
    agencies = agency_keys(session)
    running = _running(session, installation)
    kept = {digest: definition_by_digest(session, digest) for digest, _, _ in running if digest != after.digest}
    return UpgradeReport(
        release=release,
        before=before,
        after=after,
        back=back,
        differences=compare_releases(session, installation.release_id, release.id),
        settings=_settings(before, after, stored.overrides, own, agencies, set(stored.sealed)),
        open_records=tuple(
            _open(kept[digest], after, record_type, state, count)
            for (digest, record_type, state), count in running.items()
            if digest in kept
        ),
        held_values=tuple(_held(session, installation, kept, after)),
        deadlines=tuple(find_deadlines(session, installation, kept, after, own)),
        scenarios=scenarios,
        own=own,
    )


def play_scenarios(session: AnySession, installation: Installation, release: Release) -> ScenarioReport:
    """The scenarios of a version under the municipality's own settings and agencies, in a place that is gone
    afterwards."""
    stored = settings_at(session, installation.id, installation.settings_version)
    definition = load_release_definition(session, release.id)
    return EngineRunner().run_with_settings(session, definition, stored.overrides, agency_keys(session))


def _settings(
    before: Definition,
    after: Definition,
    overrides: Mapping[str, Any],
    own: Mapping[str, Any],
    agencies: Mapping[str, str],
    sealed: set[str],
) -> tuple[SettingFinding, ...]:
    old, new = effective_settings(before, overrides), effective_settings(after, own)
    retyped = find_misfits(after, own)
    problems: dict[str, dict[str, Sequence[str]]] = {}
    for key, texts in check_settings(after, new, agencies=agencies, secrets=sealed).items():
        problems.setdefault(key.partition(".")[0], {})[key] = texts
    found = []
    for name in dict.fromkeys((*after.settings, *before.settings)):
        spec = after.settings.get(name) or before.settings[name]
        kind = _kind_of_finding(name, before, after, old, new, bool(problems.get(name)))
        if kind is not None:
            kind = "retyped" if kind == "misfit" and name in retyped else kind
            found.append(
                SettingFinding(
                    kind,
                    name,
                    dict(spec.label),
                    name in overrides or name in sealed,
                    None if spec.secret else old.get(name),
                    None if spec.secret else new.get(name),
                    problems.get(name, {}),
                )
            )
    return tuple(found)


def _kind_of_finding(
    name: str, before: Definition, after: Definition, old: Mapping[str, Any], new: Mapping[str, Any], misfit: bool
) -> str | None:
    if name not in before.settings:
        return "appears"
    if name not in after.settings:
        return "drops"
    if misfit:
        return "misfit"
    return "default" if old.get(name) != new.get(name) else None


def _running(session: AnySession, installation: Installation) -> dict[tuple[str, str, str], int]:
    rows = session.execute(
        select(Record.definition_digest, Record.record_type, Record.state, func.count())
        .where(Record.tenant_id == installation.tenant_id, Record.installation_id == installation.id, Record.open)
        .group_by(Record.definition_digest, Record.record_type, Record.state)
        .order_by(Record.record_type, Record.state)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _open(kept: Definition, after: Definition, record_type: str, state: str, count: int) -> OpenRecords:
    old = kept.records[record_type].workflow
    new = after.records.get(record_type)
    states = new.workflow.states if new is not None and new.workflow else {}
    known = old.states.get(state) if old else None
    return OpenRecords(
        kept.digest,
        kept.version,
        record_type,
        state,
        dict(known.label) if known else {"id": state},
        count,
        lacking=new is None or (bool(old) and state not in states),
    )


def _held(
    session: AnySession, installation: Installation, kept: Mapping[str, Definition], after: Definition
) -> list[HeldValues]:
    found = []
    for digest, definition in kept.items():
        for record_type, old in definition.records.items():
            new = after.records.get(record_type)
            names = list(old.fields) if new is None else list(find_gaps(old, new).fields)
            counts = _count_values(session, installation, digest, record_type, names)
            found += [
                HeldValues(digest, definition.version, record_type, name, dict(old.fields[name].label), counts[name])
                for name in names
                if counts[name]
            ]
    return found


def _count_values(
    session: AnySession, installation: Installation, digest: str, record_type: str, names: Sequence[str]
) -> dict[str, int]:
    if not names:
        return {}
    holding: list[ColumnElement[int]] = [
        func.count().filter(Record.data.has_key(name) | Record.private.has_key(name)) for name in names
    ]
    row = session.execute(
        select(*holding).where(
            Record.tenant_id == installation.tenant_id,
            Record.installation_id == installation.id,
            Record.record_type == record_type,
            Record.definition_digest == digest,
            Record.open,
        )
    ).one()
    return dict(zip(names, row, strict=True))
