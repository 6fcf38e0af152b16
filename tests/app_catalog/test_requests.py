"""Requests of municipalities about an app: asking, supporting, deciding, merging, telling, the roadmap and the feed."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.releases.models import App
from app_catalog.requests.models import AppRequest, RequestDecision, RequestNotice, RequestVote
from app_catalog.requests.reading import list_standings
from app_catalog.requests.services import LONGEST_TITLE, points_of
from lumbung.db import as_tenant
from lumbung.messages.models import Message, PlatformMessage
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tests.app_catalog.test_evaluations import GOOD, start
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
PATH = "/manage/apps/siaran/requests"
LAMP = {"kind": "bug", "title": "Foto gelap tidak terkirim", "words": "Foto malam hari sering gagal dikirim."}


@pytest.fixture
def evaluator(app: LumbungFlask, session: Sessions, world: World) -> Browser:
    """Surabaya's evaluator; SIARAN runs there and in Tangsel."""
    enable_siaran(session, world, world.surabaya)
    enable_siaran(session, world, world.tangsel)
    return browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])


@pytest.fixture
def neighbour(app: LumbungFlask, world: World, evaluator: Browser) -> Browser:
    return browse(app, world.tangsel.host, world.tangsel.accounts["evaluator"])


@pytest.fixture
def maintainer(app: LumbungFlask, world: World) -> Browser:
    return browse(app, "lumbung.test", world.tangsel.accounts["admin"])


def ask(browser: Browser, session: Sessions, **changed: str) -> AppRequest:
    answer = browser.post_form(PATH, {**LAMP, **changed})
    assert answer.status_code == 303, answer.text
    session.rollback()
    title = changed.get("title", LAMP["title"])
    return session.scalars(select(AppRequest).where(AppRequest.title == title)).one()


def decide(maintainer: Browser, request: AppRequest, **answers: str) -> int:
    return maintainer.post_form(f"/publish/tangsel/requests/{request.id}", answers).status_code


def support(browser: Browser, request: AppRequest, step: str = "") -> int:
    return browser.post_form(PATH, {"step": step}, to=f"{PATH}/{request.id}/vote").status_code


def supporters(session: Sessions, request: AppRequest) -> int:
    session.rollback()
    return next(one.supporters for one in list_standings(session, request.app_id) if one.request.id == request.id)


def letters(session: Sessions, place: Place) -> list[tuple[str, str, str]]:
    """Recipient, subject and text of what the people of a municipality were told of requests."""
    session.rollback()
    with as_tenant(session, place.id):
        found = session.scalars(select(Message).where(Message.subject_type == "request").order_by(Message.id)).all()
        return [(message.recipient, message.subject, message.text) for message in found]


def test_a_request_is_public_and_its_publisher_is_told(
    app: LumbungFlask, session: Sessions, evaluator: Browser, maintainer: Browser
) -> None:
    request = ask(evaluator, session)
    hub = browse(app, "lumbung.test")
    for path in ("/apps/siaran/requests", f"/apps/siaran/requests/{request.id}"):
        assert LAMP["title"] in hub.get(path).text
    page = words_of(hub.get(f"/apps/siaran/requests/{request.id}"))
    assert "Kota Surabaya" in page
    assert "versi 0.9.0" in page
    assert "Terbuka: 1" in words_of(hub.get("/apps/siaran"))
    told = session.scalars(select(PlatformMessage)).all()
    assert [message.recipient for message in told] == ["admin@tangsel.test"]
    assert "/apps/siaran/requests" in told[0].text
    assert LAMP["title"] in maintainer.get("/publish/tangsel/requests").text


@pytest.mark.parametrize(
    "changed", [{"kind": "wish"}, {"title": "pendek"}, {"title": "x" * 121}, {"words": "y" * 2001}]
)
def test_what_does_not_fit_is_said_on_the_page(session: Sessions, evaluator: Browser, changed: dict[str, str]) -> None:
    answer = evaluator.post_form(PATH, {**LAMP, **changed})
    assert answer.status_code == 422
    assert f"f-{next(iter(changed))}-error" in answer.text
    assert session.scalars(select(AppRequest)).all() == []


def test_each_municipality_votes_once_and_takes_it_back(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser, neighbour: Browser
) -> None:
    request = ask(evaluator, session)
    page = f"/apps/siaran/requests/{request.id}"
    offer = "Dukung sebagai Kota"
    assert offer in browse(app, "lumbung.test", world.tangsel.accounts["admin"]).get(page).text
    assert offer not in browse(app, "lumbung.test", world.surabaya.accounts["admin"]).get(page).text
    assert [support(neighbour, request) for _ in range(2)] == [303, 303]
    assert supporters(session, request) == 2
    assert support(evaluator, request) == 303
    assert supporters(session, request) == 2
    assert support(neighbour, request, "take-back") == 303
    assert supporters(session, request) == 1
    assert session.scalars(select(RequestVote)).all() == []


def test_what_others_support_is_no_longer_rewritten_but_withdrawn(
    session: Sessions, evaluator: Browser, neighbour: Browser
) -> None:
    request = ask(evaluator, session)
    own = f"{PATH}/{request.id}"
    assert evaluator.post_form(own, {"title": "Foto malam tidak terkirim"}, to=own).status_code == 303
    assert support(neighbour, request) == 303
    assert (
        evaluator.post_form(own, {**LAMP, "title": "Sesuatu yang lain sama sekali", "step": None}, to=own).status_code
        == 409
    )
    assert neighbour.get(own).status_code == 404
    assert neighbour.post_form(PATH, {"step": "withdraw"}, to=own).status_code == 404
    assert evaluator.post_form(own, {"step": "withdraw"}, to=own).status_code == 303
    session.rollback()
    assert session.scalars(select(AppRequest)).all() == []


def test_duplicates_are_merged_and_each_municipality_counts_once(
    app: LumbungFlask, session: Sessions, evaluator: Browser, neighbour: Browser, maintainer: Browser
) -> None:
    first = ask(evaluator, session)
    second = ask(neighbour, session, title="Foto malam selalu ditolak")
    third = ask(neighbour, session, title="Foto yang gelap ditolak")
    assert support(evaluator, second) == 303
    assert decide(maintainer, third, state="duplicate", duplicate_of=str(second.id)) == 303
    assert decide(maintainer, second, state="duplicate", duplicate_of=str(first.id)) == 303
    assert supporters(session, first) == 2
    targets = session.scalars(select(RequestDecision.duplicate_of)).all()
    assert targets == [first.id, first.id]
    assert decide(maintainer, first, state="duplicate", duplicate_of=str(third.id)) == 422
    page = browse(app, "lumbung.test").get(f"/apps/siaran/requests/{second.id}").text
    assert f"/apps/siaran/requests/{first.id}" in page
    assert decide(maintainer, first, state="fixed", fixed_version="0.9.0") == 303
    own = f"{PATH}/{first.id}"
    assert evaluator.post_form(own, {"step": "withdraw"}, to=own).status_code == 303
    session.rollback()
    assert {one.state for one in list_standings(session, second.app_id)} == {"open"}


def test_a_fix_is_told_once_to_everybody_who_asked_or_voted(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser, neighbour: Browser, maintainer: Browser
) -> None:
    first = ask(evaluator, session)
    second = ask(neighbour, session, title="Foto malam selalu ditolak")
    assert decide(maintainer, second, state="duplicate", duplicate_of=str(first.id)) == 303
    assert decide(maintainer, first, state="fixed", fixed_version="7.7.7") == 422
    assert decide(maintainer, first, state="fixed", fixed_version="0.9.0", note="Foto diperkecil dulu.") == 303
    drain(app)
    for place in (world.surabaya, world.tangsel):
        told = [letter for letter in letters(session, place) if "0.9.0" in letter[1]]
        assert {letter[0] for letter in told} == {f"admin@{place.slug}.test", f"evaluator@{place.slug}.test"}
        assert len(told) == 2
        assert f"//{place.slug}.lumbung.test/manage/apps/siaran/versions/0.9.0" in told[0][2]
        assert "Foto diperkecil dulu." in told[0][2]
    assert decide(maintainer, first, state="fixed", fixed_version="0.9.0", note="Sudah, sungguh.") == 303
    drain(app)
    assert len([letter for letter in letters(session, world.surabaya) if "0.9.0" in letter[1]]) == 2
    with as_tenant(session, world.surabaya.id):
        assert [notice.request_id for notice in session.scalars(select(RequestNotice))] == [first.id]


def test_who_asked_hears_every_decision_and_a_refusal_has_its_reason(
    session: Sessions, world: World, evaluator: Browser, maintainer: Browser
) -> None:
    request = ask(evaluator, session)
    assert decide(maintainer, request, state="declined") == 422
    assert decide(maintainer, request, state="declined", note="Di luar tujuan aplikasi ini.") == 303
    told = letters(session, world.surabaya)
    assert {letter[0] for letter in told} == {"admin@surabaya.test", "evaluator@surabaya.test"}
    assert "Di luar tujuan aplikasi ini." in told[0][2]
    assert support(evaluator, request) == 303
    assert letters(session, world.tangsel) == []


def test_everybody_is_told_in_the_own_language_whoever_caused_it(
    session: Sessions, world: World, evaluator: Browser, maintainer: Browser
) -> None:
    session.get_one(Account, world.surabaya.accounts["evaluator"].id).language = "en"
    session.commit()
    request = ask(evaluator, session)
    assert decide(maintainer, request, state="planned", note="Bulan depan.") == 303
    told = {recipient: (subject, text) for recipient, subject, text in letters(session, world.surabaya)}
    assert told["evaluator@surabaya.test"][0].endswith(f"has answered your request: {LAMP['title']}")
    assert "is now: " in told["evaluator@surabaya.test"][1]
    assert told["admin@surabaya.test"][0].endswith(f"menjawab permintaan Anda: {LAMP['title']}")
    assert "kini: " in told["admin@surabaya.test"][1]


def test_only_the_publisher_decides(app: LumbungFlask, session: Sessions, world: World, evaluator: Browser) -> None:
    request = ask(evaluator, session)
    outsider = browse(app, "lumbung.test", world.surabaya.accounts["admin"])
    path = f"/publish/tangsel/requests/{request.id}"
    assert outsider.get(path).status_code in (403, 404)
    assert browse(app, world.surabaya.host, world.surabaya.accounts["handler"]).get(PATH).status_code == 403
    assert session.scalars(select(RequestDecision)).all() == []


def test_the_roadmap_and_the_feed_show_what_was_decided(
    app: LumbungFlask, session: Sessions, evaluator: Browser, maintainer: Browser
) -> None:
    planned = ask(evaluator, session, title="Peta tanpa jaringan", kind="idea")
    fixed = ask(evaluator, session, title="Tombol kirim ganda")
    assert decide(maintainer, planned, state="planned") == 303
    assert decide(maintainer, fixed, state="fixed", fixed_version="0.9.0") == 303
    hub = browse(app, "lumbung.test")
    roadmap = words_of(hub.get("/apps/siaran/roadmap"))
    assert (
        roadmap.index("Direncanakan") < roadmap.index("Peta tanpa jaringan") < roadmap.index("Selesai di versi 0.9.0")
    )
    feed = hub.get("/apps/siaran/requests.atom")
    assert feed.mimetype == "application/atom+xml"
    titles = [found.text for found in ElementTree.fromstring(feed.data).iter("{http://www.w3.org/2005/Atom}title")]
    assert titles[1:] == ["Tombol kirim ganda", "Peta tanpa jaringan"]
    again = hub.get("/apps/siaran/requests.atom", headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304
    assert "Peta tanpa jaringan" not in hub.get("/apps/siaran/requests?state=fixed").text


def test_characters_that_nobody_sees_break_no_feed_and_turn_no_text_around(
    app: LumbungFlask, session: Sessions, evaluator: Browser, maintainer: Browser
) -> None:
    request = ask(evaluator, session, title="Foto gelap", words="")
    unseen = "\x01\u202e\u2066\ufffe"
    sent = {"kind": "idea", "title": f"Foto {unseen}malam", "words": f"Baris satu{unseen}\r\nbaris\x0b dua"}
    assert evaluator.post_form(PATH, sent).status_code == 303
    assert evaluator.post_form(PATH, {**sent, "title": f"Foto {unseen * 4}"}).status_code == 422
    assert decide(maintainer, request, state="planned", note=f"Segera{unseen}.") == 303
    hub = browse(app, "lumbung.test")
    ElementTree.fromstring(hub.get("/apps/siaran/requests.atom").text)
    session.rollback()
    found = session.scalars(select(AppRequest).where(AppRequest.kind == "idea")).one()
    assert (found.title, found.words) == ("Foto malam", "Baris satu\nbaris dua")
    assert session.scalars(select(RequestDecision.note)).one() == "Segera."


def test_an_evaluations_points_become_requests_that_name_it(
    app: LumbungFlask, session: Sessions, evaluator: Browser
) -> None:
    path = start(evaluator)
    points = "- Peta dapat dipakai tanpa jaringan\n2. Cetak surat jawaban\n\nok\n"
    done = evaluator.post_form(path, {**GOOD, "should_change": points, "file_points": "1", "step": "submit"})
    assert done.status_code == 303, done.text
    session.rollback()
    filed = session.scalars(select(AppRequest).order_by(AppRequest.id)).all()
    assert [request.title for request in filed] == ["Peta dapat dipakai tanpa jaringan", "Cetak surat jawaban"]
    assert {str(request.evaluation_id) for request in filed} == {path.rpartition("/")[2]}
    public = browse(app, "lumbung.test").get(f"/apps/siaran/evaluations/{filed[0].evaluation_id}")
    for page in (public, evaluator.get(path)):
        assert f"/apps/siaran/requests/{filed[0].id}" in page.text
    assert "/evaluations/" in browse(app, "lumbung.test").get(f"/apps/siaran/requests/{filed[0].id}").text


def test_nothing_is_filed_without_the_tick(session: Sessions, evaluator: Browser) -> None:
    answers = {**GOOD, "should_change": "Peta tanpa jaringan", "file_points": None, "step": "submit"}
    assert evaluator.post_form(start(evaluator), answers).status_code == 303
    assert session.scalars(select(AppRequest)).all() == []


def test_a_long_point_keeps_all_its_words(session: Sessions, evaluator: Browser) -> None:
    line = " ".join(["panjang"] * 40)
    assert points_of(f"* {line}") == [line]
    answers = {**GOOD, "should_change": line, "file_points": "1", "step": "submit"}
    assert evaluator.post_form(start(evaluator), answers).status_code == 303
    session.rollback()
    filed = session.scalars(select(AppRequest)).one()
    assert len(filed.title) <= LONGEST_TITLE
    assert filed.words == line


def test_requests_of_a_hidden_app_answer_nobody(app: LumbungFlask, session: Sessions, evaluator: Browser) -> None:
    ask(evaluator, session)
    found = session.scalars(select(App)).one()
    found.hidden_at = found.created_at
    session.commit()
    hub = browse(app, "lumbung.test")
    for path in ("requests", "requests.atom", "roadmap"):
        assert hub.get(f"/apps/siaran/{path}").status_code == 404


def test_programs_read_requests_and_the_roadmap(
    app: LumbungFlask, session: Sessions, evaluator: Browser, neighbour: Browser, maintainer: Browser
) -> None:
    lamp = ask(evaluator, session)
    idea = ask(evaluator, session, kind="idea", title="Ekspor ke kalender", words="")
    assert support(neighbour, idea) == 303
    assert decide(maintainer, lamp, state="planned", note="Bulan depan.") == 303
    program, at = browse(app, "lumbung.test"), "/api/v1/apps/siaran/requests"
    answer = program.get(at)
    found = answer.json
    assert found is not None
    assert [(one["title"], one["kind"], one["state"], one["supporters"]) for one in found["items"]] == [
        ("Ekspor ke kalender", "idea", "open", 2),
        (LAMP["title"], "bug", "planned", 1),
    ]
    assert (found["counts"], found["next"]) == ({"open": 1, "planned": 1}, None)
    assert program.get(at, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert program.get(found["items"][0]["page"]).status_code == 200
    whole = program.get(found["items"][0]["url"]).json
    assert whole is not None
    assert whole["supported_by"] == ["Kota Surabaya", "Kota Tangerang Selatan"]
    (only,) = program.get(f"{at}?kind=bug&state=planned").json["items"]  # type: ignore[index]
    assert (only["note"], only["fixed_version"]) == ("Bulan depan.", None)
    assert program.get(f"{at}?kind=other&state=nothing").json["errors"].keys() == {"kind", "state"}  # type: ignore[index]
    plan = program.get("/api/v1/apps/siaran/roadmap").json
    assert plan is not None
    assert ([one["id"] for one in plan["planned"]], plan["in_progress"], plan["fixed"]) == ([str(lamp.id)], [], [])
    document = program.get("/api/v1/openapi.json").json
    assert document is not None
    assert "/api/v1/apps/{slug}/requests/{request_id}" in document["paths"]


def test_the_next_page_of_requests_goes_on(
    app: LumbungFlask, session: Sessions, evaluator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app_catalog.requests.reading.PAGE", 2)
    monkeypatch.setattr("app_catalog.requests.api.PAGE", 2)
    for number in range(3):
        ask(evaluator, session, title=f"Usulan nomor {number}")
    program, target, seen = browse(app, "lumbung.test"), "/api/v1/apps/siaran/requests?sort=newest", []
    while target:
        answer = program.get(target)
        assert answer.json is not None
        seen += [one["title"] for one in answer.json["items"]]
        target = answer.json["next"]
    assert seen == ["Usulan nomor 2", "Usulan nomor 1", "Usulan nomor 0"]
