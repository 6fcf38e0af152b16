"""Documents at work: made once after the commit, kept with the record, verified by anybody, good while it says so."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from app_catalog.definitions.documents.typesetting import TOO_MUCH, Fault, Job, set_documents
from app_runtime.documents import making
from app_runtime.documents.asking import MAKE_DOCUMENT
from app_runtime.documents.models import IssuedDocument
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordFile, RecordHistory
from app_runtime.records.running_app import app_of_record
from app_runtime.records.timeline import present_history
from app_runtime.retention.services import erase_expired
from app_runtime.workflow.acting import take_action
from lumbung.db import now, set_clock, use_tenant
from lumbung.files import StoredFile, get_file, open_file
from lumbung.files.garbage import collect_garbage
from lumbung.outbox.delivery import deliver_effect
from lumbung.outbox.models import Effect
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions, Stage
from tests.browsing import browse, words_of
from tests.izin import IZIN, edited, enable_izin
from tests.small_app import move_small, next_small
from tests.world import World

VALUES = {"text": "Kedai Kopi", "kind": "board", "fee": 1_500_000, "owner": {"name": "Sari"}}


@pytest.fixture
def izin(session: Sessions, world: World) -> Stage:
    """Izin in Tangsel."""
    return Stage(session, world.tangsel, enable_izin(session, world))


def made(stage: Stage, app: LumbungFlask) -> Record:
    """A permit that was issued, with its letter."""
    record = create_record(stage.session, stage.installation, SYSTEM, "permit", VALUES, channel="api").record
    act(stage, app, record, "issue")
    return record


def act(stage: Stage, app: LumbungFlask, record: Record, action: str, **answers: object) -> None:
    """Take an action as the clerk, and let the worker do what follows."""
    take_action(stage.session, record, stage.actor("handler"), action, answers, channel="api")
    stage.session.commit()
    work(stage, app)


def work(stage: Stage, app: LumbungFlask) -> None:
    """Let the worker make the documents that were asked for, twice: the second time nothing happens."""
    tenant_id = stage.place.id
    query = select(Effect.id).where(Effect.kind == MAKE_DOCUMENT)
    ids = list(stage.session.scalars(query))
    stage.session.commit()
    for effect_id in [*ids, *ids]:
        deliver_effect(app, tenant_id, effect_id)
    use_tenant(stage.session, tenant_id)
    stage.session.expire_all()


def issued(stage: Stage) -> list[IssuedDocument]:
    """All documents, the oldest first."""
    return list(stage.session.scalars(select(IssuedDocument).order_by(IssuedDocument.id)))


def file_of(stage: Stage, document: IssuedDocument) -> StoredFile:
    """The file of a document that has one."""
    assert document.file_id is not None
    return get_file(stage.session, document.file_id)


def test_an_action_makes_its_document_once_and_keeps_it_with_the_record(izin: Stage, app: LumbungFlask) -> None:
    record = made(izin, app)
    (document,) = issued(izin)
    assert (document.number, document.name, document.signer_name) == (
        record.number,
        "Surat izin",
        izin.place.members["handler"].name,
    )
    assert record.data["letter"] == [str(document.file_id)]
    kept = izin.session.scalars(select(RecordFile)).one()
    assert (kept.field, kept.file_id) == ("letter", document.file_id)
    file = file_of(izin, document)
    assert (file.sha256, file.content_type) == (document.sha256, "application/pdf")
    with open_file(file) as opened:
        assert opened.read(5) == b"%PDF-"
    kinds = [kind for kind, _ in izin.kinds(record) if kind.startswith("document")]
    assert kinds == ["document", "document_made"]
    titles = [entry.title for entry in present_history(app_of_record(izin.session, record), record, SYSTEM)]
    assert titles[-2:] == ["Dokumen disiapkan", "Dokumen terbit"]


def test_anybody_verifies_a_document_by_its_code_and_by_its_bytes(izin: Stage, app: LumbungFlask) -> None:
    record = made(izin, app)
    (document,) = issued(izin)
    with open_file(file_of(izin, document)) as opened:
        pdf = opened.read()
    browser = browse(app, izin.place.host)
    answer = browser.post_form("/verify", {"code": document.code.lower().replace("-", " ")})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/verify/{document.code}"
    shown = browser.get(f"/verify/{document.code}")
    words = words_of(shown)
    assert "Dokumen ini sah dan berlaku." in words
    assert str(record.number) in words
    assert document.sha256[:8] in words
    assert "Kedai Kopi" not in words
    assert "Sari" not in words
    for sent, told in ((pdf, "sama persis"), (pdf + b" ", "bukan dokumen ini")):
        answer = browser.post_form(f"/verify/{document.code}", {"file": (io.BytesIO(sent), "izin.pdf")})
        assert told in words_of(answer)
    assert browser.post_form(f"/verify/{document.code}", {"file": None}).status_code == 422


def test_a_document_that_was_revoked_or_replaced_says_so(izin: Stage, app: LumbungFlask) -> None:
    record = made(izin, app)
    browser = browse(app, izin.place.host)
    act(izin, app, record, "renew", until="2027-05-01")
    first, second = issued(izin)
    assert record.data["letter"] == [str(second.file_id)]
    shown = browser.get(f"/verify/{first.code}").text
    assert "sudah diganti" in shown
    assert f"/verify/{second.code}" in shown
    assert "sah dan berlaku" in browser.get(f"/verify/{second.code}").text
    act(izin, app, record, "revoke")
    for document in (first, second):
        assert "tidak berlaku lagi" in browser.get(f"/verify/{document.code}").text


def test_an_unknown_code_and_another_municipalitys_are_not_known(izin: Stage, app: LumbungFlask, world: World) -> None:
    made(izin, app)
    (document,) = issued(izin)
    assert browse(app, world.surabaya.host).get(f"/verify/{document.code}").status_code == 404
    wrong = document.code[:-1] + ("0" if document.code[-1] != "0" else "1")
    assert browse(app, izin.place.host).get(f"/verify/{wrong}").status_code == 422
    assert browse(app, izin.place.host).post_form("/verify", {"code": "0000-0000-0000-0"}).status_code == 404


def test_a_document_is_a_link_for_the_clerk_and_the_letter_opens(izin: Stage, app: LumbungFlask) -> None:
    record = made(izin, app)
    (document,) = issued(izin)
    browser = browse(app, izin.place.host, izin.place.accounts["handler"])
    page = browser.get(f"/work/izin/{record.id}")
    assert page.status_code == 200
    assert "Buka berkas 1" in page.text
    link = re.search(rf'href="([^"]*{document.file_id})"', page.text)
    assert link
    assert browser.get(link[1]).mimetype == "application/pdf"


def test_a_document_that_cannot_be_made_is_told_to_officials_without_its_values(
    izin: Stage, app: LumbungFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "set_documents", lambda jobs: [Fault('panicked with: "Sari"', 7)])
    record = made(izin, app)
    assert issued(izin) == []
    failed = izin.session.scalars(select(RecordHistory).where(RecordHistory.kind == "rule_error")).one()
    assert (failed.name, failed.changes["error"]) == ("automations.letter", "permit.typ, line 7")
    assert izin.session.scalars(select(Effect.last_error).where(Effect.kind == MAKE_DOCUMENT)).all() == [
        "permit.typ, line 7"
    ]
    assert "letter" not in record.data


def test_a_document_that_a_busy_machine_could_not_make_is_tried_again(
    izin: Stage, app: LumbungFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = [2]

    def set_later(jobs: Sequence[Job]) -> list[bytes | Fault]:
        busy[0] -= 1
        return [TOO_MUCH] if busy[0] >= 0 else set_documents(jobs)

    monkeypatch.setattr(making, "set_documents", set_later)
    made(izin, app)
    for hours in (1, 2):
        assert issued(izin) == []
        with set_clock(now() + timedelta(hours=hours)):
            work(izin, app)
    assert len(issued(izin)) == 1
    busy[0] = 10
    act(izin, app, izin.session.scalars(select(Record)).one(), "renew", until="2027-05-01")
    for hours in (1, 2, 3):
        with set_clock(now() + timedelta(hours=hours)):
            work(izin, app)
    failed = izin.session.scalars(select(RecordHistory).where(RecordHistory.kind == "rule_error")).one()
    assert TOO_MUCH.detail in failed.changes["error"]
    assert busy[0] == 7


def test_a_document_goes_with_the_personal_data_and_can_still_be_verified(izin: Stage, app: LumbungFlask) -> None:
    record = made(izin, app)
    act(izin, app, record, "renew", until="2027-05-01")
    documents = issued(izin)
    keys = [file_of(izin, document).key for document in documents]
    with set_clock(now() + timedelta(days=4_000)):
        assert erase_expired(izin.session) == 1
        izin.session.commit()
    with set_clock(now() + timedelta(days=4_002)):
        assert collect_garbage(izin.session) == len(keys) == 2
        izin.session.commit()
    assert izin.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(keys))).all() == []
    assert "letter" not in record.data
    assert izin.session.scalars(select(RecordFile)).all() == []
    browser = browse(app, izin.place.host)
    assert "sudah diganti" in browser.get(f"/verify/{documents[0].code}").text
    assert "sah dan berlaku" in browser.get(f"/verify/{documents[1].code}").text
    clerk = browse(app, izin.place.host, izin.place.accounts["handler"])
    assert clerk.get(f"/work/izin/{record.id}").status_code == 200


def test_a_document_that_was_asked_for_before_its_record_moved_is_made_by_the_version_that_it_is_on(
    izin: Stage, world: World, app: LumbungFlask
) -> None:
    old = "state == 'issued'"
    text = (IZIN / "records" / "permit.yaml").read_text()
    moved = text.replace(old, "state == 'valid'").replace("issued", "valid").replace("letter", "certificate")
    moved = moved.replace("  certificate: {on", "  letter: {on")
    record = create_record(izin.session, izin.installation, SYSTEM, "permit", VALUES, channel="api").record
    take_action(izin.session, record, izin.actor("handler"), "issue", {}, channel="api")
    izin.session.commit()
    scenario = "scenarios/letter.yaml"
    told = (IZIN / scenario).read_text().replace("issued", "valid").replace("a.letter", "a.certificate")
    files = dict(edited({"records/permit.yaml": moved, scenario: told}).files)
    before, release = record.definition_digest, next_small(izin.session, world, izin.installation, files)
    use_tenant(izin.session, izin.place.id)
    done = move_small(
        izin.session,
        izin.installation,
        "permit",
        before=before,
        after=release.digest,
        states=("issued",),
        mapped={"issued": "valid"},
        fields={"letter": "certificate"},
    )
    assert (done.moved, record.state, record.open) == (1, "valid", False)
    work(izin, app)
    (document,) = issued(izin)
    assert (record.open, record.data["certificate"]) == (False, [str(document.file_id)])
    assert izin.session.scalars(select(RecordFile.field)).all() == ["certificate"]
    assert "Dokumen ini sah dan berlaku." in words_of(browse(app, izin.place.host).get(f"/verify/{document.code}"))
