"""What an actor may read and change: row scopes and fields of the definition's `access`.

Beside what a package says, two built-in roles read by themselves unless the package gives them a rule of its own,
because escalation leads to them: `tenant_admin` every record, `agency_head` those of the agencies headed; both without
private fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import ARRAY, ColumnElement, Text, and_, cast, false, func, or_, true

from app_catalog.definitions.model import (
    BUILTIN_ATTRIBUTES,
    Access,
    Definition,
    Field,
    ReadAccess,
    RecordType,
    RowScope,
)
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record

_IMPLICIT_ROWS: dict[str, tuple[RowScope, ...]] = {"tenant_admin": ("all",), "agency_head": ("agency",)}


def read_access(record_type: RecordType, role: str) -> ReadAccess | None:
    """What a role reads of a type, by the package or else by what is built in."""
    rule: Access | None = record_type.access.get(role)
    if rule is not None:
        return rule.read
    rows = _IMPLICIT_ROWS.get(role)
    if rows is None:
        return None
    open_fields = tuple(field.id for field in record_type.fields.values() if not field.private)
    return ReadAccess(rows, (*open_fields, *BUILTIN_ATTRIBUTES))


def roles_on(definition: Definition, actor: Actor, record: Record) -> frozenset[str]:
    """The actor's roles with regard to one record: scoped ones only where they reach it, `resident` on its own."""
    roles = {role for role in actor.roles if _reaches(definition, role, actor, record)}
    if actor.owns(record):
        roles.add("resident")
    return frozenset(roles)


def may_read(record_type: RecordType, actor: Actor, record: Record) -> bool:
    """Whether any role of the actor reads this row."""
    return actor.is_system or bool(reading_roles(record_type, actor, record))


def reading_roles(record_type: RecordType, actor: Actor, record: Record) -> frozenset[str]:
    """Those of the actor's roles by which this row may be read."""
    candidates = actor.roles | ({"resident"} if actor.owns(record) else set())
    return frozenset(
        role
        for role in candidates
        if (access := read_access(record_type, role)) is not None
        and any(_row_in_scope(scope, role, actor, record) for scope in access.rows)
    )


def visible_fields(definition: Definition, record_type: str, actor: Actor, record: Record) -> frozenset[str]:
    """Ids of the fields and built-in attributes that the actor may see of this record.

    Private fields are never among them for somebody who reads as `public` only, nor fields whose `visible_to` names
    none of the actor's roles.
    """
    kind = definition.records[record_type]
    if actor.is_system:
        return frozenset((*kind.fields, *BUILTIN_ATTRIBUTES))
    return fields_read_by(kind, reading_roles(kind, actor, record))


def fields_read_by(record_type: RecordType, roles: Iterable[str]) -> frozenset[str]:
    """The fields and built-in attributes that any of these roles reads."""
    found: set[str] = set()
    for role in roles:
        access = read_access(record_type, role)
        if access is None:
            continue
        named = access.fields if access.fields is not None else (*record_type.fields, *BUILTIN_ATTRIBUTES)
        for name in named:
            field = record_type.fields.get(name)
            if field is None and name not in BUILTIN_ATTRIBUTES:
                continue
            if field is not None and field.private and role == "public":
                continue
            if field is not None and not shows_to(field, role):
                continue
            found.add(name)
    return frozenset(found)


def shows_to(field: Field, role: str) -> bool:
    """Whether a role may see a field by its `visible_to`; a group as a whole, or not at all."""
    return all(one.visible_to is None or role in one.visible_to for one in (field, *field.fields.values()))


def rows_predicate(
    record_type: RecordType, actor: Actor, *, needing: frozenset[str] = frozenset()
) -> ColumnElement[bool]:
    """The same as `may_read`, for SQL over many rows of one type.

    With `needing` only the rows of roles that read all these fields: what a list is filtered or sorted by must not
    tell more than what it shows.
    """
    if actor.is_system:
        return true()
    parts: list[ColumnElement[bool]] = []
    for role in sorted(actor.roles | {"resident"}):
        access = read_access(record_type, role)
        if access is not None and needing <= fields_read_by(record_type, [role]):
            parts += [_scope_predicate(scope, role, actor) for scope in access.rows]
    return or_(false(), *parts)


def may_write(field: Field, role: str) -> bool:
    """Whether a role that may write such records writes this field: parts of a checklist are each for some."""
    if field.checklist is not None:
        return False
    # Whoever makes a record without an account is its resident.
    return field.part is None or role in field.part.by or (role == "public" and "resident" in field.part.by)


def title_fields(record_type: RecordType) -> frozenset[str]:
    """The fields that the title is made of: who may not read one of them sees the number instead."""
    named = re.findall(r"\b(?:record|old)\.([a-z0-9_]+)", record_type.title.source)
    return frozenset(name for name in named if name in record_type.fields)


def may_moderate(definition: Definition, record_type: RecordType, actor: Actor, record: Record) -> bool:
    """Whether the actor may hide, blur and check this record: who reads it by a role of the app, as head or admin."""
    if not actor.is_member:
        return False
    officials = {*definition.roles, "tenant_admin", "agency_head"}
    return bool(reading_roles(record_type, actor, record) & officials)


def _reaches(definition: Definition, role: str, actor: Actor, record: Record) -> bool:
    own = definition.roles.get(role)
    if role == "agency_head":
        return record.agency_id in actor.headed_ids
    if role == "public":
        return record.published and record.hidden_at is None
    return own is None or own.scope != "agency" or record.agency_id in actor.agency_ids


def _row_in_scope(scope: RowScope, role: str, actor: Actor, record: Record) -> bool:
    if scope == "all":
        return True
    if scope == "own":
        return actor.owns(record)
    if scope == "published":
        return record.published and record.hidden_at is None
    agencies = actor.headed_ids if role == "agency_head" else actor.agency_ids
    if scope == "shared":
        return any(str(agency_id) in (record.shared_with or ()) for agency_id in agencies)
    return record.agency_id in agencies


def _scope_predicate(scope: RowScope, role: str, actor: Actor) -> ColumnElement[bool]:
    if scope == "all":
        return true()
    if scope == "published":
        return and_(Record.published, Record.hidden_at.is_(None))
    if scope == "agency":
        return Record.agency_id.in_(sorted(actor.headed_ids if role == "agency_head" else actor.agency_ids))
    if scope == "shared":
        agencies = sorted(str(one) for one in (actor.headed_ids if role == "agency_head" else actor.agency_ids))
        return func.jsonb_exists_any(Record.shared_with, cast(agencies, ARRAY(Text)))
    own: list[ColumnElement[bool]] = []
    if actor.account_id is not None:
        own.append(Record.created_by == actor.account_id)
    if actor.tracking_digest is not None:
        own.append(Record.tracking_digest == actor.tracking_digest)
    return or_(false(), *own)
