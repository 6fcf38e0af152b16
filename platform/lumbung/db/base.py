"""The base of all models, and the four kinds of table (ADR 0001)."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, MetaData, Text, Time, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from lumbung.db.clock import now
from lumbung.ids import new_id


class TableKind(StrEnum):
    """Who owns the rows of a table; decides its row-level security and grants."""

    TENANT = "tenant"
    GLOBAL = "global"
    SHARED = "shared"
    LOCAL = "local"


class Base(DeclarativeBase):
    """All models. `__kind__` comes from one of the four kinds below; `__append_only__` takes UPDATE and DELETE away
    from the application's role."""

    __kind__: ClassVar[TableKind]
    __append_only__: ClassVar[bool] = False

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        date: Date(),
        time: Time(),
        str: Text(),
        int: BigInteger(),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
        list[Any]: JSONB(),
    }


class TenantTable(Base):
    """Owned by one municipality: forced row-level security, primary key `(tenant_id, id)`.

    Every unique key and every foreign key to another tenant table starts with `tenant_id` (citus.md rules 1, 2).
    """

    __abstract__ = True
    __kind__ = TableKind.TENANT

    @declared_attr
    def tenant_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("municipalities.id"), primary_key=True, sort_order=-2)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=900)


class SharedTable(Base):
    """What a municipality has published about itself: anyone reads, only the owner writes, by consent."""

    __abstract__ = True
    __kind__ = TableKind.SHARED

    @declared_attr
    def tenant_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("municipalities.id"), primary_key=True, sort_order=-2)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=900)


class GlobalTable(Base):
    """Belongs to nobody in particular: municipalities, accounts, publishers, releases. Never a tenant's row."""

    __abstract__ = True
    __kind__ = TableKind.GLOBAL

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=900)


class LocalTable(Base):
    """Wake-ups and counters of this database alone: ids only, no policy, never joined with tenant tables."""

    __abstract__ = True
    __kind__ = TableKind.LOCAL


def table_kinds() -> dict[str, TableKind]:
    """The kind of every mapped table by name; tables outside this map are nobody's and `doctor` complains."""
    return {mapper.local_table.name: mapper.class_.__kind__ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]


def append_only_tables() -> frozenset[str]:
    """Names of the tables that the application may only read and add to."""
    return frozenset(
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__append_only__
    )
