"""Versions that a municipality's update policy takes by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation, VersionChange
from app_catalog.installations.services import change_settings
from app_catalog.installations.versions import set_policy, switch_version
from app_catalog.releases import platform
from app_catalog.releases.models import Release
from app_catalog.releases.scenarios import Failure, ScenarioReport, ScenarioResult
from app_catalog.releases.states import note_event
from app_catalog.releases.waking import PUBLISHED
from app_runtime.upgrades import automatic, telling
from lumbung.db import as_tenant, now, set_clock
from lumbung.messages.models import Message
from lumbung.outbox import Wakeup, drain, run_periodics, schedule_wakeup
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.services import set_status
from tests.app_runtime.work_desk import Desk, open_desk
from tests.next_siaran import changed_siaran, next_siaran, publish_archive
from tests.siaran import AGENCIES, publish_siaran
from tests.world import World

Sessions = scoped_session[Session]
PASSED = ScenarioReport((ScenarioResult("a", {"id": "Uji", "en": "A proof"}, True, ()),))
FAILED = ScenarioReport((ScenarioResult("a", {"id": "Uji", "en": "A proof"}, False, (Failure("Salah.", "Wrong."),)),))


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """SIARAN 0.9 in Tangsel; its proofs are taken as passed."""
    opened = open_desk(app, session, world)
    monkeypatch.setattr(automatic, "play_scenarios", lambda *_: PASSED)
    drain(app)
    return opened


def policy(desk: Desk, chosen: str, channel: str = "stable") -> None:
    with as_tenant(desk.session, desk.place.id):
        set_policy(desk.session, _installation(desk), policy=chosen, channel=channel)
        desk.session.commit()


def publish(desk: Desk, world: World, *versions: str) -> list[Release]:
    return [publish_archive(desk.session, world, changed_siaran({}, version)) for version in versions]


def switch(desk: Desk, release: Release) -> None:
    with as_tenant(desk.session, desk.place.id):
        switch_version(desk.session, _installation(desk), release)
        desk.session.commit()


def version(desk: Desk) -> str:
    desk.session.expire_all()
    with as_tenant(desk.session, desk.place.id):
        release_id = _installation(desk).release_id
    return desk.session.get_one(Release, release_id).version


def mails(desk: Desk) -> list[Message]:
    with as_tenant(desk.session, desk.place.id):
        query = select(Message).where(Message.subject_type.in_(["version_change", "update_not_taken"]))
        return list(desk.session.scalars(query.order_by(Message.id)))


def _installation(desk: Desk) -> Installation:
    return desk.session.scalars(select(Installation).where(Installation.tenant_id == desk.place.id)).one()


def test_a_version_that_the_policy_lets_in_is_taken_and_told_once(desk: Desk, world: World) -> None:
    policy(desk, "minors")
    publish(desk, world, "0.9.1")
    assert version(desk) == "0.9.0"
    drain(desk.app)
    assert version(desk) == "0.9.1"
    with as_tenant(desk.session, desk.place.id):
        change = desk.session.scalars(select(VersionChange)).one()
        assert (change.kind, change.automatic, change.account_id) == ("upgraded", True, None)
        assert change.findings["scenarios"] is True
    (mail,) = mails(desk)
    assert mail.recipient == desk.place.accounts["admin"].email
    assert mail.subject == "SIARAN: Laporan Warga kini memakai versi 0.9.1"
    assert "/manage/apps/siaran/versions" in mail.text
    assert "/apps/siaran/0.9.1/changes?from=0.9.0" in mail.text
    with as_tenant(desk.session, desk.place.id):
        schedule_wakeup(desk.session, PUBLISHED, now())
        schedule_wakeup(desk.session, PUBLISHED, now() + timedelta(milliseconds=1))
        desk.session.commit()
    with set_clock(now() + timedelta(seconds=5)):
        drain(desk.app)
    assert len(mails(desk)) == 1


@pytest.mark.parametrize(
    ("chosen", "channel", "taken"),
    [
        ("by_hand", "stable", "1.0.0"),
        ("patches", "stable", "1.0.2"),
        ("minors", "stable", "1.2.0"),
        ("patches", "beta", "1.0.3-rc.1"),
    ],
)
def test_the_newest_version_within_the_policy_wins(
    desk: Desk, world: World, chosen: str, channel: str, taken: str
) -> None:
    switch(desk, publish(desk, world, "1.0.0")[0])
    publish(desk, world, "1.0.1", "1.0.2", "1.0.3-rc.1", "1.2.0", "1.1.0", "2.0.0", "0.9.5")
    drain(desk.app)
    assert version(desk) == "1.0.0"
    policy(desk, chosen, channel)
    drain(desk.app)
    assert version(desk) == taken


def needing(version: str, lumbung: str) -> bytes:
    edit = ('requires: {lumbung: ">=0.1,<2"}', f'requires: {{lumbung: "{lumbung}"}}')
    return changed_siaran({"app.yaml": [edit]}, version)


def test_the_newest_version_that_runs_on_this_lumbung_wins(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(desk, "minors")
    publish(desk, world, "0.9.1")
    with monkeypatch.context() as later:
        later.setattr(platform, "VERSION", "3.0.0")
        publish_archive(desk.session, world, needing("0.9.2", ">=3"))
    drain(desk.app)
    assert version(desk) == "0.9.1"


def test_a_version_that_needs_another_lumbung_is_told_once_and_taken_once_it_runs_here(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(desk, "minors")
    with monkeypatch.context() as later:
        later.setattr(platform, "VERSION", "3.0.0")
        publish_archive(desk.session, world, needing("0.9.2", ">=3"))
    for days in (0, 1, 2):
        with set_clock(now() + timedelta(days=days)):
            drain(desk.app)
            run_periodics(desk.app, names=["new-versions"])
    assert version(desk) == "0.9.0"
    assert ["membutuhkan Lumbung >=3" in mail.text for mail in mails(desk)] == [True]
    monkeypatch.setattr(platform, "VERSION", "3.0.0")
    monkeypatch.setattr(telling, "VERSION", "3.0.0")
    with set_clock(now() + timedelta(days=4)):
        run_periodics(desk.app, names=["new-versions"])
    assert version(desk) == "0.9.2"


def test_neither_a_yanked_version_nor_one_that_was_left_is_taken(desk: Desk, world: World) -> None:
    first, second, third = publish(desk, world, "1.0.0", "1.0.1", "1.0.2")
    switch(desk, second)
    switch(desk, first)
    note_event(desk.session, third, "yanked", account_id=None, reason="Salah hitung")
    desk.session.commit()
    policy(desk, "patches")
    drain(desk.app)
    assert version(desk) == "1.0.0"
    assert mails(desk) == []
    publish(desk, world, "1.0.3")
    drain(desk.app)
    assert version(desk) == "1.0.3"


def test_a_version_that_came_while_the_portal_was_closed_is_not_missed(desk: Desk, world: World) -> None:
    policy(desk, "minors")
    drain(desk.app)
    set_status(desk.session, desk.place.municipality, "suspended")
    publish(desk, world, "0.9.1")
    drain(desk.app)
    desk.session.refresh(desk.place.municipality)
    set_status(desk.session, desk.place.municipality, "active")
    desk.session.commit()
    drain(desk.app)
    assert version(desk) == "0.9.1"


def test_a_disabled_app_is_left_alone(desk: Desk, world: World) -> None:
    policy(desk, "minors")
    with as_tenant(desk.session, desk.place.id):
        _installation(desk).status = "disabled"
        desk.session.commit()
    publish(desk, world, "0.9.1")
    drain(desk.app)
    assert version(desk) == "0.9.0"


def test_a_patch_that_asks_for_an_answer_is_not_taken_and_told_once(desk: Desk, world: World) -> None:
    switch(desk, publish(desk, world, "1.0.0")[0])
    policy(desk, "patches")
    release = publish_archive(desk.session, world, next_siaran("1.0.1"))
    for _ in range(2):
        drain(desk.app)
        assert version(desk) == "1.0.0"
        with as_tenant(desk.session, desk.place.id):
            schedule_wakeup(desk.session, PUBLISHED, now())
            desk.session.commit()
    assert version(desk) == "1.0.0"
    (mail,) = mails(desk)
    assert mail.subject == "SIARAN: Laporan Warga 1.0.1 belum dapat dipakai dengan sendirinya"
    assert "menyebut dirinya perbaikan kecil" in mail.text
    assert f"/manage/apps/siaran/versions/{release.version}" in mail.text


def test_settings_that_do_not_fit_and_proofs_that_fail_are_told(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic, "play_scenarios", lambda *_: FAILED)
    policy(desk, "minors")
    asking: Any = {
        "app.yaml": [
            (
                "  straight_to_agency:\n",
                "  hotline:\n    type: text\n    label: {id: Nomor darurat, en: Hotline}\n    required: true\n"
                "  straight_to_agency:\n",
            )
        ]
    }
    publish_archive(desk.session, world, changed_siaran(asking, "0.9.1"))
    desk.place.accounts["admin"].language = "en"
    desk.session.merge(desk.place.accounts["admin"])
    desk.session.commit()
    drain(desk.app)
    assert version(desk) == "0.9.0"
    (mail,) = mails(desk)
    assert mail.subject == "SIARAN: Citizen Reports 0.9.1 could not be taken by itself"
    assert "- Hotline: " in mail.text
    assert "- Its proof fails under your settings: A proof" in mail.text


def test_a_version_that_did_not_fit_is_tried_again_when_the_settings_change(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    proofs = [FAILED, FAILED, PASSED]
    monkeypatch.setattr(automatic, "play_scenarios", lambda *_: proofs.pop(0))
    policy(desk, "minors")
    publish(desk, world, "0.9.1")
    for days, tried in enumerate((2, 1, 0), 1):
        with set_clock(now() + timedelta(days=days)):
            drain(desk.app)
            drain(desk.app)
            assert len(proofs) == tried
            if tried:
                # The same reasons are told once, and nothing is tried again while nothing has changed.
                assert [mail.subject_type for mail in mails(desk)] == ["update_not_taken"]
                with as_tenant(desk.session, desk.place.id):
                    change_settings(desk.session, _installation(desk), overrides={"categories": AGENCIES})
                    desk.session.commit()
    assert version(desk) == "0.9.1"


def test_a_crash_halfway_leaves_everything_as_it_was_and_the_wakeup_comes_again(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(desk, "minors")
    publish(desk, world, "0.9.1")

    def crash(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(automatic, "tell_taken", crash)
        drain(desk.app)
    assert version(desk) == "0.9.0"
    assert mails(desk) == []
    with set_clock(now() + timedelta(hours=1)):
        drain(desk.app)
    assert version(desk) == "0.9.1"
    assert len(mails(desk)) == 1


def test_the_real_proofs_are_played_under_the_own_settings(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world)
    policy(desk, "minors")
    publish(desk, world, "0.9.1")
    desk.report()
    drain(app)
    assert version(desk) == "0.9.1"


def test_publishing_wakes_each_municipality_once_and_a_first_version_none(session: Sessions, world: World) -> None:
    def waiting() -> int:
        query = select(func.count()).select_from(Wakeup).where(Wakeup.kind == PUBLISHED)
        return session.scalar(query) or 0

    publish_siaran(session, world)
    assert waiting() == 0
    publish_archive(session, world, changed_siaran({}, "0.9.1"))
    assert waiting() == 2
