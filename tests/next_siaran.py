"""SIARAN 0.10 for tests: 0.9 with a state less, a field of another name, a shorter deadline and a new setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.archive import write_members
from app_catalog.releases.models import Release
from app_catalog.releases.shelves import approve_release
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import submit_package
from tests.app_catalog.packages import siaran_files
from tests.siaran import add_publisher
from tests.world import World

_RECORD = (
    ("    waiting: {label: {id: Menunggu pelapor, en: Waiting for the reporter}, tone: grey}\n", ""),
    ("    paused_in: [waiting]\n", ""),
    ("  tell_question: {on: action.ask, send: asked, to: reporter}\n", ""),
    (", states: [received, assigned, waiting]}", ", states: [received, assigned]}"),
    ("  cost: {type: money, visible_to", "  expense: {type: money, visible_to"),
    ("update: {fields: [cost]", "update: {fields: [expense]"),
)
_APP = (
    ("version: 0.9.0", "version: {version}"),
    ("    default: PT48H\n", "    default: PT24H\n"),
    (
        "  straight_to_agency:\n",
        "  thanks:\n    type: boolean\n    label: {id: Ucapkan terima kasih, en: Say thanks}\n    default: true\n"
        "  straight_to_agency:\n",
    ),
)


Edits = Mapping[str, Sequence[tuple[str, str]]]
SWAPPED: Edits = {
    "records/report.yaml": [
        (
            "fields: [number, title, category, place, photos, state,",
            "fields: [number, title, description, photos, state, cost,",
        ),
        ("  cost: {type: money, visible_to: [handler, dispatcher], label", "  cost: {type: money, label"),
    ],
    "pages/public-reports.yaml": [
        ("columns: [number, title, category,", "columns: [number, title, description,"),
        ("filters: [category, state]", "filters: [state]"),
        ("sort: -created_at", "sort: [cost, -created_at]"),
    ],
    "pages/map.yaml": [("filters: [category, state]", "filters: [state]")],
}
"""0.10 that shows the public what 0.9 hides (description, cost), and hides what it shows (category, place)."""

RENAMED_TYPE: Edits = {
    "pages/map.yaml": [("record: report", "record: complaint")],
    "pages/public-reports.yaml": [("record: report", "record: complaint")],
    "pages/report.yaml": [("record: report", "record: complaint")],
    "pages/reports.yaml": [("record: report", "record: complaint")],
    "pages/tile.yaml": [("record: report", "record: complaint")],
    "pages/track.yaml": [("record: report", "record: complaint")],
}
"""0.10 whose records are of another type."""


def changed_siaran(edits: Edits, version: str = "0.10.0", *, renamed: Mapping[str, str] | None = None) -> bytes:
    """The archive of SIARAN 0.9 with other texts in some of its files, and some of these by another name."""
    files = siaran_files(version=version)
    files["publiccode.yml"] = files["publiccode.yml"].replace(b"0.9.0", version.encode())
    for path, pairs in edits.items():
        text = files[path].decode()
        for old, new in pairs:
            assert old in text, (path, old)
            text = text.replace(old, new)
        files[path] = text.encode()
    for old, new in (renamed or {}).items():
        if old.endswith("/"):
            for path in [path for path in files if path.startswith(old)]:
                del files[path]
        else:
            files[new] = files.pop(old)
    return write_members(files)


def publish_archive(session: scoped_session[Session], world: World, archive: bytes) -> Release:
    """A version in the catalog, approved by a curator when it has to be; committed."""
    release = submit_package(session, add_publisher(session, world), archive)
    assert isinstance(release, Release), [str(one)[:300] for one in release.report.problems][:5]
    event = newest_event(session, release.id)
    if event is not None and event.kind == "submitted":
        approve_release(session, release.id, account_id=None)
    session.commit()
    return release


def next_siaran(version: str = "0.10.0") -> bytes:
    """The archive of SIARAN as the next version."""
    files = siaran_files()
    record = files["records/report.yaml"].decode()
    start, end = record.index("    ask:\n"), record.index("    fix:\n")
    record = record[:start] + record[end:]
    for old, new in _RECORD:
        assert old in record, old
        record = record.replace(old, new)
    app = files["app.yaml"].decode()
    for old, new in _APP:
        assert old in app, old
        app = app.replace(old, new.replace("{version}", version), 1)
    files["records/report.yaml"], files["app.yaml"] = record.encode(), app.encode()
    files["publiccode.yml"] = files["publiccode.yml"].replace(b"0.9.0", version.encode())
    scenario = files["scenarios/forwarding.yaml"]
    assert b"act: reply," in scenario
    files["scenarios/forwarding.yaml"] = scenario.replace(b"act: reply,", b"act: reopen,")
    del files["messages/asked.yaml"], files["scenarios/waiting.yaml"]
    return write_members(files)


def publish_next(session: scoped_session[Session], world: World, version: str = "0.10.0") -> Release:
    """The next SIARAN in the catalog; committed."""
    return publish_archive(session, world, next_siaran(version))
