"""Becoming a publisher, its people, keys and tokens, through HTTP."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from app_catalog.publishers.keys import fingerprint_of, list_keys
from app_catalog.publishers.models import Publisher, PublisherInvitation, PublisherMember, PublishToken, SigningKey
from app_catalog.publishers.tokens import digest_of
from lumbung.db import now, set_clock
from lumbung.db.clock import shift_clock
from lumbung.messages.models import PlatformMessage
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher
from tests.browsing import Browser, browse, words_of
from tests.world import World

Db = scoped_session[Session]
REQUEST = {
    "kind": "community",
    "name": "Komunitas Kode",
    "slug": "kode",
    "contact_email": "halo@kode.test",
    "website": "https://kode.test",
    "about": "Relawan.",
    "evidence": "Komunitas terdaftar, akta nomor 12 tahun 2019.",
}


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher; its administrator is the owner."""
    return approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)


def _owner(app: LumbungFlask, world: World) -> Browser:
    return browse(app, account=world.tangsel.accounts["admin"])


def _invite(owner: Browser, role: str = "maintainer", email: str = "rina@tangsel.test") -> str:
    page = owner.post_form("/publish/tangsel/people", {"email": email, "role": role})
    assert page.status_code == 200
    return _link(page)


def _link(page: TestResponse) -> str:
    return page.text.split("https://lumbung.test/publish/invitations/", 1)[1].split('"')[0].split("<")[0]


def _fresh(session: Db, model: Any) -> list[Any]:
    session.rollback()
    return list(session.scalars(select(model)))


def test_a_municipality_asks_is_approved_and_gets_a_key(app: LumbungFlask, session: Db, world: World) -> None:
    admin = _owner(app, world)
    assert "Kota Tangerang Selatan" in words_of(admin.get("/publish/request"))
    sent = admin.post_form(
        "/publish/request", {"kind": "municipality", "name": "Kota Tangerang Selatan", "slug": "tangsel"}
    )
    assert sent.status_code == 303
    assert "Menunggu keputusan" in words_of(admin.follow(sent))
    assert admin.get("/publish/tangsel").status_code == 404
    (found,) = _fresh(session, Publisher)
    operator = browse(app, account=world.operator)
    approve = f"/operator/publishers/{found.id}/approve"
    assert operator.post_form("/operator/publishers", {}, to=approve).status_code == 303
    dashboard = admin.get("/publish/tangsel")
    assert dashboard.status_code == 200
    assert 'class="btn" href="/publish/replies"' in dashboard.text
    (key,) = _fresh(session, SigningKey)
    assert key.sealed_private
    assert operator.post_form("/operator/publishers", {}, to=approve).status_code == 409
    assert len(_fresh(session, SigningKey)) == 1


def test_a_refusal_says_why(app: LumbungFlask, session: Db, world: World) -> None:
    stranger = browse(app, account=world.stranger)
    assert stranger.post_form("/publish/request", REQUEST).status_code == 303
    (found,) = _fresh(session, Publisher)
    operator, refuse = browse(app, account=world.operator), f"/operator/publishers/{found.id}/refuse"
    assert operator.post_form("/operator/publishers", {"reason": ""}, to=refuse).status_code == 422
    assert operator.post_form("/operator/publishers", {"reason": "Akta tidak terbaca"}, to=refuse).status_code == 303
    assert "Akta tidak terbaca" in words_of(stranger.get("/publish"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "king"}, "kind"),
        ({"slug": "a"}, "slug"),
        ({"slug": "Salah Sekali"}, "slug"),
        ({"slug": "replies"}, "slug"),
        ({"slug": "admin"}, "slug"),
        ({"name": ""}, "name"),
        ({"contact_email": "bukan"}, "contact_email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"evidence": "x"}, "evidence"),
    ],
)
def test_a_wrong_request_is_told_and_kept(
    app: LumbungFlask, session: Db, world: World, change: dict[str, str], field: str
) -> None:
    answer = browse(app, account=world.stranger).post_form("/publish/request", {**REQUEST, **change})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert "akta nomor 12" in answer.text or field == "evidence"
    assert _fresh(session, Publisher) == []


def test_only_its_administrator_may_offer_a_municipality(app: LumbungFlask, session: Db, world: World) -> None:
    form = {**REQUEST, "kind": "municipality", "municipality_id": str(world.tangsel.id)}
    for account in (world.stranger, world.surabaya.accounts["admin"], world.tangsel.accounts["handler"]):
        assert browse(app, account=account).post_form("/publish/request", form).status_code == 403
    assert _fresh(session, Publisher) == []


def test_an_address_is_given_once(app: LumbungFlask, world: World, publisher: Publisher) -> None:
    answer = browse(app, account=world.stranger).post_form("/publish/request", {**REQUEST, "slug": "tangsel"})
    assert answer.status_code == 409
    assert "sudah dipakai" in words_of(answer)


def test_the_operators_page_is_the_operators(app: LumbungFlask, world: World) -> None:
    assert browse(app, account=world.stranger).get("/operator/publishers").status_code == 403
    assert browse(app).get("/operator/publishers").status_code == 302


def test_an_invitation_works_once(app: LumbungFlask, session: Db, world: World, publisher: Publisher) -> None:
    link = "/publish/invitations/" + _invite(_owner(app, world))
    assert browse(app).get(link).status_code == 302
    guest = browse(app, account=world.stranger)
    assert "mengundang Anda" in words_of(guest.get(link))
    assert guest.post_form(link).status_code == 303
    assert guest.get("/publish/tangsel").status_code == 200
    assert browse(app, account=world.operator).get(link).status_code == 410
    for path in ("/publish/tangsel/people", "/publish/tangsel/keys"):
        assert (
            guest.post_form(path, {"email": "x@y.test", "role": "owner", "name": "x", "public_key": "x"}).status_code
            == 403
        )
    assert len(_fresh(session, PublisherMember)) == 2


def test_a_late_or_withdrawn_invitation_is_gone(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    owner = _owner(app, world)
    with set_clock(now().replace(year=2020)):
        late = _invite(browse(app, account=world.tangsel.accounts["admin"]), email="late@tangsel.test")
    link = _invite(owner)
    invitation = max(_fresh(session, PublisherInvitation), key=lambda found: found.created_at)
    withdraw = f"/publish/tangsel/invitations/{invitation.id}/withdraw"
    assert owner.post_form("/publish/tangsel/people", {}, to=withdraw).status_code == 303
    guest = browse(app, account=world.stranger)
    assert guest.get(f"/publish/invitations/{link}").status_code == 410
    assert guest.get(f"/publish/invitations/{late}").status_code == 410


def test_an_invitation_goes_out_by_mail_in_both_languages(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    _invite(_owner(app, world), role="owner")
    (letter,) = _fresh(session, PlatformMessage)
    assert (letter.recipient, letter.secret) == ("rina@tangsel.test", True)
    assert letter.subject == "Kota Tangerang Selatan mengundang Anda / Kota Tangerang Selatan invites you"


def test_an_invitation_is_sent_again_with_another_link(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    owner = _owner(app, world)
    first = _invite(owner)
    with shift_clock(timedelta(days=20)):
        owner = _owner(app, world)
        assert "kedaluwarsa" in words_of(owner.get("/publish/tangsel/people"))
        (invitation,) = _fresh(session, PublisherInvitation)
        again = f"/publish/tangsel/invitations/{invitation.id}/resend"
        second = _link(owner.post_form("/publish/tangsel/people", {}, to=again))
        guest = browse(app, account=world.stranger)
        assert guest.get(f"/publish/invitations/{first}").status_code == 410
        assert guest.post_form(f"/publish/invitations/{second}").status_code == 303
        assert owner.post_form("/publish/tangsel/people", {}, to=again).status_code == 404
    assert len(_fresh(session, PlatformMessage)) == 2


def test_who_is_invited_twice_has_one_link_that_works(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    owner = _owner(app, world)
    first, second = _invite(owner), _invite(owner, role="owner")
    guest = browse(app, account=world.stranger)
    assert guest.get(f"/publish/invitations/{first}").status_code == 410
    assert guest.get(f"/publish/invitations/{second}").status_code == 200


def test_the_last_owner_stays(app: LumbungFlask, session: Db, world: World, publisher: Publisher) -> None:
    owner = _owner(app, world)
    (member,) = _fresh(session, PublisherMember)
    remove = f"/publish/tangsel/people/{member.id}/remove"
    answer = owner.post_form("/publish/tangsel/people", {}, to=remove)
    assert answer.status_code == 409
    assert "satu-satunya" in words_of(answer)
    token = _invite(owner, role="owner")
    browse(app, account=world.stranger).post_form(f"/publish/invitations/{token}")
    assert owner.post_form("/publish/tangsel/people", {}, to=remove).status_code == 303
    assert owner.get("/publish/tangsel").status_code == 404


def test_own_keys_are_added_and_revoked(app: LumbungFlask, session: Db, world: World, publisher: Publisher) -> None:
    owner, path = _owner(app, world), "/publish/tangsel/keys"
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert owner.post_form(path, {"name": "Laptop", "public_key": pem}).status_code == 303
    again = {"name": "Laptop", "public_key": b64encode(public.public_bytes_raw()).decode()}
    assert owner.post_form(path, again).status_code == 409
    session.rollback()
    key = next(found for found in list_keys(session, publisher) if found.name == "Laptop")
    assert fingerprint_of(key) in owner.get(path).text
    assert owner.post_form(path, {}, to=f"{path}/{key.id}/revoke").status_code == 303
    assert "Dicabut" in words_of(owner.get(path))
    assert owner.post_form(path, {}, to=f"{path}/{key.id}/revoke").status_code == 409


@pytest.mark.parametrize(
    "text", ["", "abc", "AAAA", "x" * 44, "-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----"]
)
def test_what_is_no_key_is_told(app: LumbungFlask, world: World, publisher: Publisher, text: str) -> None:
    answer = _owner(app, world).post_form("/publish/tangsel/keys", {"name": "Laptop", "public_key": text})
    assert answer.status_code == 422
    assert 'href="#f-public_key"' in answer.text


def test_a_token_is_shown_once_and_kept_as_a_digest(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    owner, path = _owner(app, world), "/publish/tangsel/tokens"
    answer = owner.post_form(path, {"name": "Laptop", "days": "90"})
    text = "lbg_" + answer.text.split('lb-copy-value">lbg_', 1)[1].split("<")[0]
    (token,) = _fresh(session, PublishToken)
    assert token.token_digest == digest_of(text)
    assert text not in owner.get(path).text
    assert owner.post_form(path, {"name": "", "days": "7"}).status_code == 422
    assert owner.post_form(path, {}, to=f"{path}/{token.id}/revoke").status_code == 303
    assert "Dicabut" in words_of(owner.get(path))


def test_another_publishers_keys_tokens_and_people_are_not_found(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    approved_publisher(session, world.surabaya.accounts["admin"], slug="surabaya", name="Kota Surabaya")
    (key,) = list_keys(session, publisher)
    member = session.scalars(select(PublisherMember).where(PublisherMember.publisher_id == publisher.id)).one()
    other, base = browse(app, account=world.surabaya.accounts["admin"]), "/publish/surabaya"
    assert other.post_form(f"{base}/keys", {}, to=f"{base}/keys/{key.id}/revoke").status_code == 404
    assert other.post_form(f"{base}/people", {}, to=f"{base}/people/{member.id}/remove").status_code == 404
    assert other.post_form(f"{base}/keys", {}, to=f"/publish/tangsel/keys/{key.id}/revoke").status_code == 404
