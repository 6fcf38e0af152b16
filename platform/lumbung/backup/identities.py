"""Global rows that are known at the new place already, and the ids that change because of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Table

from lumbung.backup.carrying import Carrying
from lumbung.backup.errors import RestoreRefused
from lumbung.backup.staging import driver_of, told_plainly
from lumbung.i18n import Text
from lumbung.ids import new_id

_ID = re.compile(r'"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_BATCH = 500
_BATCH_CHARACTERS = 4_000_000


class Identities:
    """Which id of the archive is which id here. An id that is not in it stays what it is.

    `arrived` are the ids here of the global rows that came along, by table; `left` those that did not come because
    what they are part of is known here without them.
    """

    def __init__(self) -> None:
        self._here: dict[str, str] = {}
        self.arrived: dict[str, set[str]] = {}
        self.left: set[str] = set()

    def learn(self, theirs: str, ours: str) -> None:
        """From now on `theirs` is written as `ours`."""
        if theirs != ours:
            self._here[theirs] = ours

    def translate(self, line: str) -> str:
        """The line with every id of the archive that is another one here put right, wherever it stands: in a column
        that refers to it, in the audit, in a history's values."""
        if not self._here:
            return line
        return _ID.sub(lambda found: f'"{self._here.get(found[1], found[1])}"', line)


def newcomers(
    connection: Connection,
    table: Table,
    carrying: Carrying,
    lines: Iterable[str],
    *,
    identities: Identities,
    at_home: bool,
) -> Iterator[str]:
    """The lines whose rows are not here yet; for the others it is learnt which row they are.

    Rows are the same when the columns of `same_by` are equal. At home also when the id is: what became of a row since
    the archive was made is newer. Elsewhere an id that is taken by another row is replaced by a new one, and what would
    add to something that is known here stays behind (`Carrying.with_new`). Raises RestoreRefused when a row that is the
    same differs where it must not, or a new one rests on what stayed behind.
    """
    arrived = identities.arrived.setdefault(table.name, set())
    for batch in _batches(lines, identities):
        same, taken = _look_up(connection, table, carrying, batch)
        for line in batch:
            row = json.loads(line)
            row_id = row["id"]
            if row_id in same:
                identities.learn(row_id, same[row_id])
            elif row_id in taken and at_home:
                continue
            elif not at_home and _adds_to_known(carrying, row, identities):
                identities.left.add(row_id)
            elif any(isinstance(value, str) and value in identities.left for value in row.values()):
                raise _not_shown_here(table)
            elif row_id in taken:
                here = str(new_id())
                identities.learn(row_id, here)
                arrived.add(here)
                yield identities.translate(line)
            else:
                arrived.add(row_id)
                yield line


def _adds_to_known(carrying: Carrying, row: Mapping[str, Any], identities: Identities) -> bool:
    owner = row[carrying.with_new] if carrying.with_new else None
    return owner is not None and not any(owner in ids for ids in identities.arrived.values())


def _batches(lines: Iterable[str], identities: Identities) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(identities.translate(line))
        size += len(line)
        if len(batch) == _BATCH or size > _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _look_up(
    connection: Connection, table: Table, carrying: Carrying, batch: list[str]
) -> tuple[dict[str, str], set[str]]:
    same: dict[str, str] = {}
    rows = f"[{','.join(batch)}]"
    driver, name = driver_of(connection), sql.Identifier(table.name)
    with told_plainly(table.name):
        if carrying.same_by:
            equal = sql.SQL(" AND ").join(
                sql.SQL("h.{c} IS NOT DISTINCT FROM t.{c}").format(c=sql.Identifier(column))
                for column in carrying.same_by
            )
            differs = sql.SQL(" OR ").join(
                [sql.SQL("false")]
                + [
                    sql.SQL("h.{c} IS DISTINCT FROM t.{c}").format(c=sql.Identifier(column))
                    for column in carrying.must_match
                ]
            )
            query = sql.SQL(
                "SELECT t.id::text, h.id::text, ({differs}) AND NOT ({unless})"
                " FROM json_populate_recordset(NULL::public.{name}, %s::json) t"
                " JOIN public.{name} h ON {equal}"
            ).format(differs=differs, unless=sql.SQL(carrying.unless), name=name, equal=equal)
            for theirs, ours, other in driver.execute(query, (rows,)):
                if other:
                    raise _conflict(table, carrying, json.loads(_line_of(batch, theirs)))
                same[theirs] = ours
        query = sql.SQL(
            "SELECT h.id::text FROM json_populate_recordset(NULL::public.{name}, %s::json) t"
            " JOIN public.{name} h ON h.id = t.id"
        ).format(name=name)
        taken = {found for (found,) in driver.execute(query, (rows,))}
    return same, taken


def _line_of(batch: list[str], row_id: str) -> str:
    return next(line for line in batch if json.loads(line)["id"] == row_id)


def _not_shown_here(table: Table) -> RestoreRefused:
    return RestoreRefused(
        Text(
            "Arsip memuat baris {table} yang bersandar pada sesuatu (misalnya kunci tanda tangan) milik pihak yang "
            "sudah dikenal di sini, tetapi tidak pernah ditunjukkannya di sini. Hanya pihak itu yang boleh "
            "menambahkannya; tidak ada yang diubah.",
            "The archive holds a row of {table} that rests on something (such as a signing key) of somebody who is "
            "known here, but who has never shown it here. Only they can add it; nothing was changed.",
        ).format(table=table.name)
    )


def _conflict(table: Table, carrying: Carrying, row: dict[str, Any]) -> RestoreRefused:
    which = ", ".join(str(row.get(column))[:80] for column in carrying.same_by)
    return RestoreRefused(
        Text(
            "{table} ({which}) sudah ada di sini dengan isi lain ({columns}). Dua yang berbeda tidak bisa memakai "
            "nama yang sama; tidak ada yang diubah.",
            "{table} ({which}) is here already with other content ({columns}). Two different ones cannot share a name; "
            "nothing was changed.",
        ).format(table=table.name, which=which, columns=", ".join(carrying.must_match))
    )
