"""A small app for tests of checklists: citizens send documents, officials judge each, what is refused comes again."""

from __future__ import annotations

from tests.small_app import small_files

PERMIT = """
name: {id: Izin, en: Permit}
number: {pattern: "IZ/{seq:03}"}
title: record.business
fields:
  business: {type: text, required: true, label: {id: Usaha, en: Business}}
  documents:
    type: checklist
    items: settings.documents
    files_by: [resident]
    verdict_by: [clerk]
    accept: [image/*, application/pdf]
    max_count: 2
    max_size: 5MB
    label: {id: Dokumen, en: Documents}
access:
  public: {create: {fields: [business, documents]}}
  resident: {read: {rows: own, fields: [number, business, documents, state]}}
  clerk: {create: {}, read: {rows: all}, update: {fields: all}}
  chief: {read: {rows: all, fields: [number, business, state]}}
workflow:
  start: received
  states:
    received: {label: {id: Diperiksa, en: Received}}
    incomplete: {label: {id: Perlu dilengkapi, en: Incomplete}}
    passed: {label: {id: Lengkap, en: Complete}, end: success}
  actions:
    judge: {label: {id: Periksa dokumen, en: Judge}, from: received, by: [clerk], asks: {documents: {required: true}}}
    send_back: {from: received, to: incomplete, by: [clerk], when: size(record.documents.refused) > 0}
    complete:
      label: {id: Lengkapi, en: Complete}
      from: incomplete
      to: received
      by: [resident]
      asks: {documents: {}}
    pass: {from: received, to: passed, by: [clerk], when: record.documents.complete}
"""
APP = """
personal_data: {purpose: {id: Memeriksa izin}, basis: public-task, retention: P1Y}
settings:
  documents:
    type: table
    label: {id: Dokumen yang diminta, en: Documents}
    required: true
    columns:
      name: {type: text, required: true, label: {id: Nama, en: Name}}
      required: {type: boolean, label: {id: Wajib, en: Required}}
      help: {type: text, label: {id: Keterangan, en: Help}}
    default:
      ktp: {name: {id: KTP, en: Identity card}, required: true, help: {id: "Foto yang jelas.", en: "A clear photo."}}
      lease-deed: {name: {id: Bukti sewa, en: Lease}, required: true}
      plan: {name: {id: Denah, en: Plan}}
"""
PAGES = {
    "ajukan": """
      kind: form
      for: public
      record: permit
      title: {id: Ajukan izin, en: Apply}
      steps: {one: {label: {id: Permohonan, en: Application}, fields: [business, documents]}}
    """,
    "lacak": """
      kind: track
      for: public
      record: permit
      title: {id: Lacak, en: Track}
      fields: [number, business, documents, state]
    """,
}
PERMITS = small_files({"permit": PERMIT}, app=APP, pages=PAGES, app_id="izin")
