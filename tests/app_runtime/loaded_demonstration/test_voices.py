"""A second app of the demonstration: ideas and complaints in the city that publishes it."""

from __future__ import annotations

from sqlalchemy import select

from app_runtime.demonstration.script import VOICES
from app_runtime.demonstration.voicing import VOICES_RAISED
from lumbung.db import db, use_tenant
from tenants.municipalities.models import Municipality
from tests.app_runtime.loaded_demonstration.loaded import SLUGS, Loaded, records
from tests.browsing import browse


def test_voices_were_raised_studied_asked_about_and_answered(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        city = db.session.scalars(select(Municipality).where(Municipality.slug == SLUGS[2])).one()
        use_tenant(db.session, city.id)
        found = records(city, VOICES)
        assert {record.title for record in found} == {voice.values["title"] for voice in VOICES_RAISED}
        assert {record.state for record in found} >= {"received", "studied", "answered", "adopted"}
        assert any(record.overdue for record in found)
        assert all(record.checked for record in found if record.state != "received")
        db.session.rollback()
    page = browse(loaded.app, f"{SLUGS[2]}.lumbung.test").get(f"/{VOICES}/voices").text
    assert "Taman bacaan di balai warga" in page
    assert "Aspirasi Warga" in browse(loaded.app, "lumbung.test").get("/apps?q=aspirasi").text
