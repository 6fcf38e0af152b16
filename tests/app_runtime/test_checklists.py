"""Checklists: each item with its files by the applicant and a verdict by an official, asked again where refused."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app_runtime.checklists.expanding import with_items
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordFile
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant
from lumbung.errors import Conflict
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions, Stage
from tests.app_runtime.test_pages_form import photo, upload
from tests.browsing import browse, words_of
from tests.checklist_app import PERMITS
from tests.small_app import codes_of, enable_small, failures_of, small_definition
from tests.world import World

SCENARIO = """
given: {}
when:
  - create:
      as: public
      record: permit
      id: a
      values: {business: Warung, documents: {ktp: ktp.jpg, lease-deed: sewa.pdf}}
  - act:
      as: clerk
      on: a
      action: judge
      values: {documents: {ktp: {verdict: accepted}, lease-deed: {verdict: refused, note: Buram}}}
  - act: {as: clerk, on: a, action: send_back}
"""


def test_documents_are_judged_one_by_one_and_only_what_was_refused_is_asked_again(session: Sessions) -> None:
    scenario = (
        SCENARIO
        + """
  - act: {as: resident, on: a, action: complete, values: {documents: {lease-deed: baru.pdf}}}
then:
  - state: {a: received}
  - value: {a.documents.ktp.verdict: accepted, a.documents.lease-deed.files: [baru.pdf], a.documents.complete: false}
  - value: {a.documents.waiting: [lease-deed], a.documents.refused: [], a.documents.missing: []}
  - cannot: {act: pass, on: a, as: clerk, because: condition}
  - cannot: {act: judge, on: a, as: clerk, because: required, values: {documents: {ktp: {verdict: accepted}}}}
"""
    )
    assert failures_of(session, PERMITS, scenario) == ""
    whole = scenario.partition("then:")[0] + (
        "  - act: {as: clerk, on: a, action: judge, values: {documents: {ktp: {verdict: accepted}, lease-deed:"
        " {verdict: accepted}}}}\n  - act: {as: clerk, on: a, action: pass}\nthen: [{state: {a: passed}}]\n"
    )
    assert failures_of(session, PERMITS, whole) == ""


def test_nobody_gives_what_is_anothers_to_give(session: Sessions) -> None:
    scenario = (
        SCENARIO
        + """
then:
  - cannot: {act: complete, on: a, as: resident, because: invalid, values: {documents: {ktp: lain.jpg}}}
  - cannot:
      act: complete
      on: a
      as: resident
      because: invalid
      values: {documents: {lease-deed: {verdict: accepted}}}
  - hidden: {as: chief, on: a, fields: [documents]}
"""
    )
    assert failures_of(session, PERMITS, scenario) == ""
    silent = SCENARIO.replace(", note: Buram", "") + "then: []\n"
    assert "mended" in failures_of(session, PERMITS, silent)
    judged = SCENARIO.replace("ktp: ktp.jpg", "ktp: {files: ktp.jpg, verdict: accepted}") + "then: []\n"
    assert failures_of(session, PERMITS, judged) != ""


def test_a_verdict_is_on_the_files_that_were_seen(session: Sessions, world: World) -> None:
    again = (
        "    add: {label: {id: Tambah, en: Add}, from: received, by: [resident], asks: {documents: {}}}\n    send_back:"
    )
    name = "records/permit.yaml"
    files = {**PERMITS, name: PERMITS[name].replace(b"    send_back:", again.encode())}
    installation = enable_small(session, world, files, roles=[("handler", "clerk")])
    with as_tenant(session, world.tangsel.id):
        stage = Stage(session, world.tangsel, installation)
        sent = {"business": "Warung", "documents": {"ktp": "ktp.jpg", "lease-deed": "sewa.pdf"}}
        made = create_record(session, installation, stage.citizen(), "permit", sent, channel="scenario")
        accepted, refused = {"verdict": "accepted"}, {"verdict": "refused", "note": "Buram"}
        stage.act(made.record, "handler", "judge", documents={"ktp": refused, "lease-deed": accepted})
        seen, resident = made.record.version, stage.citizen(made.tracking_code)
        stage.act(made.record, resident, "add", documents={"ktp": "lain.jpg"})
        verdicts = {"documents": {"ktp": accepted, "lease-deed": accepted}}
        clerk = stage.actor("handler")
        with pytest.raises(Conflict):
            take_action(session, made.record, clerk, "judge", verdicts, expected_version=seen, channel="scenario")
        newest = made.record.version
        take_action(session, made.record, clerk, "judge", verdicts, expected_version=newest, channel="scenario")


def test_a_citizen_sends_documents_and_follows_what_became_of_each(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    enable_small(session, world, PERMITS, roles=[("admin", "clerk"), ("head", "chief")])
    visitor = browse(app, world.tangsel.host)
    form = visitor.get("/izin/ajukan").text
    assert 'name="documents:ktp"' in form
    assert "Foto yang jelas." in form
    assert "putusan" not in form
    refused = visitor.post_form("/izin/ajukan", {"business": "Warung", "documents:ktp": upload(photo())})
    assert refused.status_code == 422
    assert "Bukti sewa" in words_of(refused)
    sent = visitor.post_form(
        "/izin/ajukan",
        {
            "business": "Warung",
            "documents:ktp": upload(photo()),
            "documents:lease-deed": upload(photo("blue")),
            "documents:ktp:verdict": "accepted",
        },
    )
    assert sent.status_code == 303
    done = visitor.get(sent.location).text
    code = done.split("/track/")[1].split('"')[0].split("?")[0]
    with as_tenant(session, world.tangsel.id):
        record = session.scalars(select(Record)).one()
        fields = set(session.scalars(select(RecordFile.field)))
        session.commit()
    assert fields == {"documents:ktp", "documents:lease-deed"}
    assert "documents:ktp:verdict" not in record.private
    assert record.data == {"business": "Warung"}
    clerk, page = browse(app, world.tangsel.host, world.tangsel.accounts["admin"]), f"/work/izin/{record.id}"
    shown = clerk.get(page).text
    assert "KTP: putusan" in shown
    assert "Denah: putusan" not in shown  # Nothing came that could be judged.
    silent = clerk.post_form(
        page,
        {"judge.documents:ktp:verdict": "accepted", "judge.documents:lease-deed:verdict": "refused"},
        to=f"{page}/act/judge",
    )
    assert silent.status_code == 422
    assert "Tulis apa yang harus diperbaiki" in words_of(silent)
    told = clerk.post_form(
        page,
        {
            "judge.documents:ktp:verdict": "accepted",
            "judge.documents:lease-deed:verdict": "refused",
            "judge.documents:lease-deed:note": "Tanda tangan tidak terbaca",
        },
        to=f"{page}/act/judge",
    )
    assert told.status_code == 303
    assert clerk.post_form(page, {}, to=f"{page}/act/send_back").status_code == 303
    tracked = visitor.get(f"/track/{code}")
    words = words_of(tracked)
    assert "Bukti sewa: putusan Perlu diperbaiki" in words
    assert "Tanda tangan tidak terbaca" in words
    assert 'name="documents:lease-deed"' in tracked.text
    assert 'name="documents:ktp"' not in tracked.text
    assert 'name="documents:plan"' in tracked.text
    chief = browse(app, world.tangsel.host, world.tangsel.accounts["head"])
    assert "KTP" not in chief.get(page).text


def test_items_follow_the_settings_and_a_definition_without_checklists_stays_as_it_is() -> None:
    definition = small_definition(PERMITS)
    rows = {"documents": {"npwp": {"name": "NPWP", "required": True}}}
    expanded = with_items(definition, rows)
    kind = expanded.records["permit"]
    assert [name for name in kind.fields if ":" in name] == [
        "documents:npwp",
        "documents:npwp:verdict",
        "documents:npwp:note",
    ]
    assert kind.workflow is not None
    assert list(kind.workflow.actions["complete"].asks) == ["documents:npwp"]
    assert list(kind.workflow.actions["judge"].asks) == ["documents:npwp:verdict", "documents:npwp:note"]
    assert expanded.pages["ajukan"].steps["one"].fields == ("business", "documents:npwp")
    assert with_items(definition, rows) is expanded
    files = {name: data for name, data in PERMITS.items() if not name.startswith("pages/")}
    plain = small_definition({**files, "records/permit.yaml": _without_checklist()})
    assert with_items(plain, rows) is plain


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("verdict_by: [clerk]", "verdict_by: [clark]", "unknown-role"),
        ("    verdict_by: [clerk]\n", "", "missing-key"),
        ("items: settings.documents", "items: settings.dokumen", "unknown-table"),
        ("by: [clerk], asks: {documents", "by: [chief], asks: {documents", "checklist-asked-of-others"),
        ("by: [resident]\n      asks", "by: [resident, clerk]\n      asks", "checklist-asked-of-others"),
        ("record.documents.complete", "record.documents.done", "expression-unknown-name"),
    ],
)
def test_a_checklist_that_cannot_work_is_told_so(before: str, after: str, code: str) -> None:
    text = PERMITS["records/permit.yaml"].decode()
    assert before in text
    assert code in codes_of({**PERMITS, "records/permit.yaml": text.replace(before, after).encode()})


def _without_checklist() -> bytes:
    text = PERMITS["records/permit.yaml"].decode()
    start, end = text.index("  documents:"), text.index("access:")
    text = text[:start] + text[end:]
    for word in (", documents", "asks: {documents: {required: true}}", "asks: {documents: {}}"):
        text = text.replace(word, "" if word.startswith(", ") else "asks: {}")
    return (
        text.replace(", when: size(record.documents.refused) > 0", "")
        .replace(", when: record.documents.complete", "")
        .encode()
    )
