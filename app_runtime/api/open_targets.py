"""Which of the records that fields name are open to everybody, each by the version that it runs on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, literal_column, not_, or_, select
from sqlalchemy.types import Uuid

from app_catalog.definitions.model import Definition
from app_catalog.installations.definitions import definitions_in_use
from app_catalog.installations.models import Installation
from app_catalog.installations.services import find_installation
from app_runtime.records.permissions import fields_read_by, read_access
from app_runtime.records.running_app import RunningApp

_PUBLIC = "public"
_TENANT: ColumnElement[UUID] = bindparam("tenant", type_=Uuid)


@dataclass(frozen=True, slots=True)
class OpenTarget:
    """Records of one type, of the app at `app` or (None) of the naming app itself.

    Everybody reads the number of all those that run on a version in `whole`, and of the published ones on a version
    in `published`. `present` is the version of another app when this was looked up, None while it is not enabled.
    """

    record: str
    app: str | None
    whole: frozenset[str]
    published: frozenset[str]
    present: str | None = None

    def shows(self, other: Any) -> ColumnElement[bool]:
        """The rows of `other` of which everybody may be told the number."""
        return and_(
            other.record_type == literal_column(f"'{self.record}'"),
            other.hidden_at.is_(None),
            or_(_on(other, self.whole), and_(other.published, _on(other, self.published))),
        )


def open_targets(app: RunningApp, record_type: str) -> tuple[OpenTarget, ...]:
    """What the fields of a type may name, over all versions that its records are on."""
    wanted = {
        (spec.target.app or "", spec.target.record)
        for _, kind in app.kinds(record_type)
        for spec in kind.fields.values()
        if spec.target is not None
    }
    return tuple(_opened(app, slug or None, record) for slug, record in sorted(wanted))


def still_present(targets: Sequence[OpenTarget]) -> Iterator[ColumnElement[bool]]:
    """Whether other apps are on the versions that they were on when this was compiled."""
    for slug, present in sorted({(one.app, one.present or "") for one in targets if one.app is not None}):
        enabled: Select[Any] = select(literal_column("1")).where(
            Installation.tenant_id == _TENANT,
            Installation.slug == literal_column(f"'{slug}'"),
            Installation.status == literal_column("'enabled'"),
        )
        if present:
            yield enabled.where(Installation.definition_digest == literal_column(f"'{present}'")).exists()
        else:
            yield not_(enabled.exists())


def _opened(app: RunningApp, slug: str | None, record: str) -> OpenTarget:
    if slug is None:
        return OpenTarget(record, None, *_versions(app.definitions, record))
    installation = find_installation(app.session, slug)
    if installation is None:
        return OpenTarget(record, slug, frozenset(), frozenset())
    definitions = definitions_in_use(app.session, installation)
    return OpenTarget(record, slug, *_versions(definitions, record), installation.definition_digest)


def _versions(definitions: Sequence[Definition], record: str) -> tuple[frozenset[str], frozenset[str]]:
    rows = {
        one.digest: rule.rows
        for one in definitions
        if (kind := one.records.get(record)) is not None
        and (rule := read_access(kind, _PUBLIC)) is not None
        and "number" in fields_read_by(kind, [_PUBLIC])
    }
    whole = frozenset(digest for digest, scopes in rows.items() if "all" in scopes)
    return whole, frozenset(digest for digest, scopes in rows.items() if "published" in scopes) - whole


def _on(other: Any, digests: frozenset[str]) -> ColumnElement[bool]:
    # Digests are hexadecimal; written out, they need no place among a statement's values.
    return or_(false(), *(other.definition_digest == literal_column(f"'{digest}'") for digest in sorted(digests)))
