"""Database: one engine (PostgreSQL), four kinds of table, the municipality set per transaction."""

from lumbung.db.base import Base, GlobalTable, LocalTable, SharedTable, TableKind, TenantTable, table_kinds
from lumbung.db.clock import now, set_clock, shift_clock
from lumbung.db.constraints import violated_constraint
from lumbung.db.engine import db
from lumbung.db.tenancy import as_tenant, current_tenant, use_tenant

__all__ = [
    "Base",
    "GlobalTable",
    "LocalTable",
    "SharedTable",
    "TableKind",
    "TenantTable",
    "as_tenant",
    "current_tenant",
    "db",
    "now",
    "set_clock",
    "shift_clock",
    "table_kinds",
    "use_tenant",
    "violated_constraint",
]
