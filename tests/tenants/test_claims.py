"""Claiming a region: what an officer sends, and what an operator makes of it."""

from __future__ import annotations

import io
import threading
from datetime import date
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import PlatformAuditEntry
from lumbung.db import as_tenant, db, now
from lumbung.errors import Conflict, Invalid
from lumbung.messages import PlatformMessage
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account, AccountMembership
from tenants.calendars.models import CalendarDay, OfficeHours
from tenants.municipalities.claims import submit_claim
from tenants.municipalities.decisions import approve_claim, refuse_claim
from tenants.municipalities.errors import AlreadyDecided, ClaimOpen, RegionTaken
from tenants.municipalities.evidence import check_evidence
from tenants.municipalities.models import Claim, Municipality, RetiredSlug
from tenants.municipalities.seal import set_seal
from tenants.people.models import Membership, RoleGrant
from tests.browsing import browse, csrf_token, words_of
from tests.world import World

AnySession = scoped_session[Session]
AMBON = "81.71"
ANSWERS: dict[str, Any] = {
    "office": "Dinas Kominfo",
    "position": "Kepala Bidang",
    "evidence": "Surat tugas nomor 12/2026, telepon (0911) 123456",
    "accept_terms": "1",
    "accept_processing": "1",
}


def picture(kind: str = "PNG", mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (600, 700), (10, 120, 80, 0)[: len(mode)]).save(out, kind)
    return out.getvalue()


def claim_of(session: AnySession, account: Account, code: str = AMBON, **changes: Any) -> Claim:
    values = {"office": "Kominfo", "position": "Kabid", "evidence": "Surat", "accepted": True, **changes}
    claim = submit_claim(session, account.id, code, **values)
    session.commit()
    return claim


def test_an_officer_claims_with_a_photo_and_an_operator_sees_it(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    officer = browse(app, account=world.stranger)
    upload = (io.BytesIO(picture("JPEG", "RGB")), "surat.jpg")
    answer = officer.post_form(f"/claim/{AMBON}", {**ANSWERS, "evidence_file": upload})
    assert answer.status_code == 303
    assert "Sedang diperiksa" in words_of(officer.get("/claims"))
    claim = session.scalars(select(Claim)).one()
    assert claim.terms_version == "1"
    operator = browse(app, account=world.operator)
    assert "Kota Ambon" in words_of(operator.get("/operator/claims"))
    assert "Surat tugas nomor 12/2026" in words_of(operator.get(f"/operator/claims/{claim.id}"))
    shown = operator.get(f"/operator/claims/{claim.id}/evidence")
    assert shown.data[:3] == b"\xff\xd8\xff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert officer.get(f"/operator/claims/{claim.id}/evidence").status_code == 403
    assert officer.get("/operator/claims").status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"accept_terms": None}, "Perlu diterima"),
        ({"accept_processing": None}, "Perlu diterima"),
        ({"office": "  "}, "belum diisi"),
        ({"position": "x" * 201}, "Paling banyak 200"),
        ({"evidence_file": (io.BytesIO(b"MZ\x90program"), "surat.pdf")}, "Kirim PDF atau foto"),
        ({"evidence_file": (io.BytesIO(b"<svg onload='x'/>"), "surat.svg")}, "Kirim PDF atau foto"),
        ({"evidence_file": (io.BytesIO(picture()[:200]), "surat.png")}, "rusak"),
    ],
)
def test_a_wrong_claim_is_explained_and_keeps_what_was_typed(
    app: LumbungFlask, session: AnySession, world: World, changes: dict[str, Any], said: str
) -> None:
    officer = browse(app, account=world.stranger)
    answer = officer.post_form(f"/claim/{AMBON}", {**ANSWERS, **changes})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "Surat tugas nomor 12/2026" in answer.text
    assert session.scalars(select(Claim)).all() == []


def test_files_that_are_too_large_are_refused(session: AnySession, world: World) -> None:
    with pytest.raises(Invalid) as evidence:
        check_evidence(b"%PDF-1.7" + b"0" * 5_000_000, "surat.pdf")
    assert "5 MB" in evidence.value.fields["evidence_file"][0]
    with pytest.raises(Invalid) as seal:
        set_seal(session, world.tangsel.municipality, b"\x89PNG\r\n\x1a\n" + b"0" * 2_000_001, name="l.png")
    assert "2 MB" in seal.value.fields["seal"][0]


def test_a_second_open_claim_of_one_person_is_a_conflict(session: AnySession, world: World) -> None:
    claim_of(session, world.stranger)
    with pytest.raises(ClaimOpen):
        claim_of(session, world.stranger)
    session.rollback()
    claim_of(session, world.operator)


def test_a_region_that_takes_part_says_how_to_be_invited(app: LumbungFlask, world: World) -> None:
    officer = browse(app, account=world.stranger)
    page = officer.get("/claim/36.74")
    assert page.status_code == 409
    assert "mengundang Anda" in words_of(page)
    token = officer.get("/claims")
    answer = officer.post("/claim/36.74", {**ANSWERS, "csrf_token": csrf_token(token.text)})
    assert answer.status_code == 409
    assert "mengundang Anda" in words_of(answer)


def test_approving_makes_a_municipality_with_calendar_and_first_admin(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    claim = claim_of(session, world.stranger)
    operator = browse(app, account=world.operator)
    path = f"/operator/claims/{claim.id}"
    assert operator.post_form(path, {"slug": "ambon"}, to=f"{path}/approve").status_code == 303
    session.expire_all()
    municipality = session.scalars(select(Municipality).where(Municipality.region_code == AMBON)).one()
    assert (municipality.slug, municipality.status) == ("ambon", "preparing")
    assert (municipality.timezone, municipality.name) == ("Asia/Jayapura", "Kota Ambon")
    assert municipality.terms_accepted_by == world.stranger.id
    with as_tenant(session, municipality.id):
        member = session.scalars(select(Membership)).one()
        assert member.account_id == world.stranger.id
        roles = session.scalars(select(RoleGrant.role).where(RoleGrant.membership_id == member.id)).all()
        assert sorted(roles) == ["official", "tenant_admin"]
        assert len(session.scalars(select(OfficeHours)).all()) == 5
        days = session.scalars(select(CalendarDay.day)).all()
        assert {day.year for day in days} == {now().year, now().year + 1}
        assert date(now().year, 8, 17) in days
    index = select(AccountMembership.municipality_id).where(AccountMembership.account_id == world.stranger.id)
    assert session.scalars(index).all() == [municipality.id]
    assert "claim.approved" in session.scalars(select(PlatformAuditEntry.action)).all()
    assert "ambon.lumbung.test/manage" in session.scalars(select(PlatformMessage.text)).one()
    admin = browse(app, "ambon.lumbung.test", world.stranger)
    assert admin.get("/manage").status_code == 200
    assert "Siapkan portal" in words_of(browse(app, account=world.stranger).get("/claims"))


@pytest.mark.parametrize("slug", ["", "ab", "www", "Tangsel Kota", "tangsel", "-ambon", "pernah"])
def test_a_slug_that_will_not_do_is_refused_and_nothing_is_founded(
    app: LumbungFlask, session: AnySession, world: World, slug: str
) -> None:
    session.add(RetiredSlug(slug="pernah", municipality_id=world.tangsel.id))
    claim = claim_of(session, world.stranger)
    operator = browse(app, account=world.operator)
    path = f"/operator/claims/{claim.id}"
    answer = operator.post_form(path, {"slug": slug}, to=f"{path}/approve")
    assert answer.status_code == 422
    session.expire_all()
    assert claim.status == "open"
    assert session.scalars(select(Municipality).where(Municipality.region_code == AMBON)).first() is None


def test_refusing_needs_a_reason_that_the_claimant_reads(app: LumbungFlask, session: AnySession, world: World) -> None:
    claim = claim_of(session, world.stranger)
    operator = browse(app, account=world.operator)
    path = f"/operator/claims/{claim.id}"
    assert operator.post_form(path, {"reason": " "}, to=f"{path}/refuse").status_code == 422
    reason = "Surat tugas tidak terbaca."
    assert operator.post_form(path, {"reason": reason}, to=f"{path}/refuse").status_code == 303
    assert reason in words_of(browse(app, account=world.stranger).get("/claims"))
    assert reason in session.scalars(select(PlatformMessage.text)).one()
    again = claim_of(session, world.stranger)
    assert again.status == "open"


def test_after_a_refusal_the_form_shows_the_reason_and_what_was_written(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    claim = claim_of(session, world.stranger)
    officer, other = browse(app, account=world.stranger), browse(app, account=world.surabaya.accounts["admin"])
    operator = browse(app, account=world.operator)
    reason, path = "Surat tugas tidak terbaca.", f"/operator/claims/{claim.id}"
    assert operator.post_form(path, {"reason": reason}, to=f"{path}/refuse").status_code == 303
    form = f"/claim/{claim.region_code}"
    assert f'href="{form}"' in officer.get("/claims").text
    again = officer.get(form)
    assert reason in words_of(again)
    assert claim.office in again.text
    assert claim.evidence in words_of(again)
    assert "checked" not in again.text
    assert reason not in words_of(other.get(form))
    claim_of(session, world.stranger)
    assert f'href="{form}"' not in officer.get("/claims").text


def test_a_decided_claim_is_a_conflict_for_the_second_operator(session: AnySession, world: World) -> None:
    claim = claim_of(session, world.stranger)
    refuse_claim(session, claim.id, operator_id=world.operator.id, reason="Tidak cukup")
    session.commit()
    with pytest.raises(AlreadyDecided):
        approve_claim(session, claim.id, operator_id=world.operator.id, slug="ambon")


def test_two_operators_at_once_decide_once(app: LumbungFlask, session: AnySession, world: World) -> None:
    claim_id, operator_id = claim_of(session, world.stranger).id, world.operator.id
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def decide(approve: bool) -> None:
        with app.app_context():
            try:
                start.wait()
                if approve:
                    approve_claim(db.session, claim_id, operator_id=operator_id, slug="ambon")
                else:
                    refuse_claim(db.session, claim_id, operator_id=operator_id, reason="Tidak cukup")
                db.session.commit()
                outcomes.append("decided")
            except Conflict as error:
                db.session.rollback()
                outcomes.append(error.slug)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide, args=(approve,)) for approve in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["claim-already-decided", "decided"]


def test_the_second_claim_of_a_region_cannot_be_approved(session: AnySession, world: World) -> None:
    first, second = claim_of(session, world.stranger), claim_of(session, world.operator)
    approve_claim(session, first.id, operator_id=world.operator.id, slug="ambon")
    session.commit()
    with pytest.raises(RegionTaken):
        approve_claim(session, second.id, operator_id=world.operator.id, slug="ambon-2")


def test_a_claim_can_be_withdrawn_by_its_owner_only(app: LumbungFlask, session: AnySession, world: World) -> None:
    claim = claim_of(session, world.stranger)
    other = browse(app, account=world.operator)
    token = csrf_token(other.get("/claims").text)
    assert other.post(f"/claims/{claim.id}/withdraw", {"csrf_token": token}).status_code == 404
    owner = browse(app, account=world.stranger)
    assert owner.post_form("/claims", to=f"/claims/{claim.id}/withdraw").status_code == 303
    session.expire_all()
    assert claim.status == "withdrawn"
