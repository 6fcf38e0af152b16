"""Publishing through the API."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.signing import key_id, new_private_key, public_key_of, sign_digest
from app_catalog.publishers.invitations import accept_invitation, invite
from app_catalog.publishers.keys import add_own_key, list_keys, revoke_key
from app_catalog.publishers.members import list_people, remove_person
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.tokens import create_token, revoke_token
from app_catalog.releases.models import Release
from app_catalog.releases.reading import Package, read_package_archive
from lumbung.db import now, set_clock
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import browse
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]
API = "/api/v1/publishers/tangsel/releases"


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher."""
    return approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)


@pytest.fixture
def token(session: Db, world: World, publisher: Publisher) -> str:
    """A token of its owner."""
    _, text = create_token(session, publisher, account_id=world.tangsel.accounts["admin"].id, name="CI", days=30)
    session.commit()
    return text


def _releases(session: Db) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(Release)).one()


def _post(app: LumbungFlask, archive: bytes, **headers: str) -> Any:
    return browse(app).open("POST", API, data=archive, headers={"Content-Type": "application/zip", **headers})


def test_the_api_answers_with_problem_documents(app: LumbungFlask, session: Db, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    created = _post(app, siaran_zip(), **bearer)
    assert created.status_code == 201
    assert created.json["status"] == "submitted"
    assert created.json["findings"][0]["code"] == "first-release"
    assert created.json["url"] == "https://lumbung.test/apps/siaran/0.9.0"
    assert _post(app, siaran_zip(), **bearer).status_code == 200
    assert _post(app, siaran_zip(x="x"), **bearer).status_code == 409
    broken = _post(app, b"nothing", **bearer)
    assert broken.status_code == 422
    assert broken.content_type == "application/problem+json"
    assert broken.json["problems"][0]["remedy"]["en"]
    assert _post(app, b"\0" * (8 * 1024 * 1024 + 1), **bearer).status_code == 413
    assert _post(app, siaran_zip(version="0.9.1"), **bearer, **{"Lumbung-Signature": "!"}).status_code == 400
    wrong = {"Lumbung-Signature": b64encode(b"x" * 64).decode(), "Lumbung-Key": "ed25519:0"}
    refused = _post(app, siaran_zip(version="0.9.1"), **bearer, **wrong)
    assert refused.status_code == 422
    assert refused.json["errors"]["signature"]
    assert _releases(session) == 1


def test_without_a_good_token_nothing_is_published(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, token: str
) -> None:
    owner = world.tangsel.accounts["admin"]
    revoked, revoked_text = create_token(session, publisher, account_id=owner.id, name="old", days=30)
    revoke_token(session, publisher, token_id=revoked.id)
    with set_clock(now().replace(year=2020)):
        _, expired = create_token(session, publisher, account_id=owner.id, name="expired", days=30)
    other = approved_publisher(session, world.surabaya.accounts["admin"], slug="surabaya", name="Kota Surabaya")
    _, foreign = create_token(session, other, account_id=world.surabaya.accounts["admin"].id, name="x", days=30)
    session.commit()
    assert _post(app, siaran_zip()).status_code == 401
    for text in ("lbg_wrong", revoked_text, expired):
        assert _post(app, siaran_zip(), Authorization=f"Bearer {text}").status_code == 401
    assert _post(app, siaran_zip(), Authorization=f"Bearer {foreign}").status_code == 404
    assert _releases(session) == 0


def test_a_token_ends_with_its_owners_role(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, token: str
) -> None:
    _, link = invite(session, publisher, email="x@tangsel.test", role="owner")
    accept_invitation(session, link, account_id=world.tangsel.accounts["head"].id)
    admin = next(m for m, account in list_people(session, publisher) if account.email.startswith("admin"))
    remove_person(session, publisher, member_id=admin.id)
    session.commit()
    assert _post(app, siaran_zip(), Authorization=f"Bearer {token}").status_code == 401


def test_a_revoked_key_is_refused_over_http(app: LumbungFlask, session: Db, publisher: Publisher, token: str) -> None:
    private = new_private_key()
    key = add_own_key(session, publisher, name="x", public_key=b64encode(public_key_of(private)).decode())
    revoke_key(session, publisher, key_row_id=key.id)
    session.commit()
    assert [k.revoked_at is None for k in list_keys(session, publisher)].count(True) == 1
    package = read_package_archive(siaran_zip())
    assert isinstance(package, Package)
    signed = sign_digest(package.definition.digest, private)
    headers = {"Lumbung-Key": key_id(public_key_of(private)), "Lumbung-Signature": b64encode(signed.value).decode()}
    answer = _post(app, siaran_zip(), Authorization=f"Bearer {token}", **headers)
    assert answer.status_code == 422
    assert "dicabut" in answer.json["errors"]["signature"][0]
