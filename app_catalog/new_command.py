"""`lumbung app new`: a folder with a small whole app, to be changed into one's own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app_catalog.definitions.check import check_package
from app_catalog.definitions.shape.scalars import is_id
from app_catalog.definitions.source import load_files
from app_catalog.hub_answers import fail
from app_catalog.starters.files import starter_files
from lumbung.db.clock import now
from lumbung.i18n import t


@click.command("new")
@click.argument("app_id", metavar="ID")
@click.option("--name", help="Nama aplikasi. / Its Indonesian name.")
@click.option("--name-en", help="Nama dalam bahasa Inggris. / Its English name.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Folder tujuan, biasanya ID. / Where; ./ID."
)
@click.pass_obj
def new_command(lang: str, app_id: str, name: str | None, name_en: str | None, folder: Path | None) -> None:
    """Buat aplikasi baru yang langsung jalan. / Make a small whole app that passes check and test."""
    if not is_id(app_id):
        fail(
            t(
                "“{word}” bukan id: pakai huruf kecil dan angka, disambung dengan “-”, misalnya surat-domisili.",
                "“{word}” is no id: use small letters and digits, joined by “-”, such as street-lights.",
                word=app_id,
            )
        )
    folder = folder or Path(app_id)
    if folder.exists() and any(folder.iterdir()):
        fail(
            t(
                "{folder} sudah berisi; tidak ditimpa.",
                "{folder} is not empty; nothing is overwritten.",
                folder=folder,
            )
        )
    name = name or app_id.replace("-", " ").replace("_", " ").title()
    files = starter_files(app_id, name=name, name_en=name_en or name, day=now().date())
    report = check_package(load_files(files))
    if not report.ok:
        for problem in report.errors:
            click.echo(problem.format(lang), err=True)
        sys.exit(1)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    click.echo(
        t(
            "{folder} siap: {count} berkas. Selanjutnya:\n"
            "  lumbung app check {folder}\n  lumbung app test {folder}\n  lumbung app pack {folder} -o {app}.zip",
            "{folder} is ready: {count} files. Next:\n"
            "  lumbung app check {folder}\n  lumbung app test {folder}\n  lumbung app pack {folder} -o {app}.zip",
            folder=folder,
            count=len(files),
            app=app_id,
        )
    )
