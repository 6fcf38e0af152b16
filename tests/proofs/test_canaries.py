"""What one municipality holds is nowhere in what another sees: pages, answers of the API, files, logs, jobs, mails."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from app_catalog.publishers.models import Publisher
from app_runtime.records.models import Record
from lumbung.db import db, use_tenant
from lumbung.files.models import StoredFile
from lumbung.files.services import store_file
from lumbung.outbox import Effect, drain
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tests.app_runtime.work_desk import open_desk, photo
from tests.browsing import HUB_HOST, browse
from tests.lumbung.belongings.apps import Ids
from tests.lumbung.belongings.known import TEXTS
from tests.proofs.canaries import PERSON, PUBLISHED, SECRET, Walk, mark_everything
from tests.proofs.standing import SlowMailbox, mail_server
from tests.world import World

Sessions = scoped_session[Session]
NEVER_EMPTY = ("agencies", "memberships", "records", "record_history", "record_clocks", "files", "installations")


@pytest.fixture
def marked(
    app: LumbungFlask,
    session: Sessions,
    world: World,
    known_ids: dict[str, tuple[Ids, Ids]],
    settings: Settings,
    suite_server: SuiteServer,
) -> dict[str, tuple[Ids, Ids]]:
    """Both municipalities with one of everything, and a canary in every value of Tangsel."""
    session.rollback()
    people = [account.id for account in world.tangsel.accounts.values()]
    database = settings.database_url.rsplit("/", 1)[1]
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=database)
    with psycopg.connect(conninfo) as admin:
        rows = mark_everything(admin, world.tangsel.id, people)
    assert all(rows[name] for name in NEVER_EMPTY), rows
    return known_ids


def walk_of(
    app: LumbungFlask, world: World, ids: dict[str, tuple[Ids, Ids]], account: Account | None, **options: Any
) -> Walk:
    """A walk over the hub and Surabaya's portal."""
    browsers = {"hub": browse(app, HUB_HOST, account), "portal": browse(app, world.surabaya.host, account)}
    values: dict[str, list[dict[str, object]]] = {
        "hub": [{**TEXTS, **ids["hub"][1], "slug": "tangsel", "code": "36.74"}, {**TEXTS, **ids["hub"][1]}],
        "portal": [{**TEXTS, **one, "slug": "siaran", "page_id": page} for one in ids["portal"] for page in PAGES],
    }
    for one in values["hub"] + values["portal"]:
        one["version"] = "0.9.0"
    return Walk(app, browsers, values, **options)


PAGES = ("public-reports", "map", "report")


@pytest.mark.parametrize("who", ["anonymous", "admin", "operator"])
def test_no_page_of_others_holds_a_value_of_a_municipality(
    app: LumbungFlask, session: Sessions, world: World, marked: dict[str, tuple[Ids, Ids]], who: str
) -> None:
    # Surabaya's admin is evaluator, dispatcher and handler too, and owns a publisher.
    accounts = {"anonymous": None, "admin": world.surabaya.accounts["admin"], "operator": world.operator}
    walk = walk_of(app, world, marked, accounts[who], operator=who == "operator")
    walk.go()
    assert walk.seen == []
    assert walk.answered > 25, "Hardly anything was shown."


def test_the_municipality_itself_does_see_its_values_and_everybody_what_it_published(
    app: LumbungFlask, session: Sessions, world: World, marked: dict[str, tuple[Ids, Ids]]
) -> None:
    """The control: without it the walk above might be looking at empty pages."""
    own = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert SECRET in own.get("/manage/agencies").text.lower()
    assert PUBLISHED in browse(app).get("/apps/siaran").text.lower()
    assert PERSON in own.get("/manage/people").text.lower() or SECRET in own.get("/manage/people").text.lower()


@pytest.fixture
def postbox(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowMailbox]:
    """A mail server that keeps whole mails."""
    with mail_server() as (mailbox, port):
        monkeypatch.setattr(app, "lumbung", dataclasses.replace(app.lumbung, smtp_url=f"smtp://127.0.0.1:{port}"))
        yield mailbox


def test_logs_jobs_outbox_files_and_mails_hold_nothing_of_it(
    app: LumbungFlask,
    session: Sessions,
    world: World,
    postbox: SlowMailbox,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A report with canaries in its texts, contact, file names and bytes, answered, through the real forms."""
    here, there = (open_desk(app, session, world, place) for place in (world.tangsel, world.surabaya))
    # The same in Surabaya without canaries, so that there is something that could hold one.
    for desk, word in ((here, SECRET), (there, "biasa")):
        _one_report(desk, word)
        with desk.app.app_context():
            use_tenant(db.session, desk.place.id)
            store_file(
                db.session, data=word.encode() * 9, name=f"{word}.txt", content_type="text/plain", kind="document"
            )
            db.session.commit()
    questions = {
        "jobs": "SELECT coalesce(string_agg(j::text, ' '), '') FROM procrastinate.procrastinate_jobs j",
        "wake-ups": "SELECT coalesce(string_agg(w::text, ' '), '') FROM wakeups w",
        "limits": "SELECT coalesce(string_agg(b::text, ' '), '') FROM rate_buckets b",
        "refusals": "SELECT coalesce(string_agg(r::text, ' '), '') FROM refusals r",
    }
    for what, question in questions.items():
        rows = str(session.execute(text(question)).scalar_one())
        assert SECRET not in rows.lower(), what
        assert rows or what == "refusals", f"Nothing in {what}."
    payloads = _payloads(session, world.tangsel.id)
    assert payloads
    assert SECRET not in " ".join(payloads).lower()
    session.rollback()
    drain(app)
    said = capsys.readouterr()
    assert "request" in said.out + said.err
    assert SECRET not in (said.out + said.err).lower()
    for recipient, mails in postbox.mails.items():
        words = " ".join(mails).lower()
        assert (SECRET in words) == (SECRET in recipient or recipient.endswith("@tangsel.test")), recipient
    assert any(SECRET in recipient for recipient in postbox.mails)
    assert any(SECRET not in recipient for recipient in postbox.mails)
    folder = app.lumbung.files_root / str(world.surabaya.id)
    kept = [file.read_bytes() for file in folder.iterdir()]
    assert kept
    assert not any(SECRET.encode() in data for data in kept)
    use_tenant(session, world.surabaya.id)
    assert not any(SECRET in name for name in session.scalars(select(StoredFile.name)))
    assert session.scalars(select(Publisher)).all()


def _one_report(desk: Any, word: str) -> None:
    browser = browse(desk.app, desk.place.host)
    sent = browser.post_form(
        "/siaran/report",
        {
            "category": "street-light",
            "title": f"Lampu {word} mati",
            "description": f"Di depan {word}",
            "place.lon": "106.71",
            "place.lat": "-6.29",
            "reporter.name": f"Siti {word}",
            "reporter.email": f"{word}@warga.id",
            "photos": (io.BytesIO(photo()), f"{word}.jpg"),
        },
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303
    sent.request.environ["wsgi.input"].close()
    with desk.app.app_context():
        use_tenant(db.session, desk.place.id)
        record_id = db.session.scalars(select(Record.id)).one()
        db.session.rollback()
    answered = desk.act(desk.browser("handler"), record_id, "respond", answer=f"Kami periksa {word}")
    assert answered.status_code == 303
    # Pages that are not there, with the word in their address, are logged by their rule.
    assert browser.get(f"/siaran/{word}").status_code == 404


def _payloads(session: Sessions, tenant_id: UUID) -> list[str]:
    use_tenant(session, tenant_id)
    return [str(payload) for payload in session.scalars(select(Effect.payload))]
