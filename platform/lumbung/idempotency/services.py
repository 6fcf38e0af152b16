"""Doing a thing once, however often it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import BadRequest
from lumbung.i18n import Text
from lumbung.idempotency.models import Submission
from lumbung.ids import new_id
from lumbung.outbox import periodic

KEPT_FOR = timedelta(hours=72)

Result = dict[str, Any]
_KEY = re.compile(r"[\x21-\x7e]{8,200}")
_BAD_KEY = Text(
    "Kunci pengiriman harus 8 sampai 200 karakter tanpa spasi. Muat ulang halaman, lalu kirim lagi.",
    "The submission key must be 8 to 200 characters without spaces. Reload the page and send again.",
)


def once(session: AnySession, scope: str, key: str, make: Callable[[], Result]) -> Result:
    """The result of `make()`, called once per municipality, `scope` and `key` within 72 hours.

    A double click, a retry after a lost connection, or the same `Idempotency-Key` gets the result of the
    first. Who comes while the first is still at work waits for it; when the first rolls back, the second
    does the work. `scope` names the action and whoever may see its result (`report:<installation>`,
    `token:<id>:records`); a result is JSON and holds ids and numbers only. Raises BadRequest when the key
    is not 8 to 200 printable ASCII characters.
    """
    if not _KEY.fullmatch(key):
        raise BadRequest(_BAD_KEY)
    session.flush()
    values = {
        "tenant_id": current_tenant(session),
        "id": new_id(),
        "scope": scope,
        "key": key,
        "created_at": now(),
    }
    # A concurrent insert of the same key makes this one wait until the other transaction ends.
    claim = insert(Submission).values(values).on_conflict_do_nothing().returning(Submission.id)
    claimed = session.execute(claim).scalar()
    if claimed is None:
        return _first_result(session, scope, key)
    result = make()
    session.flush()
    session.execute(update(Submission).where(Submission.id == claimed).values(result=result))
    return result


def find_result(session: AnySession, scope: str, key: str) -> Result | None:
    """What `once` gave for this scope and key, or None when it was never done or is being done right now."""
    query = select(Submission.result).where(Submission.scope == scope, Submission.key == key)
    result: Result | None = session.execute(query).scalar_one_or_none()
    return result


def list_results(session: AnySession, scope: str) -> list[Result]:
    """Everything that `once` gave for this scope under any key within 72 hours, the newest first."""
    query = select(Submission.result).where(Submission.scope == scope, Submission.result.is_not(None))
    return [result for result in session.execute(query.order_by(Submission.created_at.desc())).scalars() if result]


def forget_old_submissions(session: AnySession) -> int:
    """Delete the municipality's submissions that are older than 72 hours and return how many there were."""
    expired = delete(Submission).where(Submission.created_at < now() - KEPT_FOR).returning(Submission.id)
    return len(session.execute(expired).all())


@periodic(3600, name="forget-old-submissions")
def _forget(session: AnySession) -> None:
    forget_old_submissions(session)


def _first_result(session: AnySession, scope: str, key: str) -> Result:
    query = select(Submission.result).where(Submission.scope == scope, Submission.key == key)
    result: Result | None = session.execute(query).scalar_one()
    # Empty only inside the transaction that makes it: `make` asked for its own key.
    if result is None:
        raise RuntimeError("A submission waits for itself.")
    return result
