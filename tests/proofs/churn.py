"""Many threads over a small pool of connections, tenants alternating, while statements are cancelled, connections
killed, and exceptions thrown in the middle: whoever sees a row that is not its own writes it down."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lumbung.db import as_tenant, use_tenant
from lumbung.db.engine import EndingSession
from lumbung.db.tenancy import install_tenancy
from tenants.agencies.models import Agency

CONNECTIONS = 3
_SEEN = text("SELECT tenant_id FROM agencies")


class WalledSession(EndingSession):
    """A session as the application's: the municipality is set for the transaction, by `set_tenant`."""


install_tenancy(WalledSession)


class LeakySession(EndingSession):
    """The control: the municipality is set for the connection, and taken back by whoever comes to the end."""


@event.listens_for(LeakySession, "after_begin")
def _set_for_the_session(session: Session, _transaction: Any, connection: Any) -> None:
    tenant_id = session.info.get("tenant_id")
    if tenant_id is not None:
        connection.execute(text("SELECT set_config('lumbung.tenant_id', :t, false)"), {"t": str(tenant_id)})


class Thrown(Exception):
    """What happens in the middle of a piece of work."""


@dataclass
class Churned:
    """What came of it: how often which piece of work ended how, and every foreign row that anybody saw."""

    ends: Counter[str] = field(default_factory=Counter)
    foreign: list[str] = field(default_factory=list)

    @property
    def works(self) -> int:
        """How many pieces of work there were."""
        return sum(self.ends.values())


@dataclass
class Churn:
    """One run: `tenants` take turns with a visitor who belongs to none, in `threads` threads: `seconds` long, and on a
    busy machine longer, until each thread has done `turns` pieces of work."""

    url: str
    admin_conninfo: str
    tenants: Sequence[UUID]
    seconds: float
    threads: int = 24
    turns: int = 15
    session_class: type[Session] = WalledSession
    seed: int = 20261122

    def run(self) -> Churned:
        """Churn until the time is over."""
        engine = create_engine(self.url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=30, pool_pre_ping=True)
        done, stop = Churned(), threading.Event()
        database = str(engine.url.database)
        killer = threading.Thread(target=self._disturb, args=(database, stop))
        killer.start()
        deadline = time.monotonic() + self.seconds

        def work(number: int) -> Churned:
            dice, mine = random.Random(self.seed + number), Churned()
            done_here = 0
            while time.monotonic() < deadline or done_here < self.turns:
                self._one(engine, dice, mine)
                done_here += 1
            return mine

        try:
            with ThreadPoolExecutor(self.threads) as pool:
                for mine in pool.map(work, range(self.threads)):
                    done.ends.update(mine.ends)
                    done.foreign += mine.foreign
        finally:
            stop.set()
            killer.join()
            engine.dispose()
        return done

    def _one(self, engine: Any, dice: random.Random, mine: Churned) -> None:
        tenant = dice.choice([*self.tenants, None])
        name, piece = dice.choice(_PIECES)
        session = self.session_class(engine)
        session.info["tenant_id"] = tenant
        try:
            piece(self, session, tenant, dice, mine)
            if self.session_class is LeakySession:
                session.execute(text("RESET lumbung.tenant_id"))
                session.commit()
            mine.ends[name] += 1
        except Thrown:
            mine.ends[f"{name}: thrown"] += 1
        except SQLAlchemyError as error:
            mine.ends[f"{name}: {type(getattr(error, 'orig', error)).__name__}"] += 1
        finally:
            session.close()

    def look(self, session: Session, tenant: UUID | None, mine: Churned, where: str) -> None:
        """Note every row that does not belong to whoever looks."""
        for owner in session.execute(_SEEN).scalars():
            if owner != tenant:
                mine.foreign.append(f"{where}: {tenant} sees {owner}")
                return

    def _disturb(self, database: str, stop: threading.Event) -> None:
        """Cancel statements and kill connections of this database, a few times a second."""
        dice = random.Random(self.seed)
        conninfo = psycopg.conninfo.make_conninfo(self.admin_conninfo, dbname="postgres")
        with psycopg.connect(conninfo, autocommit=True) as admin:
            while not stop.wait(dice.uniform(0.005, 0.03)):
                how = "pg_terminate_backend" if dice.random() < 0.15 else "pg_cancel_backend"
                admin.execute(
                    f"SELECT {how}(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'lumbung_app' "
                    "ORDER BY random() LIMIT 1",
                    [database],
                )


Piece = Callable[[Churn, Session, UUID | None, random.Random, Churned], None]


def _read(churn: Churn, session: Session, tenant: UUID | None, dice: random.Random, mine: Churned) -> None:
    churn.look(session, tenant, mine, "read")
    session.commit()
    # The next transaction of the same session, perhaps on another connection.
    churn.look(session, tenant, mine, "after a commit")
    session.commit()


def _throw(churn: Churn, session: Session, tenant: UUID | None, dice: random.Random, mine: Churned) -> None:
    churn.look(session, tenant, mine, "before an exception")
    if dice.random() < 0.5:
        session.commit()
    raise Thrown


def _roll_back(churn: Churn, session: Session, tenant: UUID | None, dice: random.Random, mine: Churned) -> None:
    if tenant is not None:
        session.add(Agency(tenant_id=tenant, key=f"x{dice.random()}", name="x", short_name="x"))
        session.flush()
    session.rollback()
    churn.look(session, tenant, mine, "after a rollback")
    session.commit()


def _savepoint(churn: Churn, session: Session, tenant: UUID | None, dice: random.Random, mine: Churned) -> None:
    churn.look(session, tenant, mine, "before a savepoint")
    try:
        with session.begin_nested():
            session.execute(text("SELECT 1 / 0"))
    except SQLAlchemyError:
        churn.look(session, tenant, mine, "after a savepoint")
    session.commit()


def _time_out(churn: Churn, session: Session, tenant: UUID | None, dice: random.Random, mine: Churned) -> None:
    session.execute(text("SET LOCAL statement_timeout = '2ms'"))
    try:
        session.execute(text("SELECT pg_sleep(0.05)"))
    except SQLAlchemyError:
        session.rollback()
        churn.look(session, tenant, mine, "after a timeout")
        session.commit()


def _sleep(churn: Churn, session: Session, tenant: UUID | None, dice: random.Random, mine: Churned) -> None:
    # Long enough to be cancelled or killed in the middle.
    session.execute(text("SELECT pg_sleep(0.02)"))
    churn.look(session, tenant, mine, "after a sleep")
    session.commit()


def _visit(churn: Churn, session: Session, tenant: UUID | None, dice: random.Random, mine: Churned) -> None:
    """As the hub does: into a municipality and out again, now and then by an exception."""
    if churn.session_class is LeakySession:
        return _read(churn, session, tenant, dice, mine)
    guest = dice.choice(churn.tenants)
    try:
        with as_tenant(session, guest):
            churn.look(session, guest, mine, "on a visit")
            if dice.random() < 0.3:
                raise Thrown
    finally:
        churn.look(session, tenant, mine, "after a visit")
    use_tenant(session, guest)
    churn.look(session, guest, mine, "moved")
    session.execute(select(Agency.id))
    return session.commit()


_PIECES: tuple[tuple[str, Piece], ...] = (
    ("read", _read),
    ("throw", _throw),
    ("roll back", _roll_back),
    ("savepoint", _savepoint),
    ("time out", _time_out),
    ("sleep", _sleep),
    ("visit", _visit),
)
