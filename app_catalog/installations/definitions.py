"""The definitions that records of a municipality run on (ADR 0003)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model import Definition
from app_catalog.installations.models import Installation, InstalledDefinition
from app_catalog.releases.loading import find_remembered, load_release_definition, remember
from app_catalog.releases.models import Release
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound

_given: ContextVar[Definition | None] = ContextVar("given_definition", default=None)


@contextmanager
def given_definition(definition: Definition) -> Iterator[None]:
    """Inside the block `definition_by_digest` answers with this definition for its digest, without asking the database:
    scenarios try a package before it is a release."""
    token = _given.set(definition)
    try:
        yield
    finally:
        _given.reset(token)


def definition_is_given() -> bool:
    """Whether a scenario is being played: the definition is not from the database."""
    return _given.get() is not None


def definition_by_digest(session: AnySession, digest: str) -> Definition:
    """The compiled definition of the session's municipality with this digest, verified when it is first loaded.

    Raises NotFound when this municipality never ran it, and LumbungError when the stored release was tampered with.
    """
    given = _given.get()
    if given is not None and given.digest == digest:
        return given
    tenant_id = current_tenant(session)
    known = find_remembered((tenant_id, digest))
    if known is not None:
        return known
    release_id = session.scalar(
        select(InstalledDefinition.release_id).where(
            InstalledDefinition.tenant_id == tenant_id, InstalledDefinition.digest == digest
        )
    )
    if release_id is None:
        raise NotFound
    definition = load_release_definition(session, release_id)
    remember((tenant_id, digest), definition)
    return definition


def definitions_in_use(session: AnySession, installation: Installation) -> tuple[Definition, ...]:
    """All definitions of an app that records of the session's municipality may run on, the installed one first."""
    return definitions_of_all(session, [installation])[installation.id]


def definitions_of_all(
    session: AnySession, installations: Sequence[Installation]
) -> dict[UUID, tuple[Definition, ...]]:
    """The same for several apps of the municipality, by the installation's id, in one question."""
    if definition_is_given():
        return {one.id: (definition_by_digest(session, one.definition_digest),) for one in installations}
    rows = session.execute(
        select(InstalledDefinition.digest, Release.app_id)
        .join(Release, Release.id == InstalledDefinition.release_id)
        .where(
            InstalledDefinition.tenant_id == current_tenant(session),
            Release.app_id.in_([one.app_id for one in installations]),
        )
        .order_by(InstalledDefinition.created_at.desc(), InstalledDefinition.digest)
    ).all()
    found = {}
    for one in installations:
        earlier = [row.digest for row in rows if row.app_id == one.app_id and row.digest != one.definition_digest]
        found[one.id] = tuple(definition_by_digest(session, digest) for digest in (one.definition_digest, *earlier))
    return found


def keep_definition(session: AnySession, release_id: UUID) -> Definition:
    """Pin a release's definition in the session's municipality, and return it. Pinning again changes nothing."""
    definition = load_release_definition(session, release_id)
    session.execute(
        insert(InstalledDefinition)
        .values(
            tenant_id=current_tenant(session),
            digest=definition.digest,
            release_id=release_id,
            patches=[],
            created_at=now(),
        )
        .on_conflict_do_nothing()
    )
    return definition
