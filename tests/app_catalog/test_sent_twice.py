"""A form that is sent twice makes one thing: a second tap, a retry on a weak network, both at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.models import AssistanceCase
from app_catalog.publishers.models import Publisher
from app_catalog.requests.models import AppRequest
from app_catalog.wishes.models import Wish
from lumbung.db import Base, as_tenant
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse, find_form
from tests.siaran import enable_siaran
from tests.world import World

Sessions = scoped_session[Session]
REQUEST = {"kind": "idea", "title": "Peta sampai tingkat RW", "words": "Laporan per RW supaya ketua RW ikut memantau."}
WISH = {
    "title": "Antrean puskesmas", "problem": "Warga datang subuh hanya untuk nomor.",
    "serves": "Pasien", "category": "health",
}  # fmt: skip
HELP = {"topic": "starting", "form": "online", "words": "Kami baru mulai dan perlu contoh nyata."}


@pytest.mark.parametrize(
    ("who", "path", "model", "answers"),
    [
        ("evaluator", "/manage/apps/siaran/requests", AppRequest, REQUEST),
        ("evaluator", "/manage/wishes", Wish, WISH),
        ("admin", "/manage/apps/siaran/assistance", AssistanceCase, HELP),
    ],
)
def test_one_form_makes_one_thing(
    app: LumbungFlask, session: Sessions, world: World, who: str, path: str, model: type[Base], answers: dict[str, str]
) -> None:
    place = world.surabaya
    enable_siaran(session, world, place)
    person = browse(app, place.host, place.accounts[who])
    form = find_form(person.get(path).text, path, page_path=path)
    assert form is not None
    sent = {**form.fields, **answers}
    if model is AssistanceCase:
        sent["helpers"] = f"publisher:{session.scalars(select(Publisher.id)).one()}"

    def send(_: int) -> int:
        return person.open("POST", path, data=sent).status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, range(2))) == [303, 303]
    assert send(3) == 303
    with as_tenant(session, place.id):
        assert session.scalar(select(func.count()).select_from(model)) == 1
    again = find_form(person.get(path).text, path, page_path=path)
    assert again is not None
    assert again.fields["submission_key"] != form.fields["submission_key"]
