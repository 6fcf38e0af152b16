"""A setting that takes another kind of value in another version: each version goes on by a value that it can hold."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.effective import installed_settings, settings_at
from app_catalog.installations.history import list_changes
from app_catalog.installations.services import change_settings
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import Release
from app_runtime.records.running_app import running_app
from app_runtime.upgrades.report import make_report
from lumbung.db import as_tenant, use_tenant
from lumbung.errors import Invalid
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Stage, set_stage
from tests.app_runtime.work_desk import open_desk
from tests.next_siaran import Edits, changed_siaran, publish_archive
from tests.siaran import AGENCIES
from tests.world import World

Sessions = scoped_session[Session]
_LABEL = "label: {id: Awalan, en: Prefix}"
TEXT = "{type: text, " + _LABEL + ", default: Laporan}"
NUMBER = "{type: integer, " + _LABEL + ", default: 1}"
TABLE = "{type: table, " + _LABEL + ", columns: {name: {type: text, label: {id: Nama, en: Name}}}}"


def siaran(version: str, setting: str, title: str) -> bytes:
    edits: Edits = {
        "app.yaml": [("  straight_to_agency:\n", f"  prefix: {setting}\n  straight_to_agency:\n")],
        "records/report.yaml": [("title: record.title\n", f"title: {title}\n")],
    }
    return changed_siaran(edits, version)


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """Tangsel on a version that puts the municipality's own text before each title."""
    made = set_stage(session, world)
    release = publish_archive(session, world, siaran("0.10.0", TEXT, "settings.prefix + ' ' + record.title"))
    use_tenant(session, made.place.id)
    switch_version(session, made.installation, release, overrides={"categories": AGENCIES, "prefix": "Kota"})
    session.commit()
    return made


def publish(stage: Stage, world: World, version: str, setting: str) -> Release:
    release = publish_archive(stage.session, world, siaran(version, setting, "record.title"))
    use_tenant(stage.session, stage.place.id)
    return release


def test_records_of_the_earlier_version_keep_the_value_that_it_can_hold(stage: Stage, world: World) -> None:
    record = stage.report().record
    assert record.title == "Kota Lampu jalan mati"
    release = publish(stage, world, "0.11.0", NUMBER)
    with pytest.raises(Invalid) as caught:
        switch_version(stage.session, stage.installation, release)
    assert set(caught.value.fields) == {"prefix"}
    switch_version(stage.session, stage.installation, release, overrides={"categories": AGENCIES, "prefix": 7})
    stage.act(record, "dispatcher", "assign", agency="dlh")
    assert record.title == "Kota Lampu jalan mati"
    new = running_app(stage.session, stage.installation)
    assert new.settings["prefix"] == 7


def test_going_back_begins_with_the_value_of_before(stage: Stage, world: World) -> None:
    before = stage.session.get_one(Release, stage.installation.release_id)
    release = publish(stage, world, "0.11.0", NUMBER)
    switch_version(stage.session, stage.installation, release, overrides={"categories": AGENCIES, "prefix": 7})
    report = make_report(stage.session, stage.installation, before)
    assert report.back
    assert report.ready
    switch_version(stage.session, stage.installation, before)
    stage.session.refresh(stage.installation)
    own = settings_at(stage.session, stage.installation.id, stage.installation.settings_version).overrides
    assert own["prefix"] == "Kota"
    later = running_app(stage.session, stage.installation, digest=release.digest)
    assert installed_settings(stage.session, stage.installation, later.definition)["prefix"] == 7


def test_a_value_that_was_never_given_is_the_default_of_each_version(stage: Stage, world: World) -> None:
    change_settings(stage.session, stage.installation, overrides={"categories": AGENCIES})
    old = stage.installation.definition_digest
    release = publish(stage, world, "0.11.0", NUMBER)
    switch_version(stage.session, stage.installation, release, overrides={"categories": AGENCIES, "prefix": 7})
    assert running_app(stage.session, stage.installation, digest=old).settings["prefix"] == {"id": "Laporan"}


@pytest.mark.parametrize(("setting", "value"), [(NUMBER, 7), (TABLE, {"a": {"name": "Satu"}})])
def test_the_report_says_that_the_value_is_of_another_kind(
    stage: Stage, world: World, setting: str, value: Any
) -> None:
    release = publish(stage, world, "0.11.0", setting)
    found = {one.id: one for one in make_report(stage.session, stage.installation, release).settings}
    assert (found["prefix"].kind, found["prefix"].before) == ("retyped", "Kota")
    assert found["prefix"].problems
    switch_version(stage.session, stage.installation, release, overrides={"categories": AGENCIES, "prefix": value})
    definition = running_app(stage.session, stage.installation).definition
    assert list_changes(stage.session, stage.installation, definition)[0].values


def test_an_admin_reads_it_and_gives_a_new_value(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world)
    first = publish_archive(session, world, siaran("0.10.0", TEXT, "settings.prefix + ' ' + record.title"))
    publish_archive(session, world, siaran("0.11.0", TABLE, "record.title"))
    with as_tenant(session, desk.place.id):
        switch_version(session, desk.installation, first, overrides={"categories": AGENCIES, "prefix": "Kota"})
        session.commit()
    admin = desk.browser("admin")
    at = "/manage/apps/siaran/versions/0.11.0"
    page = admin.get(at)
    assert "berkas di versi lama tetap memakai Kota" in page.text
    assert admin.post_form(at, {}).status_code == 303
    assert admin.get("/manage/apps/siaran").status_code == 200
    assert admin.get("/manage/apps/siaran/history").status_code == 200
    assert admin.get("/manage/apps/siaran/versions/0.10.0").status_code == 200
    with as_tenant(session, desk.place.id):
        assert session.scalars(select(Release.version).where(Release.id == desk.installation.release_id)).one()
