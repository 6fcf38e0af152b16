"""An admin looks at what a version would mean, switches, moves running reports, and takes that back."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation, SettingsVersion
from app_catalog.installations.services import change_settings
from app_catalog.releases.models import Release
from app_runtime.records.models import Record
from app_runtime.upgrades import views
from app_runtime.upgrades.report import UpgradeReport, make_report, play_scenarios
from lumbung.db import as_tenant, db, use_tenant
from lumbung.limits import Limit
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import set_stage
from tests.app_runtime.work_desk import Desk, open_desk
from tests.browsing import csrf_token
from tests.next_siaran import publish_next
from tests.siaran import AGENCIES
from tests.world import World

Sessions = scoped_session[Session]
AT = "/manage/apps/siaran"


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN 0.9 in Tangsel, and 0.10 in the catalog."""
    opened = open_desk(app, session, world, publish="checked")
    publish_next(session, world)
    return opened


def test_an_admin_upgrades_moves_takes_back_and_goes_back(desk: Desk) -> None:
    report = desk.report()
    admin = desk.browser("admin")
    page = admin.get(f"{AT}/versions").text
    assert "Berkas baru dibuat dengan versi 0.9.0" in page
    assert "0.10.0" in page
    said = admin.get(f"{AT}/versions/0.10.0").text
    for words in ("Ucapkan terima kasih", "Berubah dari 2 hari menjadi 1 hari", "Menunggu pelapor", "Tanggapan dinas"):
        assert words in said, words
    assert "Semua lulus" in admin.get(f"{AT}/versions/0.10.0/proofs").text
    digest = re.search(r'name="seen_digest" value="([^"]+)"', said)
    assert digest
    done = admin.post_form(f"{AT}/versions/0.10.0", {"seen_digest": digest[1], "reason": "Tenggat lebih cepat"})
    assert done.status_code == 303, done.text[:3000]
    page = admin.get(f"{AT}/versions").text
    assert "Berkas baru dibuat dengan versi 0.10.0" in page
    assert "Tenggat lebih cepat" in page
    link = re.search(r'href="(/manage/apps/siaran/moves/new[^"]+)"', page)
    assert link
    moving = link[1].replace("&amp;", "&")
    refused = admin.post_form(moving, {"states": "received"})
    assert refused.status_code == 422
    assert "Pilih status penggantinya" in refused.text
    begun = admin.post_form(moving, {"states": "received", "states.waiting": "assigned", "fields.cost": "expense"})
    assert begun.status_code == 303, begun.text[:3000]
    assert "Sedang berjalan" in admin.get(begun.headers["Location"]).text
    drain(desk.app)
    assert "selesai" in admin.get(begun.headers["Location"]).text
    assert version_of(desk, report) == "0.10.0"
    at = begun.headers["Location"]
    assert admin.post_form(at, to=f"{at}/undo").status_code == 303
    drain(desk.app)
    assert "sudah dikembalikan" in admin.get(begun.headers["Location"]).text
    assert version_of(desk, report) == "0.9.0"
    back = admin.get(f"{AT}/versions/0.9.0").text
    assert "Kembali ke versi 0.9.0" in back
    assert admin.post_form(f"{AT}/versions/0.9.0", {}).status_code == 303


def version_of(desk: Desk, record_id: object) -> str:
    desk.session.expire_all()
    with as_tenant(desk.session, desk.place.id):
        digest = desk.session.scalars(select(Record.definition_digest).where(Record.id == record_id)).one()
    return desk.session.scalars(select(Release.version).where(Release.digest == digest)).one()


def test_a_report_counts_what_is_there(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    for number in range(3):
        record = stage.report({"title": f"Lampu nomor {number} mati"}).record
        stage.act(record, "dispatcher", "assign", agency="dlh")
    stage.act(record, "cleaner", "ask", question="Di mana tiangnya?")
    release = publish_next(session, world)
    with as_tenant(session, stage.place.id):
        proofs = play_scenarios(session, stage.installation, release)
        found = make_report(session, stage.installation, release, scenarios=proofs)
        by_state = {one.state: (one.count, one.lacking) for one in found.open_records}
        assert by_state == {"assigned": (2, False), "waiting": (1, True)}
        moved = {one.clock: (one.earlier, one.later, one.red) for one in found.deadlines}
        assert moved == {"respond": (3, 0, 0)}
        assert {(one.kind, one.id) for one in found.settings} == {("appears", "thanks"), ("default", "respond_within")}
        assert found.scenarios is not None
        assert found.ready
        assert found.weight == "mapping"


def test_settings_that_somebody_changes_meanwhile_are_not_overwritten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_report(session: Sessions, installation: Installation, release: Release) -> UpgradeReport:
        made = make_report(session, installation, release)
        with desk.app.app_context():
            use_tenant(db.session, desk.place.id)
            own = {"categories": AGENCIES, "respond_within": "P3WD"}
            change_settings(db.session, db.session.scalars(select(Installation)).one(), overrides=own, reason="SK 1")
            db.session.commit()
        return made

    admin = desk.browser("admin")
    token = csrf_token(admin.get(f"{AT}/versions/0.10.0").text)
    monkeypatch.setattr(views, "make_report", slow_report)
    answer = admin.post(f"{AT}/versions/0.10.0", {"csrf_token": token, "thanks": "1"})
    assert answer.status_code == 409
    assert "muat ulang laporannya" in answer.text
    desk.session.expire_all()
    with as_tenant(desk.session, desk.place.id):
        settings = desk.session.scalars(select(SettingsVersion.overrides).order_by(SettingsVersion.version.desc()))
        assert settings.first() == {"categories": AGENCIES, "respond_within": "P3WD"}


def test_a_number_that_no_field_holds_is_refused_by_name(desk: Desk) -> None:
    desk.report()
    admin = desk.browser("admin")
    assert admin.post_form(f"{AT}/versions/0.10.0", {}).status_code == 303
    link = re.search(r'href="(/manage/apps/siaran/moves/new[^"]+)"', admin.get(f"{AT}/versions").text)
    assert link
    answers = {"states": "received", "states.waiting": "assigned", "fields.cost": "expense"}
    for number in ("9" * 5_000, "9" * 30, "--5", "٣"):
        sent = {**answers, "values.expense": number}
        assert admin.post_form(link[1].replace("&amp;", "&"), sent).status_code == 422, number[:40]


def test_others_see_nothing_of_versions(desk: Desk) -> None:
    assert desk.browser("handler").get(f"{AT}/versions").status_code == 403
    assert desk.browser("admin").get(f"{AT}/versions/9.9.9").status_code == 404
    assert desk.browser("admin").get(f"{AT}/moves/new?from=sha256:0&type=report").status_code == 404


def test_nobody_has_a_package_prove_itself_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PROVING", Limit("upgrade-proofs", 2, 3600))
    admin = desk.browser("admin")
    asked = [admin.get(f"{AT}/versions/0.10.0/proofs").status_code for _ in range(3)]
    assert asked == [200, 200, 429]
