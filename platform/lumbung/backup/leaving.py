"""What is here of a municipality before its archive comes, and what is noted afterwards."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, text

from lumbung.audit.models import AuditEntry, PlatformAuditEntry
from lumbung.backup.carrying import carried_tables, carrying_of
from lumbung.backup.errors import RestoreRefused
from lumbung.backup.manifest import Manifest
from lumbung.db.base import Base
from lumbung.db.clock import now
from lumbung.i18n import Text
from lumbung.ids import new_id


def expect_room(connection: Connection, manifest: Manifest, *, slug: str | None, replace: bool) -> tuple[str, bool]:
    """The slug under which the municipality will be found, and whether it is here already.

    Its row is locked, so that nothing is added to it meanwhile. Raises RestoreRefused when it is here and not to be
    replaced, when its region is another municipality's here, or the slug is.
    """
    sign = manifest.municipality
    assert sign is not None
    present = connection.execute(
        text("SELECT slug FROM municipalities WHERE id = :id FOR UPDATE"), {"id": sign.id}
    ).scalar_one_or_none()
    if present is not None and not replace:
        raise RestoreRefused(
            Text(
                "{name} sudah ada di sini ({slug}). `--replace` mengganti seluruh datanya dengan isi arsip.",
                "{name} is here already ({slug}). `--replace` puts the archive in place of all it has now.",
            ).format(name=sign.name, slug=present)
        )
    chosen = slug or present or sign.slug
    taken = connection.execute(
        text("SELECT name FROM municipalities WHERE id <> :id AND (slug = :slug OR region_code = :code)"),
        {"id": sign.id, "slug": chosen, "code": sign.region_code},
    ).scalars()
    others = sorted(set(taken))
    if others:
        raise RestoreRefused(
            Text(
                "Nama alamat {slug} atau kode wilayah {code} di sini milik {other}. Pilih nama alamat lain dengan "
                "`--slug`; satu wilayah hanya bisa punya satu daerah.",
                "The slug {slug} or the region code {code} belongs to {other} here. Choose another with `--slug`; "
                "a region has one municipality only.",
            ).format(slug=chosen, code=sign.region_code, other=", ".join(others))
        )
    return chosen, present is not None


def remove_rows(connection: Connection, tenant_id: UUID) -> None:
    """Delete what an archive of the municipality carries, and of nobody else; its own row stays."""
    for table in reversed(carried_tables(whole=False)):
        carrying = carrying_of(table)
        if "tenant_id" in table.c:
            connection.execute(table.delete().where(table.c.tenant_id == tenant_id))
        elif carrying is not None and carrying.belongs and carrying.of_municipality is not None:
            connection.execute(table.delete().where(carrying.of_municipality(table, tenant_id)))


def note_arrival(connection: Connection, manifest: Manifest, *, replaced: bool) -> None:
    """Note the restore in the audit of the municipality and of the hub."""
    assert manifest.municipality is not None
    values = {
        "created_at": now(),
        "actor": "system",
        "action": "backup.municipality_restored",
        "subject_type": "archive",
        "subject_id": manifest.made_at,
        "after": {"municipality": manifest.municipality.name, "replaced": replaced},
        "request_id": "",
    }
    tables = Base.metadata.tables
    own, hub = tables[AuditEntry.__tablename__], tables[PlatformAuditEntry.__tablename__]
    connection.execute(own.insert().values(**values, id=new_id(), tenant_id=manifest.tenant_id))
    connection.execute(hub.insert().values(**values, id=new_id()))
