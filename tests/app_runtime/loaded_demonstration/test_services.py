"""The other services of the demonstration: whoever looks finds each at work."""

from __future__ import annotations

from sqlalchemy import func, select

from app_runtime.demonstration.services.where import SERVICES
from app_runtime.records.models import Record
from lumbung.db import db, use_tenant
from tenants.municipalities.models import Municipality
from tests.app_runtime.loaded_demonstration.loaded import UNTIL, Loaded
from tests.browsing import browse


def test_each_service_has_records_in_several_states(loaded: Loaded) -> None:
    for slug, services in SERVICES.items():
        with loaded.app.app_context():
            use_tenant(db.session, None)
            city = db.session.scalars(select(Municipality).where(Municipality.slug == slug)).one()
            use_tenant(db.session, city.id)
            rows = db.session.execute(select(Record.record_type, func.count()).group_by(Record.record_type)).all()
            counted = {record_type: number for record_type, number in rows}  # noqa: C416 - rows are no pairs to mypy.
            for make in services:
                for item in make(UNTIL).items:
                    assert counted.get(item.record), item.record
            db.session.rollback()
        home = browse(loaded.app, f"{slug}.lumbung.test").get("/").text
        # Letters are officials' own: citizens are not led there.
        shown = {make(UNTIL).package: f'href="/{make(UNTIL).package}"' in home for make in services}
        assert {package for package, there in shown.items() if not there} <= {"sisumaker"}


def test_what_the_services_show_in_public_is_there(loaded: Loaded) -> None:
    tangsel = browse(loaded.app, "tangsel.lumbung.test")
    assert "Taman Kota 2 Serpong" in tangsel.get("/wifi/points").text
    assert "Titik menyala" in tangsel.get("/wifi/figures").text
    assert "Soto Betawi Bu Yati" in tangsel.get("/perizinan/register").text
    tangerang = browse(loaded.app, "tangerang.lumbung.test")
    assert "Tepi Cisadane dibersihkan" in tangerang.get("/websites/news").text
    assert "Pembuat roti" in tangerang.get("/loker/vacancies").text
