"""Many who publish one version at once, through the service that the pages and the API call."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy.exc import TimeoutError as NoConnection

from app_catalog.publishers.models import Publisher
from app_catalog.releases.submission import Submission, submit_archive
from lumbung.db import db
from lumbung.errors import Conflict
from lumbung.web.sites import LumbungFlask


def publish_at_once(app: LumbungFlask, publisher_id: UUID, archives: Sequence[bytes], *, threads: int) -> Counter[str]:
    """Hand in every archive, `threads` at a time; how often it was `new`, the `same` again, or a `conflict`."""
    gate = threading.Barrier(threads)

    def publish(mine: Sequence[bytes]) -> Counter[str]:
        said: Counter[str] = Counter()
        gate.wait(60)
        for archive in mine:
            said[_publish(app, publisher_id, archive)] += 1
        return said

    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(publish, [archives[start::threads] for start in range(threads)])
        return sum(parts, Counter[str]())


def _publish(app: LumbungFlask, publisher_id: UUID, archive: bytes) -> str:
    while True:
        with app.app_context():
            try:
                publisher = db.session.get_one(Publisher, publisher_id)
                outcome = submit_archive(db.session, publisher, archive, by_operator=True)
                assert isinstance(outcome, Submission), outcome.as_json()[:2]
                db.session.commit()
                return "new" if outcome.created else "same"
            except Conflict:
                db.session.rollback()
                return "conflict"
            except NoConnection:
                # Sixty-four share sixteen connections; who waited too long asks again, as after a 503.
                db.session.rollback()
            finally:
                db.session.remove()
