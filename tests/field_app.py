"""An app made around given fields: packed, published and enabled by the real services, for tests of what fields do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import publish_folder
from app_runtime.records.models import Record
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tenants.people.models import RoleGrant
from tests.browsing import Browser, browse
from tests.siaran import SIARAN, add_publisher
from tests.world import World

SLUG = "ragam"
FORM = f"/{SLUG}/isi"
LIST = f"/api/v1/{SLUG}/entry"
_ROLES = ("keeper", "clerk")
_NOT_LISTED = ("group", "list", "checklist", "nik")


def field_package(fields: Mapping[str, Any], **parts: Any) -> dict[str, bytes]:
    """The files of a package whose records have these fields beside a required `about`.

    `record` adds keys to the record type, `form` to `app.yaml`; every other part is a whole file by its path.
    """
    names = [
        "about",
        *(name for name, spec in fields.items() if "computed" not in spec and "person" not in spec["type"]),
    ]
    open_fields = [
        "about",
        *(name for name, spec in fields.items() if not spec.get("private") and spec["type"] != "nik"),
    ]
    app = {
        "format": 1,
        "id": SLUG,
        "version": "1.0.0",
        "name": {"id": "Ragam isian", "en": "All kinds of fields"},
        "category": "letters",
        "audience": "public-service",
        "requires": {"lumbung": ">=0.1,<2"},
        "personal_data": {
            "purpose": {"id": "Mencoba isian", "en": "Trying fields"},
            "basis": "public-task",
            "retention": "P2Y",
        },
        "roles": {role: {"name": {"id": role.title(), "en": role.title()}} for role in _ROLES},
        **parts.pop("form", {}),
    }
    record = {
        "name": {"id": "Berkas", "en": "Entry"},
        "number": {"pattern": "{year}/{seq:05}", "per": ["year"]},
        "title": "record.about",
        "fields": {
            "about": {"type": "text", "required": True, "max": 120, "label": {"id": "Tentang", "en": "About"}},
            **fields,
        },
        "published": "true",
        "access": {
            "public": {"create": {}, "read": {"rows": "published", "fields": ["number", "state", *open_fields]}},
            "resident": {"read": {"rows": "own"}},
            "keeper": {"create": {}, "read": {"rows": "all"}, "update": {"fields": "all"}},
            "clerk": {"read": {"rows": "all"}},
        },
        "workflow": {
            "start": "received",
            "states": {
                "received": {"label": {"id": "Diterima", "en": "Received"}, "tone": "amber"},
                "finished": {"label": {"id": "Selesai", "en": "Finished"}, "tone": "green", "end": "success"},
            },
            "actions": {
                "finish": {
                    "label": {"id": "Selesaikan", "en": "Finish"},
                    "from": "received",
                    "to": "finished",
                    "by": ["keeper"],
                }
            },
        },
        **parts.pop("record", {}),
    }
    shown = [name for name, spec in fields.items() if spec["type"] not in _NOT_LISTED]
    areas = [name for name, spec in fields.items() if spec["type"] == "area"]
    files = {
        "app.yaml": app,
        "records/entry.yaml": record,
        "pages/isi.yaml": {
            "kind": "form",
            "for": "public",
            "record": "entry",
            "title": {"id": "Isi berkas", "en": "Make an entry"},
            "steps": {"one": {"label": {"id": "Isian", "en": "Fields"}, "fields": names}},
        },
        "pages/daftar.yaml": {
            "kind": "list",
            "for": "public",
            "record": "entry",
            "title": {"id": "Daftar", "en": "List"},
            "columns": ["number", "about", *shown],
            **({"filters": areas} if areas else {}),
        },
        "pages/lacak.yaml": {
            "kind": "track",
            "for": "public",
            "record": "entry",
            "title": {"id": "Lacak", "en": "Track"},
            "fields": ["number", "state", "about", *shown],
        },
        "publiccode.yml": _PUBLICCODE,
        **{path: content for path, content in parts.items() if "/" in path},
    }
    return {
        **{path: json.dumps(content, ensure_ascii=False).encode() for path, content in files.items()},
        "README.md": b"# Ragam\n\nSemua jenis isian.\n",
        "CHANGELOG.md": b"# Perubahan\n\n## 1.0.0\n\n### Bahasa Indonesia\n\n- Awal.\n\n### English\n\n- First.\n",
        "icon.svg": (SIARAN / "icon.svg").read_bytes(),
    }


@dataclass
class FieldApp:
    """The app enabled in Tangsel, where the admin is its keeper."""

    app: LumbungFlask
    session: scoped_session[Session]
    world: World
    installation: Installation

    @property
    def visitor(self) -> Browser:
        """A browser on the portal in which nobody is signed in."""
        return browse(self.app, self.world.tangsel.host)

    def browser(self, person: str = "admin") -> Browser:
        """A browser on the portal in which this person is signed in."""
        return browse(self.app, self.world.tangsel.host, self.world.tangsel.accounts[person])

    def records(self) -> list[Record]:
        """All records as they are stored now, the oldest first."""
        self.session.expire_all()
        with as_tenant(self.session, self.world.tangsel.id):
            found = list(self.session.scalars(select(Record).order_by(Record.created_at, Record.id)))
            for record in found:
                self.session.refresh(record)
                self.session.expunge(record)
        self.session.commit()
        return found

    def record(self) -> Record:
        """The only record."""
        (found,) = self.records()
        return found


def page_of(record_id: UUID) -> str:
    """Where officials work on a record."""
    return f"/work/{SLUG}/{record_id}"


def enable_fields(
    app: LumbungFlask,
    session: scoped_session[Session],
    world: World,
    folder: Path,
    fields: Mapping[str, Any],
    *,
    overrides: Mapping[str, Any] | None = None,
    **parts: Any,
) -> FieldApp:
    """The package written to `folder`, published and enabled in Tangsel; committed."""
    for path, data in field_package(fields, **parts).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    release = publish_folder(session, add_publisher(session, world), folder)
    assert isinstance(release, Release), str(release)[:3000]
    session.commit()
    listed = session.get_one(App, release.app_id)
    with as_tenant(session, world.tangsel.id):
        installation = enable_app(session, app=listed, release=release, overrides=dict(overrides or {}))
        _grant(session, world, "admin", "keeper")
        session.commit()
    return FieldApp(app, session, world, installation)


def _grant(session: scoped_session[Session], world: World, person: str, role: str) -> None:
    member = world.tangsel.members[person]
    session.add(RoleGrant(tenant_id=world.tangsel.id, membership_id=member.id, app_id=SLUG, role=role))
    session.flush()


_PUBLICCODE: dict[str, Any] = {
    "publiccodeYmlVersion": "0.4",
    "name": "Ragam isian",
    "url": "https://git.example.org/tangsel/ragam",
    "softwareVersion": "1.0.0",
    "releaseDate": "2026-11-22",
    "logo": "icon.svg",
    "platforms": ["web"],
    "developmentStatus": "beta",
    "softwareType": "standalone/web",
    "description": {
        language: {
            "localisedName": "Ragam isian",
            "shortDescription": "Mencoba semua jenis isian dalam satu aplikasi kecil.",
            "longDescription": "Aplikasi kecil yang memakai semua jenis isian supaya masing-masing dapat dicoba. " * 4,
            "features": ["Isian"],
        }
        for language in ("id", "en")
    },
    "legal": {"license": "EUPL-1.2", "mainCopyrightOwner": "Tangsel", "repoOwner": "Tangsel"},
    "maintenance": {"type": "internal", "contacts": [{"name": "Tim", "email": "tim@example.org"}]},
    "localisation": {"localisationReady": True, "availableLanguages": ["id", "en"]},
}
