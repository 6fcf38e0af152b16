"""Settings that are decimals, dates, times or addresses: in a package, in the form of a municipality, in conditions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.effective import installed_settings
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.definitions.test_field_words import compiled, problems
from tests.browsing import words_of
from tests.field_app import FieldApp, enable_fields
from tests.world import World

Sessions = scoped_session[Session]
_LABEL = {"id": "Batas", "en": "Limit"}
SETTINGS: dict[str, Any] = {
    "rate": {"type": "decimal", "min": 0.5, "max": 9.5, "default": 1.25, "label": _LABEL},
    "opens": {"type": "date", "min": "2026-01-01", "default": "2026-07-01", "label": _LABEL},
    "from": {"type": "time", "max": "12:00", "default": "07:30", "label": _LABEL},
    "site": {"type": "url", "label": _LABEL},
    "sessions": {
        "type": "table",
        "label": _LABEL,
        "columns": {"day": {"type": "date", "required": True}, "fee": {"type": "decimal"}, "at": {"type": "time"}},
        "default": {"first": {"day": "2026-08-01", "fee": 2.5, "at": "08:00"}},
    },
}
FIELDS: dict[str, Any] = {
    "size": {"type": "decimal"},
    "late": {
        "type": "boolean",
        "computed": "today > settings.opens && settings.from < '12:00' && settings.sessions['first'].day > '2026'",
    },
    "cost": {"type": "decimal", "computed": "record.size * settings.rate + settings.sessions['first'].fee"},
}


@pytest.fixture
def ragam(app: LumbungFlask, session: Sessions, world: World, tmp_path: Path) -> FieldApp:
    """An app with such settings."""
    return enable_fields(app, session, world, tmp_path, FIELDS, form={"settings": SETTINGS})


def test_conditions_see_such_settings_by_their_type(ragam: FieldApp) -> None:
    assert ragam.visitor.post_form("/ragam/isi", {"about": "x", "size": "2"}).status_code == 303
    assert ragam.record().data["late"] is True
    assert ragam.record().data["cost"] == 5


def test_a_municipality_fills_them_in_and_is_told_what_is_wrong(
    ragam: FieldApp, session: Sessions, world: World
) -> None:
    admin, path = ragam.browser(), "/manage/apps/ragam"
    form = admin.get(path).text
    assert 'value="1,25"' in form
    assert 'type="date" value="2026-07-01"' in form
    wrong = {"rate": "10", "opens": "2025-12-31", "from": "12:30", "site": "javascript:alert(1)"}
    refused = admin.post_form(path, wrong)
    assert refused.status_code == 422
    for told in ("Paling besar 9.5.", "Paling awal 2026-01-01.", "Paling akhir 12:00.", "diawali https://"):
        assert told in words_of(refused), told
    right = {"rate": "2,5", "opens": "2026-09-01", "from": "09:00", "site": "https://contoh.example"}
    assert admin.post_form(path, right).status_code == 303
    with as_tenant(session, world.tangsel.id):
        session.refresh(ragam.installation)
        definition = compiled(FIELDS, form={"settings": SETTINGS})
        values = installed_settings(session, ragam.installation, definition)
    session.commit()
    assert {name: values[name] for name in right} == {**right, "rate": 2.5}
    assert values["sessions"] == SETTINGS["sessions"]["default"]


def test_a_wrong_default_is_told() -> None:
    for spec, code in (
        ({"type": "decimal", "min": 2, "default": 1.5}, "out-of-range"),
        ({"type": "date", "default": "besok"}, "wrong-kind"),
        ({"type": "time", "min": "10:00", "max": "09:00"}, "min-above-max"),
        ({"type": "url", "default": 5}, "wrong-kind"),
        ({"type": "nik"}, "not-supported-yet"),
    ):
        assert code in [found for found, _ in problems({}, form={"settings": {"thing": spec}})], spec
