"""Making records."""

from __future__ import annotations

from tests.app_runtime.stage import Sessions, set_stage
from tests.world import World


def test_a_report_gets_number_agency_clocks_and_history(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    created = stage.report()
    session.commit()
    record = created.record
    assert record.number is not None
    assert record.number.startswith("SR/")
    assert record.number.endswith("/00001")
    assert record.state == "received"
    assert record.title == "Lampu jalan mati"
    assert record.agency_id == stage.place.agencies["dishub"].id
    assert stage.clock(record, "respond").state == "running"
    assert record.due_at == min(stage.clock(record, name).due_at for name in ("respond", "fix"))
    assert ("created", "") in stage.kinds(record)
