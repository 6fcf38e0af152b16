"""A small app whose form is asked for page by page: conditions, photos, a NIK and a list."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from tests.small_app import enable_small, small_files
from tests.world import World

FORM = "/surat/apply"
RECORD = """
    name: {id: Permohonan, en: Application}
    number: {pattern: "P-{seq:03}"}
    title: record.subject
    fields:
      subject: {type: text, required: true, max: 60, label: {id: Perihal, en: Subject}}
      kind:
        type: choice
        required: true
        label: {id: Jenis, en: Kind}
        options: {stall: {id: Lapak, en: Stall}, board: {id: Papan nama, en: Board}}
      width:
        type: integer
        visible_when: "record.kind == 'board'"
        required_when: "record.kind == 'board'"
        label: {id: Lebar, en: Width}
      height: {type: integer, visible_when: "record.width > 3", required: true, label: {id: Tinggi, en: Height}}
      area: {type: integer, computed: "record.width * record.height", label: {id: Luas, en: Area}}
      tags:
        type: choices
        default: [day]
        label: {id: Waktu, en: Time}
        options: {day: {id: Siang, en: Day}, night: {id: Malam, en: Night}}
      nik: {type: nik, private: true, required: true, label: {id: NIK, en: NIK}}
      contact:
        type: group
        private: true
        label: {id: Kontak, en: Contact}
        fields:
          name: {type: text, required: true, label: {id: Nama, en: Name}}
          family: {type: nik, label: {id: NIK keluarga, en: NIK of a relative}}
          phone: {type: phone, visible_when: "record.kind == 'stall'", label: {id: Telepon, en: Telephone}}
      photos: {type: files, accept: [image/*], max_count: 3, label: {id: Foto, en: Photos}}
      goods:
        type: list
        label: {id: Barang, en: Goods}
        fields: {what: {type: text, required: true, label: {id: Nama barang, en: Name of the goods}}}
      note:
        type: long_text
        visible_when: "size(record.photos) > 0"
        label: {id: Keterangan foto, en: About the photos}
    access:
      public: {create: {}}
      resident: {read: {rows: own, fields: [subject, area]}}
      clerk: {read: {rows: all}}
"""
PAGE = """
    kind: form
    for: public
    record: application
    title: {id: Ajukan, en: Apply}
    steps:
      what: {label: {id: Yang diajukan, en: What you apply for}, fields: [subject, kind, photos]}
      size: {label: {id: Ukuran, en: Size}, fields: [width, height]}
      more: {label: {id: Rincian, en: Details}, fields: [tags, goods, note]}
      you: {label: {id: Diri Anda, en: About you}, fields: [nik, contact]}
"""
"""The whole form of one page is the same with `paged: false`."""


def step_files(page: str = PAGE, record: str = RECORD) -> dict[str, bytes]:
    """The files of the package."""
    return small_files({"application": record}, pages={"apply": page})


def enable_steps(session: scoped_session[Session], world: World, page: str = PAGE, **options: Any) -> Installation:
    """The app at work in Tangsel; committed."""
    return enable_small(session, world, step_files(page), **options)
