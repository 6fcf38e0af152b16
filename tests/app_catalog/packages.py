"""Packages for tests: SIARAN as it is bundled, with whatever a test changes, and a publisher that may publish."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.archive import write_members
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.services import approve_publisher, request_publisher
from app_catalog.releases.scenarios import Failure, ScenarioReport, ScenarioResult
from tenants.accounts.models import Account

SIARAN = Path(__file__).resolve().parents[1] / "packages" / "siaran-0.9.0"
NAME = 'name: {id: "SIARAN: Laporan Warga", en: "SIARAN: Citizen Reports"}'


def siaran_files(**changes: str) -> dict[str, bytes]:
    """The files of SIARAN. `id`, `version` and `name` change app.yaml; any other key appends to README.md."""
    files = {path.relative_to(SIARAN).as_posix(): path.read_bytes() for path in SIARAN.rglob("*") if path.is_file()}
    app = files["app.yaml"].decode()
    assert "id: siaran\n" in app
    assert "version: 0.9.0" in app
    assert NAME in app
    app = app.replace("id: siaran\n", f"id: {changes.pop('id', 'siaran')}\n", 1)
    app = app.replace("version: 0.9.0", f"version: {changes.pop('version', '0.9.0')}", 1)
    name = changes.pop("name", None)
    if name is not None:
        app = app.replace(NAME, f"name: {{id: {name!r}, en: {name!r}}}", 1)
    files["app.yaml"] = app.encode()
    files["README.md"] += "".join(changes.values()).encode()
    return files


def siaran_zip(**changes: str) -> bytes:
    """An archive of SIARAN with changes as in `siaran_files`."""
    return write_members(siaran_files(**changes))


def approved_publisher(
    session: scoped_session[Session],
    owner: Account,
    *,
    slug: str = "tangsel",
    name: str = "Kota Tangerang Selatan",
    municipality_id: UUID | None = None,
) -> Publisher:
    """A publisher that has been approved, with its owner and the platform's key; committed."""
    publisher = request_publisher(
        session,
        owner.id,
        kind="municipality" if municipality_id else "community",
        name=name,
        slug=slug,
        contact_email="siaran@tangsel.test",
        evidence="Komunitas yang terdaftar sejak 2019, akta nomor 12.",
        municipality_id=municipality_id,
    )
    approve_publisher(session, publisher.id, decided_by=None)
    session.commit()
    return publisher


class StandInRunner:
    """Stands for the runtime's runner of scenarios: says what it was told to say."""

    def __init__(self, passes: bool = True) -> None:
        self.passes = passes

    def run(self, session: Any, definition: Any) -> ScenarioReport:
        """One scenario that passes, or does not."""
        failures = () if self.passes else (Failure("Tandanya hilang.", "The mark vanished."),)
        return ScenarioReport((ScenarioResult("forwarding", {"en": "Forwarding"}, self.passes, failures),))
