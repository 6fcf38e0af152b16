"""`lumbung demo …`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app_runtime.demonstration.seed import SEED

if TYPE_CHECKING:
    from lumbung.settings import Settings
    from lumbung.web.sites import LumbungFlask

_NAMES = {
    "tangsel": "Kota Tangerang Selatan",
    "surabaya": "Kota Surabaya",
    "tangerang": "Kota Tangerang",
    "judgements": "penilaian dan klaim / judgements and a claim",
    "inventory": "inventaris aplikasi / an inventory of apps",
    "voices": "aspirasi warga / citizens' voice",
    "services": "layanan lain / more services",
    "verdicts": "ulasan empat belas daerah / reviews of fourteen municipalities",
    "figures": "angka tiap bulan / figures of every month",
    "assistance": "pendampingan dan bahan belajar / help with apps and material",
    "wishes": "keinginan daerah / wishes of municipalities",
    "requests": "permintaan daerah / requests of municipalities",
    "sponsors": "sponsor dan kuitansinya / sponsors and their receipts",
    "programme": "program provinsi / a province’s programme",
}
_LARGE_MINUTES = 4
_LARGE_GIGABYTES = 1.2


@click.group()
def demo() -> None:
    """Data peragaan: tujuh belas daerah. / The demonstration: seventeen municipalities with people and reports."""


@demo.command("load")
@click.option("--yes", is_flag=True, help="Muat juga di basis data dari luar. / Load into a database of your own too.")
@click.option(
    "--size",
    type=click.Choice(["small", "large"]),
    default="small",
    show_default=True,
    help="large: tambah 100.000 laporan di satu kota. / large: 100,000 more reports in one city.",
)
@click.option(
    "--seed",
    type=int,
    default=SEED,
    show_default=True,
    help="Bilangan asal data yang dibangkitkan. / What generated data grows from.",
)
def load_command(yes: bool, size: str, seed: int) -> None:
    """Muat data peragaan yang belum ada. / Load what is missing of the demonstration."""
    # Imported here, and the application below only when there is something to load: most starts find it loaded.
    from lumbung.settings import Settings
    from lumbung.supervisor.environment import open_environment

    given = bool(os.environ.get("DATABASE_URL"))
    with open_environment(Path(os.environ.get("LUMBUNG_INSTANCE") or "instance"), os.environ) as environment:
        settings = Settings.from_environment(environment)
        _load(settings, allowed=yes or not given, large=size == "large", seed=seed)


@demo.command("sign-ins")
def sign_ins_command() -> None:
    """Cetak semua alamat dan akun peragaan. / Print all addresses and sign-ins of the demonstration."""
    from app_runtime.demonstration.sign_ins import all_sign_ins
    from lumbung.postgres.home import read_state

    # What runs on the instance folder has noted there where it answers.
    running = read_state(Path(os.environ.get("LUMBUNG_INSTANCE") or "instance") / "run.json").get("address")
    for line in all_sign_ins(str(os.environ.get("BASE_URL") or running or "http://localhost:8000").rstrip("/")):
        click.echo(line)


def _load(settings: Settings, *, allowed: bool, large: bool, seed: int) -> None:
    from app_runtime.demonstration.progress import is_loaded

    loaded = is_loaded(settings.database_url)
    if loaded and not large:
        click.echo("Data peragaan sudah dimuat. / The demonstration is loaded already.")
        return
    if not allowed:
        click.echo(
            "DATABASE_URL menunjuk basis data Anda sendiri; pakai `--yes` bila data peragaan memang diinginkan. / "
            "DATABASE_URL names a database of your own; say `--yes` if you do want the demonstration there.",
            err=True,
        )
        sys.exit(1)
    from werkzeug.utils import import_string

    from app_runtime.demonstration.loading import RealData, load_demonstration, require_no_real_data
    from lumbung.db import db

    # By name, because this layer must not import the one place that knows every feature. People here are invented: no
    # letter of theirs may reach a mail server.
    app: LumbungFlask = import_string("wsgi:create_app")(replace(settings, smtp_url=None))
    with app.app_context():
        try:
            load_demonstration(db.session, seed=seed, tell=lambda step: click.echo(f"  {step_name(step)} …"))
            if large:
                require_no_real_data(db.session)
                _load_large(seed)
        except RealData as refused:
            click.echo(f"{refused.message.id} / {refused.message.en}", err=True)
            sys.exit(1)


def _load_large(seed: int) -> None:
    from app_runtime.demonstration.large import load_large
    from lumbung.db import db

    click.echo(
        f"100.000 laporan di Kota Semarang: sekitar {_LARGE_MINUTES} menit, {_LARGE_GIGABYTES:g} GB di cakram. "
        "Boleh dihentikan; dilanjutkan bila dijalankan lagi.\n"
        f"100,000 reports in Kota Semarang: about {_LARGE_MINUTES} minutes, {_LARGE_GIGABYTES:g} GB on disk. "
        "You may stop it; it goes on when run again."
    )
    written = load_large(db.session, seed=seed, tell=_progress())
    if not written:
        click.echo("Sudah lengkap. / It is complete already.")


def _progress() -> Callable[[int, int], None]:
    """Says every few seconds how far the load is."""
    begun = last = time.monotonic()

    def tell(written: int, count: int) -> None:
        nonlocal last
        if written < count and time.monotonic() - last < 5:
            return
        last = time.monotonic()
        click.echo(f"  {written:>7,} / {count:,}   {last - begun:.0f} s")

    return tell


def step_name(step: str) -> str:
    """What a step of loading is called on the terminal."""
    from app_runtime.demonstration.generated.profiles import PROFILES
    from tenants.regions.reference import regencies

    if step in _NAMES:
        return _NAMES[step]
    return next(regencies()[found.region_code].name for found in PROFILES if found.slug == step)
