"""Numbers of the population register in records that move to another version: they stay whole, and sealed."""

from __future__ import annotations

import pytest

from app_catalog.installations.models import Installation
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.records.niks import nik_fields, open_sealed
from app_runtime.records.running_app import app_of_record
from app_runtime.upgrades.running import start_undo
from lumbung.db import as_tenant
from tests.app_runtime.stage import Sessions
from tests.small_app import enable_small, finish_move, move_small, next_small, small_files
from tests.world import World

PERSON = """
name: {id: Warga, en: Person}
title: record.about
fields:
  about: {type: text, required: true, label: {id: Perihal, en: About}}
  nik: {type: nik, label: {id: NIK, en: NIK}}
  open_nik: {type: nik, private: false, label: {id: NIK pejabat, en: NIK of an official}}
  child:
    type: group
    private: true
    label: {id: Anak, en: Child}
    fields: {name: {type: text, label: {id: Nama, en: Name}}, nik: {type: nik, label: {id: NIK, en: NIK}}}
access: {clerk: {create: {}, read: {rows: all}, update: {fields: all}}}
workflow:
  start: kept
  states: {kept: {label: {id: Ada, en: Kept}}, gone: {label: {id: Hilang, en: Gone}, end: other}}
  actions: {drop: {from: kept, to: gone, by: [clerk]}}
"""
FILES = small_files({"person": PERSON}, app_id="warga")
RENAMED = (
    PERSON.replace("  nik: {type: nik,", "  register: {type: nik, required: true,")
    .replace("  open_nik:", "  office_nik:")
    .replace("  child:\n", "  baby:\n")
    .replace(
        "nik: {type: nik, label: {id: NIK, en: NIK}}}", "nik: {type: nik, required: true, label: {id: NIK, en: NIK}}}"
    )
)
NIKS = {"nik": "3674010203040005", "open_nik": "3674016203040009", "child.nik": "3674010203040007"}
AFTER = {"register": NIKS["nik"], "office_nik": NIKS["open_nik"], "baby.nik": NIKS["child.nik"]}
MAPPED = {"nik": "register", "open_nik": "office_nik", "child": "baby"}


@pytest.fixture
def persons(session: Sessions, world: World) -> Installation:
    return enable_small(session, world, FILES)


def whole(session: Sessions, record: Record) -> dict[str, str | None]:
    """All numbers of the record, in the clear."""
    session.refresh(record)
    kind = app_of_record(session, record).record_type(record.record_type)
    assert not any(number in str((record.data, record.private)) for number in NIKS.values())
    return {path: open_sealed(record, path) for path in nik_fields(kind)}


def test_numbers_keep_their_digits_in_a_field_of_another_name_and_back(
    session: Sessions, world: World, persons: Installation
) -> None:
    sent = {"about": "Surat", "nik": NIKS["nik"], "open_nik": NIKS["open_nik"]}
    with as_tenant(session, world.tangsel.id):
        child = {"name": "Ani", "nik": NIKS["child.nik"]}
        record = create_record(session, persons, SYSTEM, "person", {**sent, "child": child}, channel="api").record
        session.commit()
        assert whole(session, record) == NIKS
        digest = record.definition_digest
    release = next_small(session, world, persons, small_files({"person": RENAMED}, app_id="warga"))
    with as_tenant(session, world.tangsel.id):
        move = move_small(
            session, persons, "person", before=digest, after=release.digest, states=("kept",), fields=MAPPED
        )
        assert (move.moved, move.refused) == (1, 0)
        assert whole(session, record) == AFTER
        sealed = [key for key in record.private if key.startswith("_nik:")]
        assert sorted(sealed) == sorted(f"_nik:{path}" for path in AFTER)
        start_undo(session, move)
        finish_move(session, move)
        assert whole(session, record) == NIKS
