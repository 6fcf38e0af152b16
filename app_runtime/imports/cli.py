"""`lumbung records …`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from lumbung.errors import Invalid
from lumbung.i18n import use_language

if TYPE_CHECKING:
    from app_runtime.imports.mapping import Mapping
    from app_runtime.imports.models import Import
    from lumbung.db.tenancy import AnySession


@click.group()
def records() -> None:
    """Data aplikasi di daerah. / What apps keep in a municipality."""


@records.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--municipality", required=True, metavar="SLUG", help="Daerah tujuan. / The municipality.")
@click.option("--app", "app_slug", metavar="APP", help="Aplikasi tujuan. / The app.")
@click.option("--type", "record_type", metavar="TYPE", help="Jenis data dalam aplikasi. / The record type of the app.")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Pemetaan kolom, YAML atau JSON; tanpa ini ditebak. / The mapping; without it one is guessed.",
)
@click.option("--preview", is_flag=True, help="Perlihatkan hasilnya saja. / Only show what would happen.")
@click.option("--resume", metavar="ID", help="Lanjutkan impor yang terhenti. / Go on with an import that stopped.")
@click.option("--start-clocks", is_flag=True, help="Jalankan tenggat untuk yang terbuka. / Start clocks of open ones.")
@click.option("--send-messages", is_flag=True, help="Kirim pesan untuk yang terbuka. / Send messages for open ones.")
@click.option(
    "--report", type=click.Path(path_type=Path), help="Tulis baris yang ditolak (CSV). / Write refused lines here."
)
def import_command(
    files: tuple[Path, ...],
    municipality: str,
    app_slug: str | None,
    record_type: str | None,
    mapping_file: Path | None,
    preview: bool,
    resume: str | None,
    start_clocks: bool,
    send_messages: bool,
    report: Path | None,
) -> None:
    """Masukkan data lama dari CSV, XLSX, atau GeoJSON. / Bring in old records from CSV, XLSX or GeoJSON.

    Waktu asli dipertahankan; tidak ada tenggat yang berjalan dan tidak ada pesan yang terkirim kecuali diminta. Berkas
    yang sama boleh dijalankan lagi: baris yang sudah masuk dilewati. / Original times are kept; no clock starts and no
    message goes out unless asked. The same file may be run again: lines that are in already are left out.
    """
    if resume is None and not (files and app_slug and record_type):
        raise click.UsageError("FILE, --app dan --type diperlukan / FILE, --app and --type are needed.")

    def work(session: AnySession) -> None:
        from app_runtime.imports.services import resume_import, start_import

        if resume is not None:
            _finish(session, resume_import(session, _id(resume), by_worker=False), report)
            return
        for file in files:
            found = _begun(session, file, str(app_slug), str(record_type))
            mapping = _mapping(found, mapping_file)
            if preview:
                _show_preview(session, found, mapping)
                session.rollback()
                continue
            started = start_import(
                session,
                found.id,
                mapping=mapping,
                start_clocks=start_clocks,
                send_messages=send_messages,
                by_worker=False,
            )
            _finish(
                session, started, report.with_stem(f"{report.stem}-{file.stem}") if report and files[1:] else report
            )

    _in_municipality(municipality, work)


def _in_municipality(slug: str, work: Callable[[AnySession], None]) -> None:
    """Call `work` with a session of the municipality, in the database of the environment or the embedded one."""
    from sqlalchemy import select
    from werkzeug.utils import import_string

    from lumbung.db import db, use_tenant
    from lumbung.settings import Settings
    from lumbung.supervisor.environment import open_environment
    from tenants.municipalities.models import Municipality

    with open_environment(Path(os.environ.get("LUMBUNG_INSTANCE") or "instance"), os.environ) as environment:
        # By name, because this layer must not import the one place that knows every feature.
        app = import_string("wsgi:create_app")(Settings.from_environment(environment))
        with app.app_context():
            use_language("id")
            municipality_id = db.session.scalar(select(Municipality.id).where(Municipality.slug == slug))
            if municipality_id is None:
                raise click.ClickException(f"Tidak ada daerah “{slug}”. / There is no municipality “{slug}”.")
            use_tenant(db.session, municipality_id)
            try:
                work(db.session)
            except Invalid as error:
                for name, texts in error.fields.items():
                    click.echo(f"{name}: {' '.join(texts)}", err=True)
                raise
            finally:
                db.session.remove()


def _finish(session: AnySession, found: Import, report: Path | None) -> None:
    session.commit()
    found = _run(session, found)
    if report is not None:
        _write_report(session, found, report)


def _begun(session: AnySession, file: Path, app_slug: str, record_type: str) -> Import:
    from app_catalog.installations.services import access_installation
    from app_runtime.imports.services import begin_import

    installation = access_installation(session, app_slug)
    return begin_import(session, installation, record_type, data=file.read_bytes(), name=file.name)


def _mapping(found: Import, file: Path | None) -> Mapping:
    from app_runtime.imports.schemas import read_mapping

    return read_mapping(found.mapping if file is None else _read_file(file))


def _read_file(file: Path) -> Any:
    text = file.read_text("utf-8")
    if file.suffix.lower() == ".json":
        return json.loads(text)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise click.ClickException(f"{file}: {error}") from error


def _show_preview(session: AnySession, found: Import, mapping: Mapping) -> None:
    from app_runtime.imports.notes import note_text
    from app_runtime.imports.previewing import preview_import
    from app_runtime.imports.schemas import write_mapping

    preview = preview_import(session, found, mapping)
    click.echo(json.dumps(write_mapping(mapping), ensure_ascii=False, indent=2))
    zone = ZoneInfo(preview.app.municipality.timezone)
    for draft in preview.drafts:
        # A line that is refused for its time has none of its own.
        came = None if draft.refused else draft.created_at
        told = f"{came.astimezone(zone):%Y-%m-%d %H:%M%z}" if came else "-"
        mark = "x" if draft.refused else "=" if draft.skipped else "+"
        values = {**draft.values, **draft.links}
        click.echo(f"{mark} {draft.line}: {told} {draft.state} {json.dumps(values, ensure_ascii=False)}")
        for note in draft.notes:
            click.echo(f"    {note_text(note.as_json()).id}")
    click.echo(
        f"{preview.tried} dari/of {found.total}: {preview.ready} siap/ready, {preview.refused} ditolak/refused, "
        f"{preview.known} sudah ada/known, {preview.warned} dengan catatan/with notes"
    )


def _run(session: AnySession, found: Import) -> Import:
    from app_runtime.imports.running import run_batch

    import_id, began = found.id, time.monotonic()
    click.echo(f"{found.file_name}: impor/import {import_id}")
    while found.status == "running":
        found = run_batch(session, import_id)
        session.commit()
        _tell(found, began)
    click.echo("")
    click.echo(
        f"{found.imported} masuk/imported, {found.refused} ditolak/refused, {found.skipped} sudah ada/known, "
        f"{found.warned} dengan catatan/with notes, {time.monotonic() - began:.1f} s"
    )
    return found


def _tell(found: Import, began: float) -> None:
    rate = found.done / max(time.monotonic() - began, 0.001)
    click.echo(f"\r{found.done}/{found.total} ({rate:.0f}/s) ", nl=False)


def _write_report(session: AnySession, found: Import, target: Path) -> None:
    from app_runtime.imports.reporting import refused_csv

    target.write_bytes(refused_csv(session, found))
    click.echo(f"{target}")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise click.UsageError("--resume: ID tidak dikenal / no such ID.") from None
