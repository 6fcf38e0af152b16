"""Two municipalities with reports, photos, clocks and a message on its way, for tests of backup and restore."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import SettingsVersion
from app_runtime.records.creating import Created
from lumbung.backup.carrying import carried_tables
from lumbung.backup.manifest import Manifest
from lumbung.backup.restoring import Place as Destination
from lumbung.backup.writing import Source, make_archive
from lumbung.db import use_tenant
from lumbung.files.disk import FileDisk
from lumbung.files.services import store_photo
from lumbung.messages import send_email
from lumbung.secrets import KeyRing, encrypt
from lumbung.settings import Settings
from tenants.accounts.models import Account
from tenants.accounts.passwords import hash_password
from tests.app_runtime.photos import make_photo
from tests.app_runtime.stage import set_stage
from tests.conftest import EMPTY_ALL
from tests.world import PASSWORD, World

Db = scoped_session[Session]
CANARY = {"tangsel": "kenari-tangsel-4711", "surabaya": "kenari-surabaya-0815"}
SECRET = "sandi-whatsapp-rahasia"


@dataclass
class Filled:
    """What was put into the database, by slug of the municipality."""

    reports: dict[str, list[Created]]
    pending: dict[str, UUID]


def fill(session: Db, world: World) -> Filled:
    """Reports with photos, answers and clocks in both, a secret setting, a citizen with an account; committed."""
    session.get_one(Account, world.tangsel.accounts["admin"].id).password_hash = hash_password(PASSWORD)
    filled = Filled({}, {})
    for place in (world.tangsel, world.surabaya):
        use_tenant(session, None)
        stage = set_stage(session, world, place)
        canary = CANARY[place.slug]
        reports = []
        for number in range(3):
            photo = store_photo(session, make_photo(("navy", "maroon", "olive")[number]), name=f"{canary}.jpg")
            person = {"name": f"Warga {canary}", "email": f"{canary}@contoh.id"}
            created = stage.report(
                {"title": f"Lampu {number} {canary}", "reporter": person}, files={"photos": [photo.id]}
            )
            reports.append(created)
        stage.act(reports[1].record, "handler", "respond", answer=f"Kami periksa. {canary}")
        reports[2].record.created_by = world.stranger.id
        filled.reports[place.slug] = reports
        message = send_email(
            session, to=f"{canary}@contoh.id", subject=f"Kabar {canary}", text=f"Halo {canary}", html=None
        )
        filled.pending[place.slug] = message.id
        _add_secret_setting(session, stage.installation)
        session.commit()
    use_tenant(session, None)
    session.commit()
    return filled


def _add_secret_setting(session: Db, installation: Any) -> None:
    version = session.scalars(select(SettingsVersion).where(SettingsVersion.installation_id == installation.id)).one()
    installation.settings_version += 1
    context = f"setting:{installation.tenant_id}:{installation.id}:whatsapp-token"
    session.add(
        SettingsVersion(
            tenant_id=installation.tenant_id,
            installation_id=installation.id,
            version=installation.settings_version,
            overrides={**version.overrides, "odd": {"price": 1.10, "none": None}},
            sealed={"whatsapp-token": encrypt(SECRET, context=context)},
            changed_by=None,
            reason="uji",
        )
    )


def source_of(settings: Settings, *, whole: bool = True) -> Source:
    """Where archives of a test's database are made from."""
    url = settings.migration_database_url if whole else settings.database_url
    assert url is not None
    return Source(
        engine=create_engine(url, poolclass=NullPool), files=FileDisk(settings.files_root), ring=ring_of(settings)
    )


def destination_of(settings: Settings) -> Destination:
    """Where archives are restored to."""
    assert settings.migration_database_url is not None
    engine = create_engine(settings.migration_database_url, poolclass=NullPool)
    return Destination(engine=engine, files=FileDisk(settings.files_root), ring=ring_of(settings))


def ring_of(settings: Settings) -> KeyRing:
    return KeyRing.from_secrets(settings.secret_key, settings.former_secret_keys)


def back_up(settings: Settings, target: Path, **options: Any) -> Manifest:
    """An archive of everything, or of `tenant_id` as the application's role makes it."""
    return make_archive(source_of(settings, whole="tenant_id" not in options), target, **options)


def checksums(settings: Settings) -> dict[str, list[str]]:
    """Every row of every table that is carried, as the database itself writes it."""
    assert settings.migration_database_url is not None
    found = {}
    with psycopg.connect(settings.migration_database_url.replace("+psycopg", "")) as connection:
        for table in carried_tables(whole=True):
            query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t").format(sql.Identifier(table.name))
            found[table.name] = sorted(row[0] for row in connection.execute(query))
    return found


def files_of(settings: Settings) -> dict[str, bytes]:
    """Every file by its key."""
    root = settings.files_root
    return {str(path.relative_to(root)): path.read_bytes() for path in root.glob("*/*") if path.is_file()}


def destroy(settings: Settings, admin_conninfo: str) -> None:
    """Delete every row and every file."""
    with psycopg.connect(admin_conninfo, autocommit=True) as admin:
        admin.execute(EMPTY_ALL)
    shutil.rmtree(settings.files_root)
    settings.files_root.mkdir()
