"""One municipality whose every value holds a word that is nowhere else, and a walk over everything that others see."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from werkzeug.routing import Rule as UrlRule
from werkzeug.routing import UUIDConverter
from werkzeug.test import TestResponse

from lumbung.db import Base, TableKind, table_kinds
from lumbung.ids import new_id
from lumbung.web.access import CURATOR, OPERATOR, stated_rule
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser

SECRET = "kenarirahasia"
"""In every value of the municipality's own tables."""
PUBLISHED = "kenariterbit"
"""In every value of what it has published about itself: reviews, submitted evaluations, adoptions."""
PERSON = "kenariorang"
"""In the names and addresses of its people's accounts, which are the platform's and not the municipality's."""

_TEXT, _JSON = ("text", "character varying"), ("jsonb",)


def mark_everything(connection: psycopg.Connection[Any], tenant_id: UUID, accounts: Sequence[UUID]) -> dict[str, int]:
    """Put a canary into every text and every JSON of the municipality that the database lets be changed; rows by table.

    By the superuser, past the wall. What a key or a check holds fast stays as it is: ids, kinds, states.
    """
    marked: dict[str, int] = {}
    for name, kind in sorted(table_kinds().items()):
        if kind not in (TableKind.TENANT, TableKind.SHARED):
            continue
        word = SECRET if kind == TableKind.TENANT else PUBLISHED
        for column in Base.metadata.tables[name].columns:
            count = _mark(connection, name, column.name, word, tenant_id)
            marked[name] = max(marked.get(name, 0), count)
    for account in accounts:
        connection.execute(
            "UPDATE accounts SET name = name || %(w)s, email = %(w)s || email WHERE id = %(id)s",
            {"w": PERSON, "id": account},
        )
    connection.commit()
    return marked


def _mark(connection: psycopg.Connection[Any], table: str, column: str, word: str, tenant_id: UUID) -> int:
    kinds = "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
    found = connection.execute(kinds, [table, column]).fetchone()
    assert found is not None
    changed: sql.Composable
    if found[0] in _TEXT:
        changed = sql.SQL("{c} || ' ' || {w}").format(c=sql.Identifier(column), w=sql.Literal(word))
    elif found[0] in _JSON:
        changed = sql.SQL(
            "CASE jsonb_typeof({c}) WHEN 'array' THEN {c} || to_jsonb({w}::text) "
            "WHEN 'object' THEN {c} || jsonb_build_object({w}, {w}) ELSE {c} END"
        ).format(c=sql.Identifier(column), w=sql.Literal(word))
    else:
        return 0
    update = sql.SQL("UPDATE {t} SET {c} = {v} WHERE tenant_id = {id} AND {c} IS NOT NULL").format(
        t=sql.Identifier(table), c=sql.Identifier(column), v=changed, id=sql.Literal(str(tenant_id))
    )
    try:
        with connection.transaction():
            return connection.execute(update).rowcount
    except (psycopg.IntegrityError, psycopg.errors.GeneratedAlways):
        return 0


@dataclass
class Walk:
    """Every route with a visitor's own ids and with those of the marked municipality."""

    app: LumbungFlask
    browsers: dict[str, Browser]
    values: dict[str, list[dict[str, object]]]
    """By site, what stands for the variables of rules."""
    operator: bool = False
    methods: tuple[str, ...] = ("GET",)
    asked: int = 0
    answered: int = 0
    seen: list[str] = field(default_factory=list)

    def go(self) -> None:
        """Ask for everything and note where a canary was seen."""
        for rule in self.app.url_map.iter_rules():
            policy = stated_rule(self.app.view_functions[rule.endpoint])
            allowed = {PUBLISHED, *([PERSON] if self.operator and policy in (OPERATOR, CURATOR) else [])}
            for method in sorted((rule.methods or set()) & set(self.methods)):
                for path in self._paths(rule):
                    answer = self.browsers[str(rule.host)].open(method, path)
                    self.asked += 1
                    self.answered += answer.status_code == 200
                    self._look(f"{method} {rule.host}{rule.rule} {answer.status_code}", answer, allowed)

    def _paths(self, rule: UrlRule) -> Iterator[str]:
        site = str(rule.host)
        seen = set[str]()
        for values in self.values[site]:
            filled = {name: values.get(name) or _unknown(rule, name) for name in rule.arguments}
            path = self.app.url_map.bind(site).build(rule.endpoint, filled)
            if path not in seen and not path.endswith(("/sign-out", "/static/siaran")):
                seen.add(path)
                yield path

    def _look(self, where: str, answer: TestResponse, allowed: set[str]) -> None:
        texts = [str(answer.headers), *readable(answer.get_data())]
        for word in {SECRET, PUBLISHED, PERSON} - allowed:
            if any(word in text.lower() for text in texts):
                self.seen.append(f"{where}: {word}")


def _unknown(rule: UrlRule, name: str) -> object:
    """What stands for a variable of which nothing is known: what it leads to is not there."""
    return new_id() if isinstance(rule._converters.get(name), UUIDConverter) else "siaran"


def readable(data: bytes) -> list[str]:
    """A body as text, and the members of an archive."""
    if not data.startswith(b"PK\x03\x04"):
        return [data.decode(errors="replace")]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name).decode(errors="replace") + name for name in archive.namelist()]
