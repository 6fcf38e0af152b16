"""What a municipality was doing when its archive was made goes on where it is restored; its letters do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.installations.versions import switch_version
from app_runtime.records.models import Record
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.models import RecordMove
from app_runtime.upgrades.running import STEP, start_move
from lumbung.backup.arriving import restore_municipality
from lumbung.db import as_tenant, db, use_tenant
from lumbung.outbox import Effect, drain
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tests.backup.filled import Db, Filled, back_up, destination_of, fill
from tests.next_siaran import publish_next
from tests.world import World


@pytest.fixture
def filled(session: Db, world: World) -> Filled:
    return fill(session, world)


def test_a_move_goes_on_elsewhere_while_letters_are_held(
    filled: Filled, session: Db, world: World, settings: Settings, elsewhere: Settings, other_app: LumbungFlask,
    tmp_path: Path,
) -> None:  # fmt: skip
    following = publish_next(session, world)
    with as_tenant(session, world.tangsel.id):
        installation = session.scalars(select(Installation)).one()
        before = installation.definition_digest
        switch_version(session, installation, following)
        start_move(
            session,
            installation,
            "report",
            from_digest=before,
            to_digest=following.digest,
            states=("received", "assigned", "waiting"),
            mapping=Mapping(states={"waiting": "assigned"}, fields={"cost": "expense"}),
        )
        session.commit()
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    assert restore_municipality(destination_of(elsewhere), archive).held > 0
    assert drain(other_app) > 0
    with other_app.app_context():
        use_tenant(db.session, world.tangsel.id)
        assert db.session.scalars(select(RecordMove.status)).all() == ["done"]
        assert following.digest in db.session.scalars(select(Record.definition_digest))
        kinds = db.session.scalars(select(Effect.kind).where(Effect.status == "failed")).all()
        assert kinds
        assert STEP not in kinds
        db.session.remove()
