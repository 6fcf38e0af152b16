"""`lumbung backup` and `lumbung restore`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click
from sqlalchemy import NullPool, create_engine, text

from lumbung.backup.arriving import Arrived, restore_municipality
from lumbung.backup.errors import RestoreRefused
from lumbung.backup.manifest import Manifest
from lumbung.backup.noting import note_archive
from lumbung.backup.reading import check_archive, open_archive
from lumbung.backup.restoring import Place, restore_whole
from lumbung.backup.writing import Source, make_archive
from lumbung.db.clock import now
from lumbung.errors import NotFound
from lumbung.files.disk import FileDisk
from lumbung.i18n import Text
from lumbung.migrate.runner import is_current, upgrade
from lumbung.secrets import KeyRing
from lumbung.settings import Settings, SettingsError
from lumbung.supervisor import open_environment

_PATH = click.Path(path_type=Path, dir_okay=False, exists=True)
_WHAT = {"tables": Text("tabel", "tables"), "files": Text("berkas", "files")}


@click.command()
@click.argument("out", type=click.Path(path_type=Path), required=False)
@click.option("--municipality", metavar="SLUG", help="Satu daerah saja. / One municipality alone.")
@click.option(
    "--passphrase-file",
    type=_PATH,
    help="Kata kunci yang membuka nilai rahasia di pemasangan lain. / A passphrase that opens secret values elsewhere.",
)
@click.option("--check", "checked", type=_PATH, help="Periksa arsip ini tanpa basis data. / Check this archive.")
def backup(out: Path | None, municipality: str | None, passphrase_file: Path | None, checked: Path | None) -> None:
    """Simpan semuanya, atau satu daerah, ke satu arsip. / Save everything, or one municipality, in one archive.

    OUT is a file, or a folder in which the archive gets a name with date and time. See docs/backup.md.
    """
    import_module("wsgi")
    if checked is not None:
        with open_archive(checked) as archive:
            check_archive(archive, tell=_tell)
            _describe(archive.manifest)
        click.echo("Arsip utuh. / The archive is sound.")
        return
    if out is None:
        raise click.UsageError("OUT?")
    with _opened() as settings:
        whole = municipality is None
        engine = create_engine(_migrator(settings) if whole else settings.database_url, poolclass=NullPool)
        tenant_id = None
        if municipality is not None:
            with engine.connect() as connection:
                query = text("SELECT id FROM municipalities WHERE slug = :slug")
                tenant_id = connection.execute(query, {"slug": municipality}).scalar_one_or_none()
            if tenant_id is None:
                raise NotFound(
                    Text("Tidak ada daerah {slug}.", "There is no municipality {slug}.").format(slug=municipality)
                )
        _expect_current(settings)
        target = out / _name(municipality) if out.is_dir() else out
        source = Source(engine=engine, files=FileDisk(settings.files_root), ring=_ring(settings))
        manifest = make_archive(
            source, target.absolute(), tenant_id=tenant_id, passphrase=_passphrase(passphrase_file), tell=_tell
        )
        note_archive(engine, tenant_id, manifest)
    _describe(manifest)
    click.echo(str(target))


@click.command()
@click.argument("archive", type=_PATH)
@click.option("--municipality", is_flag=True, help="Arsip satu daerah. / The archive is one municipality's.")
@click.option("--slug", help="Nama alamat daerah di sini. / The municipality's slug here.")
@click.option("--replace", is_flag=True, help="Ganti daerah yang sudah ada. / Put it in place of what is here.")
@click.option("--yes", is_flag=True, help="Jangan bertanya. / Do not ask.")
@click.option("--passphrase-file", type=_PATH, help="Kata kunci arsip. / The archive's passphrase.")
@click.option(
    "--send-pending/--hold-pending",
    default=None,
    help="Kirim atau tahan pesan yang belum terkirim. / Send or hold messages that were pending.",
)
@click.option("--without-key", is_flag=True, help="SECRET_KEY yang lama hilang. / The old SECRET_KEY is lost.")
def restore(
    archive: Path,
    municipality: bool,
    slug: str | None,
    replace: bool,
    yes: bool,
    passphrase_file: Path | None,
    send_pending: bool | None,
    without_key: bool,
) -> None:
    """Pulihkan arsip: semuanya atau tidak sama sekali. / Restore an archive: all of it or nothing.

    The whole platform goes into an empty database; one municipality beside others. See docs/backup.md.
    """
    import_module("wsgi")
    with _opened() as settings:
        url = _migrator(settings)
        if not is_current(url):
            upgrade(url)
        place = Place(
            engine=create_engine(url, poolclass=NullPool),
            files=FileDisk(settings.files_root),
            ring=_ring(settings),
        )
        if not municipality:
            _describe(restore_whole(place, archive, without_key=without_key, tell=_tell))
            click.echo("Selesai dipulihkan; semua orang perlu masuk lagi. / Restored; everybody has to sign in again.")
            return
        if replace and not yes:
            with open_archive(archive) as opened:
                _confirm(opened.manifest)
        _tell_arrival(
            restore_municipality(
                place,
                archive,
                slug=slug,
                replace=replace,
                passphrase=_passphrase(passphrase_file),
                send_pending=send_pending,
                tell=_tell,
            )
        )


def _confirm(manifest: Manifest) -> None:
    sign = manifest.municipality
    name = sign.slug if sign else ""
    click.echo(
        f"Semua data {name} di sini diganti dengan keadaan {manifest.made_at}. / "
        f"All data of {name} here is replaced by that of {manifest.made_at}."
    )
    if click.prompt(f"Ketik {name} untuk melanjutkan / Type {name} to go on", default="", show_default=False) != name:
        click.echo("Dibatalkan. / Nothing was done.", err=True)
        sys.exit(1)


def _tell_arrival(arrived: Arrived) -> None:
    _describe(arrived.manifest)
    lines = [Text("Dipulihkan sebagai {slug}.", "Restored as {slug}.").format(slug=arrived.slug)]
    if arrived.new.get("publishers"):
        lines.append(
            Text(
                "{n} penerbit datang bersama arsip dan ditangguhkan sampai operator memeriksanya.",
                "{n} publishers came along and are suspended until an operator has looked at them.",
            ).format(n=arrived.new["publishers"])
        )
    if arrived.held:
        lines.append(
            Text(
                "{n} pesan atau tugas yang belum terkirim ditahan (`--send-pending` mengirimnya).",
                "{n} pending messages or effects are held (`--send-pending` sends them).",
            ).format(n=arrived.held)
        )
    for label, count in sorted(arrived.lost.items()):
        lines.append(
            Text(
                "Nilai rahasia yang tidak terbuka dan perlu diisi lagi: {label} ({n}).",
                "Secret values that did not open and must be entered anew: {label} ({n}).",
            ).format(label=label, n=count)
        )
    for line in lines:
        click.echo(f"{line.id} / {line.en}")


def _describe(manifest: Manifest) -> None:
    whose = manifest.municipality.name if manifest.municipality else "seluruh platform / the whole platform"
    rows = sum(table.rows for table in manifest.tables.values())
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo(
        f"{whose}, {manifest.made_at}: {rows} baris / rows, {manifest.files.count} berkas / files "
        f"({manifest.files.bytes} byte)"
    )
    if manifest.files.missing_count:
        click.echo(
            f"! {manifest.files.missing_count} berkas hilang atau rusak di penyimpanan / files were missing or damaged "
            f"in the storage: {', '.join(manifest.files.missing[:5])} …",
            err=True,
        )


def _expect_current(settings: Settings) -> None:
    url = settings.migration_database_url
    if url is not None and not is_current(url):
        raise RestoreRefused(
            Text(
                "Skema basis data bukan skema Lumbung ini; jalankan `lumbung db upgrade` dahulu.",
                "The database's schema is not that of this Lumbung; run `lumbung db upgrade` first.",
            )
        )


def _tell(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        word = _WHAT[what]
        click.echo(f"\r{word.id} / {word.en}: {done}/{of}    ", nl=False, err=True)


def _name(municipality: str | None) -> str:
    return f"lumbung-{municipality or 'semua'}-{now():%Y%m%dT%H%M%SZ}.tar"


def _passphrase(path: Path | None) -> str | None:
    return path.read_text("utf-8").strip() if path else None


def _ring(settings: Settings) -> KeyRing:
    return KeyRing.from_secrets(settings.secret_key, settings.former_secret_keys)


def _migrator(settings: Settings) -> str:
    if settings.migration_database_url is None:
        raise SettingsError("MIGRATION_DATABASE_URL belum diisi. / MIGRATION_DATABASE_URL is not set.")
    return settings.migration_database_url


@contextmanager
def _opened() -> Iterator[Settings]:
    with open_environment(Path(os.environ.get("LUMBUNG_INSTANCE") or "instance"), os.environ) as environment:
        yield Settings.from_environment(environment)
