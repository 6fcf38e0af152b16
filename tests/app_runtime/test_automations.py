"""What happens by itself: every day, for each child, as a new record, and to other systems."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import func, select

from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordHistory, RecordHistoryPrivate
from app_runtime.schedules.running import note_due_schedules
from lumbung import outgoing
from lumbung.db import as_tenant, set_clock
from lumbung.outbox import Effect, drain
from lumbung.outgoing import AddressRefusedError, post_json
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.test_children_together import actor
from tests.small_app import codes_of, enable_small, failures_of, small_files
from tests.world import World

CASE = """
name: {id: Berkas, en: Case}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  reminded: {type: integer, label: {id: Diingatkan, en: Reminded}}
  seen: {type: boolean, label: {id: Dilihat, en: Seen}}
access: {clerk: {create: {fields: [subject]}, read: {rows: all}}}
workflow:
  start: open
  states:
    open: {label: {id: Terbuka, en: Open}}
    kept: {label: {id: Disimpan, en: Kept}, end: success}
    off: {label: {id: Batal, en: Off}, end: other}
  actions:
    keep: {from: open, to: kept, by: [clerk]}
    cancel: {from: open, to: off, by: [clerk]}
    ask: {from: open, by: [clerk], fan_out: {record: task, per: settings.units, with: {name: each}}}
automations:
  remind: {on: {schedule: daily, at: "07:00"}, when: record.subject != 'diam', set: {reminded: record.reminded + 1}}
  review: {on: {schedule: monthly, day: 1, at: "06:00"}, states: [kept], set: {seen: "true"}}
  withdraw: {on: action.cancel, for_each: children.task, act: drop}
  mark: {on: action.keep, for_each: children.task, set: {name: record.subject}}
  log: {on: [state.kept, updated], create: entry, with: {text: record.subject}}
"""
TASK = """
name: {id: Tugas, en: Task}
title: record.name
fields: {name: {type: text, label: {id: Nama, en: Name}}}
access: {clerk: {read: {rows: all}}}
workflow:
  start: open
  states: {open: {label: {id: Terbuka, en: Open}}, gone: {label: {id: Gugur, en: Gone}, end: other}}
  actions: {drop: {from: open, to: gone, by: []}}
"""
ENTRY = """
name: {id: Catatan, en: Entry}
number: {pattern: "C/{seq:03}"}
title: record.text
fields: {text: {type: text, label: {id: Isi, en: Text}}}
access: {clerk: {read: {rows: all}}}
"""
SETTINGS = """
settings:
  units: {type: table, columns: {name: {type: text}}, default: {a: {name: A}, b: {name: B}}}
  hook: {type: text, max: 300, secret: true, label: {id: Alamat, en: Address}}
  hook_key: {type: text, max: 300, secret: true, label: {id: Kunci, en: Key}}
"""
RECORDS = {"case": CASE, "task": TASK, "entry": ENTRY}
FILES = small_files(RECORDS, app=SETTINGS, app_id="berkas")
CALLING = small_files(
    {
        **RECORDS,
        "case": CASE + "  tell: {on: created, call: {address: hook, key: hook_key}, with: {subject: record.subject}}\n",
    },
    app=SETTINGS,
    app_id="berkas",
)
START = "given: {calendar: {start: 2026-01-05T08:00+07:00}}\nwhen:\n"
CREATED = START + "  - create: {as: clerk, record: case, id: a, values: {subject: Izin}}\n"
FIRST_DAY = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def test_a_schedule_comes_once_a_day_while_the_record_is_open(session: Sessions) -> None:
    three = CREATED + "  - wait: P3D\nthen:\n  - value: {a.reminded: 3}\n"
    assert failures_of(session, FILES, three) == ""
    closed = (
        CREATED
        + "  - wait: P1D\n  - act: {as: clerk, on: a, action: keep}\n  - wait: P3D\nthen:\n  - value: {a.reminded: 1}\n"
    )
    assert failures_of(session, FILES, closed) == ""
    silent = CREATED.replace("Izin", "diam") + "  - wait: P3D\nthen:\n  - value: {a.reminded: 0}\n"
    assert failures_of(session, FILES, silent) == ""


def test_a_schedule_of_states_comes_to_closed_records_too(session: Sessions) -> None:
    kept = CREATED + "  - act: {as: clerk, on: a, action: keep}\n  - wait: P28D\nthen:\n  - value: {a.seen: true}\n"
    assert failures_of(session, FILES, kept) == ""
    still = CREATED + "  - wait: P28D\nthen:\n  - value: {a.seen: false}\n"
    assert failures_of(session, FILES, still) == ""


def test_an_effect_reaches_each_child(session: Sessions) -> None:
    asked = CREATED + "  - act: {as: clerk, on: a, action: ask}\n"
    gone = (
        asked
        + "  - act: {as: clerk, on: a, action: cancel}\nthen:\n  - state: {'a.task[1]': gone, 'a.task[2]': gone}\n"
    )
    assert failures_of(session, FILES, gone) == ""
    marked = (
        asked
        + "  - act: {as: clerk, on: a, action: keep}\n"
        + "then:\n  - value: {'a.task[1].name': Izin, 'a.task[2].name': Izin}\n"
    )
    assert failures_of(session, FILES, marked) == ""


def test_an_automation_makes_a_record_of_another_type(session: Sessions) -> None:
    kept = CREATED + "  - act: {as: clerk, on: a, action: keep}\nthen:\n  - count: {entry: 1, case: 1}\n"
    assert failures_of(session, FILES, kept) == ""


def test_what_automations_name_is_looked_for_where_it_is() -> None:
    for old, new, code in (
        ("act: drop", "act: keep", "unknown-action"),
        ("for_each: children.task, act", "for_each: children.work, act", "unknown-children"),
        ("set: {name: record.subject}", "set: {subject: record.subject}", "unknown-settable"),
        ("create: entry", "create: note", "unknown-record"),
        ('at: "07:00"', 'at: "7.00"', "wrong-kind"),
        ("schedule: monthly, day: 1,", "schedule: monthly,", "wrong-kind"),
        ("create: entry, with", "call: {address: hook, key: kunci}, with", "unknown-secret"),
    ):
        assert old in CASE
        files = small_files({**RECORDS, "case": CASE.replace(old, new, 1)}, app=SETTINGS)
        assert code in codes_of(files), (new, codes_of(files))


def test_a_worker_that_slept_does_every_moment_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    with set_clock(FIRST_DAY - timedelta(hours=3)):
        installation = enable_small(session, world, FILES, roles=[("admin", "clerk")])
        with as_tenant(session, world.tangsel.id):
            clerk = actor(session, world, installation, "admin")
            made = [create_record(session, installation, clerk, "case", {"subject": f"Berkas {n}"}) for n in range(60)]
            session.commit()
            ids = [one.record.id for one in made]
    with set_clock(FIRST_DAY + timedelta(days=2)):
        for _ in range(2):
            with as_tenant(session, world.tangsel.id):
                note_due_schedules(session, world.tangsel.id)
                session.commit()
            drain(app)
    with as_tenant(session, world.tangsel.id):
        rows = session.scalars(select(Record).where(Record.id.in_(ids)).execution_options(populate_existing=True)).all()
        assert {row.data["reminded"] for row in rows} == {3}
        noted = session.scalars(
            select(RecordHistory.created_at).where(
                RecordHistory.record_id == ids[0], RecordHistory.kind == "automation"
            )
        ).all()
        assert [at.astimezone(UTC).hour for at in sorted(noted)] == [0, 0, 0]
        failed = select(func.count()).select_from(Effect).where(Effect.status != "done", Effect.kind == "run_schedule")
        assert session.scalar(failed) == 0


SAME_MINUTE = """
name: {id: Catatan, en: Note}
title: record.trail
fields: {trail: {type: text, label: {id: Jejak, en: Trail}}}
access: {clerk: {create: {}, read: {rows: all}}}
automations:
  second: {on: {schedule: weekly, day: DAY, at: "07:00"}, set: {trail: record.trail + 'w'}}
  first: {on: {schedule: daily, at: "07:00"}, set: {trail: record.trail + 'd'}}
"""


def test_schedules_of_one_minute_come_once_each_in_one_order(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    files = small_files({"note": SAME_MINUTE.replace("DAY", f"{FIRST_DAY:%A}".lower())})
    start = (FIRST_DAY - timedelta(hours=3)).isoformat()
    played = f"""
        given: {{calendar: {{start: {start}}}}}
        when:
          - create: {{as: clerk, record: note, id: a, values: {{trail: x}}}}
          - wait: PT10H
        then:
          - value: {{a.trail: xdw}}
    """
    assert failures_of(session, files, played) == ""
    with set_clock(FIRST_DAY - timedelta(hours=3)):
        installation = enable_small(session, world, files, roles=[("admin", "clerk")])
        with as_tenant(session, world.tangsel.id):
            made = create_record(
                session, installation, actor(session, world, installation, "admin"), "note", {"trail": "x"}
            )
            session.commit()
            record_id = made.record.id
    with set_clock(FIRST_DAY + timedelta(hours=8)):
        with as_tenant(session, world.tangsel.id):
            note_due_schedules(session, world.tangsel.id)
            session.commit()
        drain(app)
    with as_tenant(session, world.tangsel.id):
        row = session.scalars(
            select(Record).where(Record.id == record_id).execution_options(populate_existing=True)
        ).one()
        assert row.data["trail"] == "xdw"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A server on this machine that notes what it is sent, and takes the second call only."""
    heard: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers), body))
            self.send_response(503 if len(heard) == 1 else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_is_signed_and_tried_again(
    app: LumbungFlask, session: Sessions, world: World, listener: tuple[str, list[tuple[dict[str, str], bytes]]]
) -> None:
    address, heard = listener
    secrets = {"hook": address, "hook_key": "kunci rahasia"}
    installation = enable_small(session, world, CALLING, roles=[("admin", "clerk")], secrets=secrets)
    with as_tenant(session, world.tangsel.id):
        clerk = actor(session, world, installation, "admin")
        create_record(session, installation, clerk, "case", {"subject": "Izin"})
        session.commit()
    drain(app)
    with set_clock(datetime.now(UTC) + timedelta(hours=1)):
        drain(app)
        drain(app)
    assert len(heard) == 2
    headers, body = heard[1]
    told = json.loads(body)
    assert (told["event"], told["values"], told["app"]) == ("created", {"subject": "Izin"}, "berkas")
    stamp, signature = (part.split("=", 1)[1] for part in headers["Lumbung-Signature"].split(","))
    expected = hmac.new(b"kunci rahasia", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert signature == expected
    assert heard[0][0]["Lumbung-Delivery"] == headers["Lumbung-Delivery"]
    with as_tenant(session, world.tangsel.id):
        assert session.scalars(select(Effect.status).where(Effect.kind == "call_address")).all() == ["done"]


def test_what_no_json_holds_stops_no_call(session: Sessions, world: World) -> None:
    odd = {
        "none": "1.0 / double(size(record.subject) - 4)", "kind": "type(record.subject)", "text": "'a\\x00b'",
        "bytes": "bytes(record.subject)", "span": "duration('90m')", "rows": "[now, now]", "map": "{1: 0.0 / 0.0}",
    }  # fmt: skip
    told = ", ".join(f"{name}: {json.dumps(source)}" for name, source in odd.items())
    case = CASE + f"  tell: {{on: created, call: {{address: hook, key: hook_key}}, with: {{{told}}}}}\n"
    files = small_files({**RECORDS, "case": case}, app=SETTINGS, app_id="berkas")
    installation = enable_small(session, world, files, roles=[("admin", "clerk")])
    with as_tenant(session, world.tangsel.id):
        create_record(session, installation, actor(session, world, installation, "admin"), "case", {"subject": "Izin"})
        session.commit()
        [kept] = session.scalars(select(RecordHistoryPrivate.values)).all()
    assert set(kept["values"]) == set(odd)
    assert (kept["values"]["none"], kept["values"]["text"], kept["values"]["map"]) == (None, "ab", {"1": None})


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://192.168.1.1:8443/", "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/",
        "http://example.com/", "ftp://example.com/", "https://user:pass@example.com/", "https:///path", "kosong",
        "https://100.64.0.1/", "https://[fd00::1]/", "https://2130706433/", "https://[64:ff9b::10.0.0.1]/",
        "https://[::10.0.0.1]/", "https://[64:ff9b:1::a00:1]/", "https://[fec0::1]/", "https://[::ffff:0:10.0.0.1]/",
    ],
)  # fmt: skip
def test_no_call_leads_into_the_own_network(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        post_json(address, b"{}", {})


def test_an_answer_that_never_ends_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.4)
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        line, _ = server.accept()
        with line, suppress(OSError):
            while not over.wait(0.1):
                line.sendall(b"H")

    thread = threading.Thread(target=drip)
    thread.start()
    begun = time.monotonic()
    try:
        with pytest.raises(ConnectionError):
            post_json(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, loopback=True)
        assert time.monotonic() - begun < 3
    finally:
        over.set()
        thread.join()
        server.close()
