"""Evidence of evaluations: what is taken, who reads it, and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.evaluations.evidence import MOST_BYTES, MOST_FILES, _is_workbook
from app_catalog.evaluations.models import SubmittedEvaluation
from lumbung.db import as_tenant, set_clock
from lumbung.files import StoredFile, attach_file, collect_garbage, store_file
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.campaign_stage import COMPLAINTS, TODAY, answers, ask_about_siaran, run_siaran
from tests.browsing import Browser, browse, words_of
from tests.world import World

Sessions = scoped_session[Session]
HUB = "lumbung.test"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (30, 120, 80)).save(out, "JPEG")
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "bulan"
    book.save(out)
    return out.getvalue()


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@pytest.fixture
def campaign(app: LumbungFlask, session: Sessions, world: World) -> Campaign:
    run_siaran(session, world, world.tangsel, world.surabaya)
    return ask_about_siaran(session, world)


@pytest.fixture
def evaluator(app: LumbungFlask, world: World) -> Browser:
    return browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])


@pytest.fixture
def path(evaluator: Browser, campaign: Campaign) -> str:
    with set_clock(TODAY):
        begun = evaluator.post_form("/manage/evaluations", to=f"/manage/evaluations/campaigns/{campaign.id}")
    return str(begun.location)


def send(evaluator: Browser, path: str, *files: tuple[bytes, str], criterion: str = "ease", **more: Any) -> Any:
    with set_clock(TODAY):
        sent = {f"evidence_{criterion}": [(io.BytesIO(data), name) for data, name in files]}
        answer = evaluator.post_form(path, {"step": "save", **sent, **more}, content_type="multipart/form-data")
    # What is large lies in a temporary file of the test client.
    answer.request.environ["wsgi.input"].close()
    return answer


def kept(session: Sessions, world: World) -> list[StoredFile]:
    session.rollback()
    with as_tenant(session, world.surabaya.id):
        query = select(StoredFile).where(StoredFile.kind == "evidence", StoredFile.subject_type == "evaluation")
        return list(session.scalars(query.order_by(StoredFile.id)))


def test_pdf_pictures_and_workbooks_are_kept_with_their_criterion_and_can_be_taken_out(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser, path: str
) -> None:
    sent = send(evaluator, path, (PDF, "laporan.pdf"), (picture(), "foto.jpg"), (workbook(), "angka.xlsx"))
    assert sent.status_code == 303, sent.text
    found = kept(session, world)
    assert [file.name for file in found] == ["laporan.pdf", "foto.jpg", "angka.xlsx"]
    ids = [file.id for file in found]
    with set_clock(TODAY):
        page = evaluator.get(path)
        assert all(f"{path}/evidence/{file_id}" in page.text for file_id in ids)
        shown = [evaluator.get(f"{path}/evidence/{file_id}") for file_id in ids]
    assert [answer.headers["Content-Type"].split(";")[0] for answer in shown] == [
        "application/pdf",
        "image/jpeg",
        "application/octet-stream",
    ]
    assert all("no-store" in answer.headers["Cache-Control"] for answer in shown)
    assert send(evaluator, path, remove=[str(ids[0]), "nothing"]).status_code == 303
    assert [file.name for file in kept(session, world)] == ["foto.jpg", "angka.xlsx"]
    assert evaluator.get(f"{path}/evidence/{ids[0]}").status_code == 404


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "bukti.pdf"),
        (b"<script>alert(1)</script>\n%PDF-1.7", "bukti.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "gambar.svg"),
        (b"MZ" + b"\0" * 200, "bukti.xlsx"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "rusak.png"),
        (archive(surat=b"x"), "bukti.xlsx"),
        (archive(**{"[Content_Types].xml": b"macroEnabled", "xl__workbook.xml": b"<x/>"}), "makro.xlsx"),
        (
            archive(**{"[Content_Types].xml": b"<x/>", "xl__workbook.xml": b"<x/>", "xl__vbaProject.bin": b"x"}),
            "m.xlsx",
        ),
        (archive(**{"[Content_Types].xml": b"<x/>", "xl__workbook.xml": b"0" * 101_000_000}), "bom.xlsx"),
        (b"%PDF-1.7" + b"0" * MOST_BYTES, "besar.pdf"),
        (b"", "kosong.pdf"),
    ],
)
def test_what_is_no_evidence_is_refused_and_what_was_written_is_kept(
    session: Sessions, world: World, evaluator: Browser, path: str, data: bytes, name: str
) -> None:
    sent = send(evaluator, path, (data, name), summary="Sudah ditulis panjang.")
    assert sent.status_code == 422
    assert "f-evidence_ease-error" in sent.text
    assert "Sudah ditulis panjang." in evaluator.get(path).text
    assert kept(session, world) == []


def test_a_workbook_is_known_by_what_it_holds() -> None:
    assert _is_workbook(workbook())
    assert not _is_workbook(workbook()[:-30])


def test_a_criterion_holds_five_files(session: Sessions, world: World, evaluator: Browser, path: str) -> None:
    files = [(PDF, f"{number}.pdf") for number in range(MOST_FILES + 1)]
    assert send(evaluator, path, *files).status_code == 422
    assert len(kept(session, world)) == MOST_FILES
    assert send(evaluator, path, (PDF, "lagi.pdf"), criterion="fit").status_code == 303


def test_evidence_stays_when_waste_is_collected_and_goes_when_taken_out(
    session: Sessions, world: World, evaluator: Browser, path: str
) -> None:
    send(evaluator, path, (PDF, "a.pdf"), (picture(), "b.jpg"))
    kept_id, gone_id = (file.id for file in kept(session, world))
    send(evaluator, path, remove=str(gone_id))
    with as_tenant(session, world.surabaya.id), set_clock(TODAY + timedelta(days=3)):
        assert collect_garbage(session) == 2, "The picture and its thumbnail."
        session.commit()
    assert evaluator.get(f"{path}/evidence/{kept_id}").status_code == 200


@pytest.mark.parametrize("public", [False, True])
def test_who_reads_evidence(
    app: LumbungFlask,
    session: Sessions,
    world: World,
    evaluator: Browser,
    path: str,
    campaign: Campaign,
    public: bool,
) -> None:
    send(evaluator, path, (PDF, "laporan.pdf"))
    consent = {"public": "1", "with_evidence": "1" if public else None}
    with set_clock(TODAY):
        assert evaluator.post_form(path, answers(COMPLAINTS, **consent)).status_code == 303
    file = kept(session, world)[0]
    answer = session.scalars(select(CampaignAnswer)).one()
    in_catalog = f"/apps/siaran/evaluations/{answer.id}"
    desk = f"/campaigns/{campaign.id}/answers/{answer.id}"
    for account in (world.tangsel.accounts["admin"], world.operator):
        browser = browse(app, HUB, account)
        for page in (in_catalog, desk):
            assert "laporan.pdf" in browser.get(page).text
            assert browser.get(f"{page}/evidence/{file.id}").data == PDF
    stranger = browse(app, HUB, world.stranger)
    assert ("laporan.pdf" in words_of(stranger.get(in_catalog))) is public
    assert stranger.get(f"{in_catalog}/evidence/{file.id}").status_code == (200 if public else 404)
    assert stranger.get(f"{desk}/evidence/{file.id}").status_code == 404
    other = browse(app, world.tangsel.host, world.tangsel.accounts["evaluator"])
    assert other.get(f"{path}/evidence/{file.id}").status_code == 404


def test_a_submitted_evaluations_evidence_is_frozen(
    session: Sessions, world: World, evaluator: Browser, path: str
) -> None:
    send(evaluator, path, (PDF, "laporan.pdf"))
    with set_clock(TODAY):
        assert evaluator.post_form(path, answers(COMPLAINTS)).status_code == 303
    file = kept(session, world)[0]
    late = send(evaluator, path, (PDF, "lagi.pdf"), remove=str(file.id), csrf_token=None)
    assert late.status_code in (400, 409)
    assert [one.id for one in kept(session, world)] == [file.id]


def test_other_files_of_the_municipality_are_no_evidence(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser, path: str
) -> None:
    with as_tenant(session, world.surabaya.id):
        other = store_file(session, data=PDF, name="x.pdf", content_type="application/pdf", kind="document")
        attach_file(session, other, "record", "some")
        session.commit()
    assert evaluator.get(f"{path}/evidence/{other.id}").status_code == 404
    assert session.scalars(select(SubmittedEvaluation)).all() == []
