"""Enabling an app, setting it up, disabling it: by services and through the pages."""

from __future__ import annotations

from io import BytesIO
from threading import Barrier, Thread
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.effective import installed_settings
from app_catalog.installations.models import Adoption, Installation, SettingsVersion
from app_catalog.installations.services import change_settings, disable_app, enable_again, enable_app
from app_catalog.releases.models import App, Release
from lumbung.audit import AuditEntry
from lumbung.db import as_tenant, db, use_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.siaran import AGENCIES, enable_siaran, publish_siaran
from tests.world import World

Sessions = scoped_session[Session]


def test_a_missing_agency_of_a_category_is_asked_for(session: Sessions, world: World) -> None:
    app, release = publish_siaran(session, world)
    with as_tenant(session, world.tangsel.id), pytest.raises(Invalid) as caught:
        enable_app(session, app=app, release=release, overrides={})
    assert "categories.rubbish.agency" in caught.value.fields
    assert session.scalar(select(func.count()).select_from(Installation)) == 0


def test_two_municipalities_run_one_release_each_in_its_own_way(session: Sessions, world: World) -> None:
    enable_siaran(session, world, world.tangsel)
    enable_siaran(session, world, world.surabaya, respond_within="PT24H", straight_to_agency=True)
    for place, expected in ((world.tangsel, ("PT48H", False)), (world.surabaya, ("PT24H", True))):
        with as_tenant(session, place.id):
            installation = session.scalars(select(Installation)).one()
            definition = definition_by_digest(session, installation.definition_digest)
            settings = installed_settings(session, installation, definition)
            assert (settings["respond_within"], settings["straight_to_agency"]) == expected
            assert settings["categories"]["rubbish"]["agency"] == "dlh"
            assert settings["categories"]["rubbish"]["fix_within"] == "P3WD"


def test_enabling_twice_is_a_conflict(session: Sessions, world: World) -> None:
    enable_siaran(session, world)
    app, release = publish_siaran(session, world)
    with as_tenant(session, world.tangsel.id), pytest.raises(Conflict):
        enable_app(session, app=app, release=release, overrides={"categories": AGENCIES})


def test_enabling_at_once_from_two_browsers_makes_one(app: LumbungFlask, session: Sessions, world: World) -> None:
    entry, release = publish_siaran(session, world)
    app_id, release_id, tenant_id = entry.id, release.id, world.tangsel.id
    session.remove()
    outcomes: list[str] = []
    barrier = Barrier(2)

    def enable() -> None:
        with app.app_context():
            use_tenant(db.session, tenant_id)
            found, frozen = db.session.get_one(App, app_id), db.session.get_one(Release, release_id)
            barrier.wait()
            try:
                enable_app(db.session, app=found, release=frozen, overrides={"categories": AGENCIES})
                db.session.commit()
                outcomes.append("enabled")
            except Conflict:
                db.session.rollback()
                outcomes.append("conflict")

    threads = [Thread(target=enable) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "enabled"]


def test_a_change_of_settings_is_kept_with_before_and_after(session: Sessions, world: World) -> None:
    installation = enable_siaran(session, world)
    use_tenant(session, world.tangsel.id)
    change_settings(
        session,
        installation,
        overrides={"categories": AGENCIES, "respond_within": "P3WD"},
        seen_version=1,
        reason="SK 1",
    )
    session.commit()
    versions = session.scalars(select(SettingsVersion).order_by(SettingsVersion.version)).all()
    assert [version.overrides.get("respond_within") for version in versions] == [None, "P3WD"]
    audit = session.scalars(select(AuditEntry).where(AuditEntry.action == "app.settings-changed")).one()
    assert audit.before is not None
    assert audit.after is not None
    assert "respond_within" not in audit.before["settings"]
    assert audit.after["settings"]["respond_within"] == "P3WD"


def test_a_stale_form_does_not_overwrite_what_somebody_else_saved(session: Sessions, world: World) -> None:
    installation = enable_siaran(session, world)
    use_tenant(session, world.tangsel.id)
    change_settings(session, installation, overrides={"categories": AGENCIES, "publish": "never"}, seen_version=1)
    with pytest.raises(Conflict):
        change_settings(session, installation, overrides={"categories": AGENCIES}, seen_version=1)


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"respond_within": "sebentar"}, "respond_within"),
        ({"respond_within": "PT5M"}, "respond_within"),
        ({"respond_within": "P31D"}, "respond_within"),
        ({"publish": "tomorrow"}, "publish"),
        ({"straight_to_agency": "yes"}, "straight_to_agency"),
        ({"categories": {**AGENCIES, "rubbish": {"agency": "nobody"}}}, "categories.rubbish.agency"),
        ({"categories": {**AGENCIES, "new": {"name": "Lain", "agency": "dlh"}}}, "categories.new.fix_within"),
    ],
)
def test_values_that_do_not_fit_are_refused_by_name(
    session: Sessions, world: World, overrides: dict[str, object], field: str
) -> None:
    installation = enable_siaran(session, world)
    use_tenant(session, world.tangsel.id)
    with pytest.raises(Invalid) as caught:
        change_settings(session, installation, overrides={"categories": AGENCIES, **overrides})
    assert list(caught.value.fields) == [field]


def test_disabling_and_enabling_again_loses_nothing(session: Sessions, world: World) -> None:
    installation = enable_siaran(session, world, respond_within="PT24H")
    use_tenant(session, world.tangsel.id)
    disable_app(session, installation, reason="Diganti")
    session.commit()
    assert session.scalars(select(Adoption)).one().ended_at is not None
    enable_again(session, installation)
    session.commit()
    definition = definition_by_digest(session, installation.definition_digest)
    assert installed_settings(session, installation, definition)["respond_within"] == "PT24H"
    assert session.scalars(select(Adoption)).one().ended_at is None


def test_an_app_whose_agency_was_closed_cannot_be_continued_unmended(session: Sessions, world: World) -> None:
    installation = enable_siaran(session, world)
    use_tenant(session, world.tangsel.id)
    disable_app(session, installation, reason="Diganti")
    session.execute(text("UPDATE agencies SET closed_at = now() WHERE key = 'dlh'"))
    with pytest.raises(Invalid) as caught:
        enable_again(session, installation)
    assert "categories.rubbish.agency" in caught.value.fields


def test_another_municipality_never_reads_a_definition_it_does_not_run(session: Sessions, world: World) -> None:
    installation = enable_siaran(session, world)
    digest = installation.definition_digest
    with as_tenant(session, world.surabaya.id), pytest.raises(NotFound):
        definition_by_digest(session, digest)


def test_an_administrator_enables_an_app_through_the_pages(app: LumbungFlask, session: Sessions, world: World) -> None:
    publish_siaran(session, world)
    browser = browse(app, world.surabaya.host, world.surabaya.accounts["admin"])
    page = browser.get("/manage/apps")
    assert "/manage/apps/siaran/enable" in page.text
    refused = browser.post_form("/manage/apps/siaran/enable", {"own_name": "Wargaku", "straight_to_agency": "1"})
    assert refused.status_code == 422
    assert 'value="Wargaku"' in refused.text
    assert "categories.0.agency" in refused.text
    values = {f"categories.{number}.agency": "dlh" for number in range(6)}
    answer = browser.post_form(
        "/manage/apps/siaran/enable", {"own_name": "Wargaku", "straight_to_agency": "1", **values}
    )
    assert answer.status_code == 303, answer.text
    settings = browser.follow(answer)
    assert settings.status_code == 200
    assert "Wargaku" in settings.text
    session.expire_all()
    use_tenant(session, world.surabaya.id)
    installation = session.scalars(select(Installation)).one()
    assert installation.own_name == {"id": "Wargaku", "en": "Wargaku"}
    overrides = session.scalars(select(SettingsVersion)).one().overrides
    assert overrides["straight_to_agency"] is True
    assert set(overrides) == {"straight_to_agency", "categories"}
    assert overrides["categories"]["rubbish"] == {"agency": "dlh"}


def test_saving_the_form_untouched_changes_no_value(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world, respond_within="PT36H")
    browser = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    answer = browser.post_form("/manage/apps/siaran")
    assert answer.status_code == 303, answer.text
    use_tenant(session, world.tangsel.id)
    first, second = session.scalars(select(SettingsVersion).order_by(SettingsVersion.version)).all()
    assert first.overrides == second.overrides
    history = browser.get("/manage/apps/siaran/history")
    assert "36 jam" in history.text or "1 hari 12 jam" in history.text


def test_two_who_change_settings_at_once_lose_nothing_they_typed(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    enable_siaran(session, world)
    browser = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert browser.post_form("/manage/apps/siaran", {"own_name": "Pertama"}).status_code == 303
    late = browser.post_form("/manage/apps/siaran", {"own_name": "Kedua", "seen_version": "1"})
    assert late.status_code == 409
    assert "belum disimpan" in late.text
    assert 'value="Kedua"' in late.text
    assert 'name="seen_version" value="2"' in late.text
    use_tenant(session, world.tangsel.id)
    session.expire_all()
    assert session.scalars(select(Installation)).one().own_name == {"id": "Pertama", "en": "Pertama"}


BAD_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"respond_within": "P40D"}, "respond_within"),
    ({"respond_within": "soon"}, "respond_within"),
    ({"reopen_within": "PT1H"}, "reopen_within"),
    ({"publish": "x"}, "publish"),
    ({"straight_to_agency": "maybe"}, "straight_to_agency"),
    ({"categories": {**AGENCIES, "B!": {"name": "Lain", "agency": "dlh", "fix_within": "P1D"}}}, "categories"),
    ({"categories": {**AGENCIES, "a.b": {"name": "Lain", "agency": "dlh", "fix_within": "P1D"}}}, "categories"),
    ({"categories": {**AGENCIES, "other": {"name": "Lain", "agency": "dlh"}}}, "categories.other.fix_within"),
    ({"categories": {**AGENCIES, "rubbish": {"agency": "nobody"}}}, "categories.rubbish.agency"),
    ({"categories": {f"row-{number}": {} for number in range(600)}}, "categories"),
]


@pytest.mark.parametrize(("overrides", "place"), BAD_SETTINGS, ids=[str(n) for n in range(len(BAD_SETTINGS))])
def test_what_does_not_fit_is_told_at_its_place(
    session: Sessions, world: World, overrides: dict[str, Any], place: str
) -> None:
    app, release = publish_siaran(session, world)
    with as_tenant(session, world.tangsel.id), pytest.raises(Invalid) as caught:
        enable_app(session, app=app, release=release, overrides={"categories": AGENCIES, **overrides})
    assert place in caught.value.fields


@pytest.mark.parametrize("typed", ["²", "abc", "-1", "9" * 30])
def test_a_forged_version_is_no_version(app: LumbungFlask, session: Sessions, world: World, typed: str) -> None:
    enable_siaran(session, world)
    browser = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert browser.post_form("/manage/apps/siaran", {"seen_version": typed}).status_code == 303


def test_only_administrators_of_this_municipality_reach_the_settings(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    enable_siaran(session, world)
    assert browse(app, world.tangsel.host).get("/manage/apps/siaran").status_code == 302
    for account in (world.tangsel.accounts["handler"], world.surabaya.accounts["admin"], world.operator):
        assert browse(app, world.tangsel.host, account).get("/manage/apps/siaran").status_code == 403
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert admin.get("/manage/apps/nothing").status_code == 404


def test_an_own_icon_is_written_anew_and_taken_back(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world)
    browser = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    picture = BytesIO()
    Image.new("RGB", (600, 600), "teal").save(picture, "PNG")
    for content, status in ((b"<svg onload=alert(1)>", 422), (b"", 422), (picture.getvalue(), 303)):
        answer = browser.post_form(
            "/manage/apps/siaran",
            {"icon": (BytesIO(content), "icon.png")},
            to="/manage/apps/siaran/icon",
            content_type="multipart/form-data",
        )
        assert answer.status_code == status, answer.text
    shown = browse(app, world.tangsel.host).get("/app-icons/siaran", buffered=True)
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert browse(app, world.surabaya.host).get("/app-icons/siaran").status_code == 404
    back = browser.post_form("/manage/apps/siaran", {"step": "remove"}, to="/manage/apps/siaran/icon")
    assert back.status_code == 303
    assert browse(app, world.tangsel.host).get("/app-icons/siaran").status_code == 404


def test_a_regions_page_shows_the_apps_that_it_announced(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world, world.surabaya)
    assert "SIARAN" in browse(app, "lumbung.test").get("/regions/35.78").text
    # Tangsel's page would name it as well: it publishes SIARAN.
    assert "SIARAN" not in browse(app, "lumbung.test").get("/regions/36.71").text
