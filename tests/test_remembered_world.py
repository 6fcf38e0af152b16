"""A world that is written again is the one that the models make, under other ids."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant
from tenants.accounts.models import Account
from tests.emptying import Emptying
from tests.remembered_world import RememberedWorld, models_of
from tests.world import World

Sessions = scoped_session[Session]
UNEQUAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+\+00:00")


def rows_of(database: Emptying) -> dict[str, list[str]]:
    """Every row of every table, ids and moments aside."""
    found = {}
    for table in database.filled():
        rows = [json.dumps(row, sort_keys=True) for (row,) in database.say(f"SELECT to_jsonb(t) FROM {table} t")]
        found[table] = sorted(UNEQUAL.sub("…", row) for row in rows)
    return found


def values_of(model: Any) -> dict[str, Any]:
    return {column.key: getattr(model, column.key) for column in inspect(type(model)).column_attrs}


def reloaded(session: Sessions, world: World) -> list[dict[str, Any]]:
    """What the database says of all that the world names."""
    found = []
    for model in models_of(world):
        with as_tenant(session, getattr(model, "tenant_id", None) or world.tangsel.id):
            session.refresh(model)
            found.append(values_of(model))
    session.rollback()
    return found


def test_it_is_the_world_of_the_models(session: Sessions, empty_database: Emptying) -> None:
    remembered = RememberedWorld(empty_database)
    first = remembered.build(session)
    made, said = rows_of(empty_database), [values_of(model) for model in models_of(first)]
    assert reloaded(session, first) == said
    session.remove()
    empty_database()
    assert empty_database.filled() == []
    again = remembered.build(session)
    assert rows_of(empty_database) == made
    said_again = [values_of(model) for model in models_of(again)]
    assert reloaded(session, again) == said_again
    assert not {one["id"] for one in said} & {one["id"] for one in said_again}
    assert all(one["created_at"] < two["created_at"] for one, two in zip(said, said_again, strict=True))
    # It may be changed as if the models had just made it.
    again.tangsel.municipality.name = "Kota Lain"
    session.commit()
    assert '"Kota Lain"' in " ".join(rows_of(empty_database)["public.municipalities"])


def test_a_world_beside_other_things_is_not_kept(session: Sessions, empty_database: Emptying) -> None:
    somebody = Account(email="lain@lumbung.test", name="Orang Lain")
    session.add(somebody)
    session.commit()
    remembered = RememberedWorld(empty_database)
    for other_things in (True, False):
        remembered.build(session)
        assert ("lain@lumbung.test" in str(rows_of(empty_database))) is other_things
        session.remove()
        empty_database()
