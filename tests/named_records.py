"""Two small apps for tests of fields that name records: jobs with applications, and courses that lead to jobs."""

from __future__ import annotations

from tests.small_app import small_files

JOB = """
name: {id: Lowongan, en: Vacancy}
number: {pattern: "LK/{seq:03}"}
title: record.job
fields:
  job: {type: text, required: true, label: {id: Pekerjaan, en: Job}}
  pay: {type: money, label: {id: Upah, en: Pay}}
  note: {type: text, private: true, label: {id: Catatan, en: Note}}
published: "record.state == 'open'"
access:
  public: {read: {rows: published, fields: [number, job, pay, state]}}
  clerk: {create: {}, read: {rows: all}, update: {fields: all}}
workflow:
  start: received
  states:
    received: {label: {id: Diperiksa, en: Received}}
    open: {label: {id: Dibuka, en: Open}}
    closed: {label: {id: Ditutup, en: Closed}, end: success}
  actions:
    publish: {from: received, to: open, by: [clerk]}
    close: {from: open, to: closed, by: [clerk]}
"""
APPLICATION = """
name: {id: Lamaran, en: Application}
number: {pattern: "LM/{seq:03}"}
title: "'Lamaran ' + record.job.number + ' ' + record.job.title"
fields:
  job: {type: record, record: job, where: {state: open}, required: true, label: {id: Lowongan, en: Vacancy}}
  again: {type: record, record: application, private: true, label: {id: Lamaran sebelumnya, en: Former application}}
  letter: {type: text, label: {id: Surat, en: Letter}}
  pay: {type: money, computed: record.job.pay, label: {id: Upah, en: Pay}}
unique: {once: [job, letter]}
published: "true"
access:
  public: {create: {fields: [job, letter]}, read: {rows: published, fields: [number, job, state]}}
  clerk: {create: {}, read: {rows: all}, update: {fields: all}}
  chief: {read: {rows: all, fields: [number, letter]}}
workflow:
  start: received
  states:
    received: {label: {id: Terkirim, en: Sent}}
    hired: {label: {id: Diterima, en: Hired}, end: success}
  actions:
    hire: {from: received, to: hired, by: [clerk], when: record.job.open}
    move: {from: received, by: [clerk], asks: {job: {required: true}}}
"""
PAGES = {
    "lamar": """
      kind: form
      for: public
      record: application
      title: {id: Lamar, en: Apply}
      steps: {one: {label: {id: Lamaran, en: Application}, fields: [job, letter]}}
    """,
    "lamaran": """
      kind: list
      for: public
      record: application
      title: {id: Daftar lamaran, en: Applications}
      columns: [number, job]
      filters: [job]
    """,
}
APP = """
exports: {job: [number, job]}
personal_data: {purpose: {id: Melamar}, basis: consent, retention: P1Y}
"""
LOKER = small_files({"job": JOB, "application": APPLICATION}, pages=PAGES, app_id="loker", app=APP)

COURSE = """
name: {id: Pelatihan, en: Course}
number: {pattern: "PL/{seq:03}"}
title: record.name
fields:
  name: {type: text, required: true, label: {id: Nama, en: Name}}
  leads_to: {type: record, record: loker/job, label: {id: Menuju lowongan, en: Leads to}}
access:
  public: {read: {rows: all, fields: [number, name, leads_to]}}
  clerk: {create: {}, read: {rows: all}}
"""


def courses(requires: str = ">=1.0") -> dict[str, bytes]:
    """The package of courses, which needs the app of jobs."""
    files = small_files({"course": COURSE}, app_id="kursus")
    return files | {
        "app.yaml": files["app.yaml"].replace(
            b'requires: {lumbung: ">=0.1,<2"}',
            f'requires: {{lumbung: ">=0.1,<2", apps: {{loker: "{requires}"}}}}'.encode(),
        )
    }
