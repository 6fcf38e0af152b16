"""The checklist's step that concerns apps: the first one is enabled."""

from __future__ import annotations

from collections.abc import Sequence

from app_catalog.installations.services import list_installations
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.checklist import ChecklistItem
from tenants.municipalities.models import Municipality


def first_app(session: AnySession, municipality: Municipality) -> Sequence[ChecklistItem]:
    """Whether any app is enabled in the session's municipality."""
    number = len(list_installations(session))
    return [
        ChecklistItem(
            id="first-app",
            title=Text("Aplikasi pertama", "The first app"),
            what=Text(
                "Pilih aplikasi dari katalog, isi pengaturannya, lalu aktifkan; langsung tampil di portal.",
                "Choose an app from the catalog, fill in its settings and enable it; it is on the portal at once.",
            ),
            href="/manage/apps",
            done=number > 0,
            order=75,
            state=Text(f"{number} aplikasi aktif", f"{number} enabled"),
        )
    ]
