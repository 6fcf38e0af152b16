"""Messages about records: to the right people, in their language, without what they may not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app_runtime.notifications.promising import promises_message
from app_runtime.notifications.sending import NOTIFY
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import open_change
from app_runtime.records.creating import create_record
from app_runtime.records.running_app import app_of_record
from app_runtime.workflow.acting import take_action
from lumbung.db import use_tenant
from lumbung.i18n import use_language
from lumbung.messages.models import Message
from lumbung.outbox import Effect
from lumbung.outbox.delivery import deliver_effect
from lumbung.outbox.handlers import find_effect_handler
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.small_app import enable_small, small_files
from tests.world import World

PERSON = {"name": "Budi Santoso", "email": "budi@contoh.id"}


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


@pytest.fixture
def mailing(app: LumbungFlask) -> Iterator[LumbungFlask]:
    before = app.lumbung
    app.lumbung = replace(before, smtp_url="smtp://localhost:1")
    yield app
    app.lumbung = before


def written(stage: Stage) -> list[tuple[str, str, str]]:
    """Do the notes to write, and give recipient, subject and text (opened) of what came of them."""
    handler = find_effect_handler(NOTIFY)
    assert handler is not None
    texts: list[tuple[str, str, str]] = []
    for effect in stage.session.scalars(select(Effect).where(Effect.kind == NOTIFY).order_by(Effect.id)).all():
        handler.run(stage.session, effect.payload)
    from lumbung.messages.services import opened

    for message in stage.session.scalars(select(Message).order_by(Message.id)).all():
        texts.append((message.recipient, message.subject, opened(message, message.text, part="text")))
    return texts


def test_the_reporter_gets_number_and_link_in_their_language(stage: Stage, mailing: LumbungFlask) -> None:
    use_language("en")
    try:
        created = stage.report({"reporter": PERSON})
    finally:
        use_language("id")
    ((to, subject, text),) = written(stage)
    assert to == "budi@contoh.id"
    assert str(created.record.number) in subject + text
    assert f"https://tangsel.lumbung.test/track/{created.tracking_code}" in text
    assert "report" in (subject + text).lower()
    message = stage.session.scalars(select(Message)).one()
    assert created.tracking_code not in message.text


def test_effects_hold_ids_only(stage: Stage) -> None:
    created = stage.report({"reporter": PERSON})
    payload = str([effect.payload for effect in stage.session.scalars(select(Effect)).all()])
    assert all(word not in payload for word in ("Budi", "contoh.id", created.tracking_code, "Lampu"))


def test_an_agency_is_told_without_the_reporters_data(stage: Stage, mailing: LumbungFlask) -> None:
    created = stage.report({"reporter": PERSON})
    stage.act(created.record, "dispatcher", "assign", agency="dishub", note="Segera")
    to_agency = [text for text in written(stage) if text[0] == "handler@tangsel.test"]
    assert len(to_agency) == 1
    assert f"/work/{created.record.id}" in to_agency[0][2]
    assert "Budi" not in str(to_agency)
    assert created.tracking_code not in str(to_agency)


def test_the_shared_mailbox_of_an_agency_is_written_to_as_well(stage: Stage, mailing: LumbungFlask) -> None:
    agency = stage.place.agencies["dlh"]
    agency.email = "dlh@tangsel.test"
    stage.session.merge(agency)
    stage.session.flush()
    created = stage.report({"category": "rubbish"})
    stage.act(created.record, "dispatcher", "assign", agency="dlh")
    assert {to for to, _, _ in written(stage)} == {"cleaner@tangsel.test", "dlh@tangsel.test"}


def test_the_answer_travels_to_the_reporter(stage: Stage, mailing: LumbungFlask) -> None:
    created = stage.report({"reporter": PERSON})
    stage.act(created.record, "handler", "respond", answer="Kami datang sore ini.")
    assert "Kami datang sore ini." in written(stage)[-1][2]


def test_nobody_is_promised_a_message_that_cannot_be_sent(stage: Stage, app: LumbungFlask) -> None:
    with_mail = stage.report({"reporter": PERSON}).record
    without = stage.report({"reporter": {"name": "Budi"}}).record
    assert promises_message(stage.session, with_mail) is False
    before = app.lumbung
    app.lumbung = replace(before, smtp_url="smtp://localhost:1")
    try:
        assert promises_message(stage.session, with_mail) is True
        assert promises_message(stage.session, without) is False
    finally:
        app.lumbung = before


def test_a_message_is_written_once_however_often_the_worker_comes(stage: Stage, mailing: LumbungFlask) -> None:
    stage.report({"reporter": PERSON})
    effect = stage.session.scalars(select(Effect).where(Effect.kind == NOTIFY)).one()
    tenant_id, effect_id = stage.place.id, effect.id
    stage.session.commit()
    for _ in range(2):
        deliver_effect(mailing, tenant_id, effect_id)
    assert len(stage.session.scalars(select(Message)).all()) == 1


def test_every_message_of_the_app_can_be_written(stage: Stage, mailing: LumbungFlask) -> None:
    from app_runtime.notifications.recipients import Recipient
    from app_runtime.notifications.sending import send_message
    from app_runtime.notifications.writing import _texts

    created = stage.report({"reporter": PERSON})
    app = app_of_record(stage.session, created.record)
    change = open_change(app, created.record, SYSTEM)
    send_message(change, "received", "reporter")
    row: Any = stage.history(created.record)[-1]
    for name in app.definition.messages:
        payload = {"message": name, "history_id": str(row.id), "to": "reporter"}
        subject, body = _texts(app, created.record, Recipient("field", "reporter", "Budi", "b@contoh.id"), payload)
        assert subject
        assert body.strip()


COMPLAINT = """
name: {id: Aduan, en: Complaint}
number: {pattern: "A/{seq:03}"}
title: "record.person + ': ' + record.about"
fields:
  person: {type: text, private: true, label: {id: Nama, en: Name}}
  about: {type: text, label: {id: Perihal, en: About}}
  cost: {type: money, visible_to: [chief], label: {id: Biaya, en: Cost}}
access:
  clerk: {create: {}, read: {rows: all}}
  chief: {read: {rows: all}}
workflow:
  start: received
  states:
    received: {label: {id: Masuk, en: Received}}
    done: {label: {id: Selesai, en: Done}, end: success}
  actions:
    call:
      from: received
      to: done
      by: [clerk]
      asks:
        witness: {type: text, private: true, label: {id: Saksi, en: Witness}}
        place: {type: text, label: {id: Tempat, en: Place}}
        cost: {}
automations:
  tell: {on: call, send: called, to: clerk}
"""
CALLED = """
email:
  subject: {id: "Aduan {{ record.title }}", en: "Complaint {{ record.title }}"}
  body: {id: "{{ record.title }} {{ action.witness }} {{ action.place }} {{ action.cost }}", en: "{{ record.title }}"}
"""


def test_no_letter_tells_an_official_what_is_private(session: Sessions, world: World, mailing: LumbungFlask) -> None:
    personal = "personal_data: {purpose: {id: Menangani, en: Handling}, basis: public-task, retention: P1Y}\n"
    files = small_files({"complaint": COMPLAINT}, messages={"called": CALLED}, app=personal, app_id="aduan")
    installation = enable_small(session, world, files, roles=[("handler", "clerk")])
    use_tenant(session, world.tangsel.id)
    stage = Stage(session, world.tangsel, installation)
    clerk = stage.actor("handler")
    record = create_record(session, installation, clerk, "complaint", {"person": "Budi", "about": "Jalan"}).record
    take_action(session, record, clerk, "call", {"witness": "Wati", "place": "Pasar", "cost": 5000})
    ((_, subject, text),) = written(stage)
    assert (subject, text.split()) == ("Aduan A/001", ["A/001", "Pasar"])
