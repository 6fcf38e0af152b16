"""From a region on the hub to an open portal."""

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
from lumbung.i18n import Text
from lumbung.messages import PlatformMessage
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account, AccountMembership
from tenants.calendars.models import CalendarDay, OfficeHours
from tenants.municipalities import checklist as steps
from tenants.municipalities.claims import submit_claim
from tenants.municipalities.decisions import approve_claim, refuse_claim
from tenants.municipalities.errors import AlreadyDecided, ClaimOpen, RegionTaken
from tenants.municipalities.evidence import check_evidence
from tenants.municipalities.first_steps import first_steps
from tenants.municipalities.models import Claim, Municipality, RetiredSlug
from tenants.municipalities.seal import set_seal
from tenants.municipalities.services import change_slug, slug_error
from tenants.people.models import Membership, RoleGrant
from tenants.regions import sections
from tests.browsing import browse, words_of
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


def prepare(session: AnySession, world: World, **values: Any) -> Municipality:
    """Put Tangsel back to preparing."""
    municipality = world.tangsel.municipality
    municipality.status = "preparing"
    for name, value in values.items():
        setattr(municipality, name, value)
    session.commit()
    return municipality


def test_regions_are_searched_and_say_who_takes_part(app: LumbungFlask, world: World) -> None:
    hub = browse(app)
    assert "Kota Tangerang Selatan" in words_of(hub.get("/regions"))
    found = words_of(hub.get("/regions?q=tangsel"))
    assert "Kota Tangerang Selatan" in found
    assert "Ikut serta" in found
    assert "Kota Ambon" in words_of(hub.get("/regions?province=81"))
    assert "Tidak ditemukan" in words_of(hub.get("/regions?q=atlantis"))
    assert hub.get("/regions?q=%00%ff" + "x" * 500).status_code == 200


def test_a_region_leads_to_its_portal_or_to_the_claim(app: LumbungFlask, world: World) -> None:
    hub = browse(app)
    assert "https://tangsel.lumbung.test/" in hub.get("/regions/36.74").text
    assert f"/claim/{AMBON}" in hub.get(f"/regions/{AMBON}").text
    assert hub.get("/regions/99.99").status_code == 404


def test_other_features_add_sections_to_a_region(
    app: LumbungFlask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "_sources", [])
    section = sections.RegionSection(
        title=Text("Bagian uji", "Section"), template="regions/_entry.html", values={"n": 1}
    )
    sections.register_region_section(lambda session, municipality: section)
    hub = browse(app)
    assert "Bagian uji" in words_of(hub.get("/regions/36.74"))
    assert "Bagian uji" not in words_of(hub.get(f"/regions/{AMBON}"))


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
    answer = officer.post("/claim/36.74", {**ANSWERS, "csrf_token": csrf(token.text)})
    assert answer.status_code == 409
    assert "mengundang Anda" in words_of(answer)


def csrf(html: str) -> str:
    return html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


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
    token = csrf(other.get("/claims").text)
    assert other.post(f"/claims/{claim.id}/withdraw", {"csrf_token": token}).status_code == 404
    owner = browse(app, account=world.stranger)
    assert owner.post_form("/claims", to=f"/claims/{claim.id}/withdraw").status_code == 303
    session.expire_all()
    assert claim.status == "withdrawn"


def test_another_slug_retires_the_old_one_for_good(app: LumbungFlask, session: AnySession, world: World) -> None:
    operator = browse(app, account=world.operator)
    path = "/operator/municipalities/36.74"
    assert operator.post_form(path, {"slug": "tangerang-selatan"}, to=f"{path}/slug").status_code == 303
    assert browse(app, "tangsel.lumbung.test").get("/seal").status_code == 421
    session.expire_all()
    assert slug_error(session, "tangsel", municipality_id=world.surabaya.id) is not None
    assert slug_error(session, "tangsel", municipality_id=world.tangsel.id) is None
    with pytest.raises(Invalid):
        change_slug(session, world.surabaya.municipality, "tangsel")
    assert operator.post_form(path, {"slug": "surabaya"}, to=f"{path}/slug").status_code == 422


def test_a_suspended_portal_answers_nobody_until_it_continues(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    operator = browse(app, account=world.operator)
    path = "/operator/municipalities/36.74"
    operator.post_form(path, to=f"{path}/status")
    assert browse(app, world.tangsel.host).get("/").status_code == 421
    assert operator.post_form(path, to=f"{path}/status").status_code == 303
    assert browse(app, world.tangsel.host).get("/").status_code != 421


def test_residents_wait_while_officials_prepare(
    app: LumbungFlask, session: AnySession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is run for residents is told by the layer that it lives in; one page is lent to it here.
    monkeypatch.setattr(app.view_functions["manage.seal"], "__module__", "app_runtime.pages.views")
    resident = browse(app, world.tangsel.host)
    assert resident.get("/seal").status_code == 404
    prepare(session, world, contact_phone="(021) 555")
    page = resident.get("/seal")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "3600")
    assert "sedang disiapkan" in words_of(page)
    assert "(021) 555" in words_of(page)
    assert resident.get("/brand.css").status_code == 200
    assert resident.get("/manage").status_code == 302
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert admin.get("/seal").status_code == 404
    assert "Portal belum dibuka" in words_of(admin.get("/manage"))


def test_the_checklist_lets_the_portal_open_when_it_is_done(
    app: LumbungFlask, session: AnySession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_sources", [first_steps])
    ready: list[bool] = []

    def app_step(session: Any, municipality: Municipality) -> list[steps.ChecklistItem]:
        title = Text("Aplikasi pertama", "First app")
        return [
            steps.ChecklistItem(
                id="app", title=title, what=title, href="/manage/apps", done=bool(ready), needed=True, order=80
            )
        ]

    steps.register_checklist_item(app_step)
    prepare(session, world, centre_lon=None)
    with as_tenant(session, world.tangsel.id):
        session.add(
            CalendarDay(tenant_id=world.tangsel.id, day=date(now().year, 8, 17), name="Merdeka", kind="national")
        )
        session.commit()
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    token = csrf(admin.get("/manage").text)
    refused = admin.post("/manage/open", {"csrf_token": token})
    assert refused.status_code == 409
    assert "Letak di peta" in words_of(refused)
    assert "Aplikasi pertama" in words_of(refused)
    place = {"place.text": "-6.29, 106.71", "brand_colour": "#224466"}
    assert admin.post_form("/manage/municipality", place).status_code == 303
    ready.append(True)
    assert "Buka portal" in words_of(admin.get("/manage"))
    assert admin.post_form("/manage", to="/manage/open").status_code == 303
    session.expire_all()
    municipality = session.get(Municipality, world.tangsel.id)
    assert municipality is not None
    assert (municipality.status, municipality.activated_at is not None) == ("active", True)
    assert (municipality.centre_lon, municipality.centre_lat) == (106.71, -6.29)


@pytest.mark.parametrize("path", ["/manage", "/manage/municipality", "/manage/agencies", "/manage/people"])
def test_only_admins_manage(app: LumbungFlask, world: World, path: str) -> None:
    place = world.tangsel
    assert browse(app, place.host, place.accounts["handler"]).get(path).status_code == 403
    assert browse(app, place.host, world.surabaya.accounts["admin"]).get(path).status_code == 403
    assert browse(app, place.host).get(path).status_code == 302
