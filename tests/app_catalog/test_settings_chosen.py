"""Settings of every type: what a package may say of them, what the form takes, and what expressions read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.effective import installed_settings
from app_catalog.installations.services import change_settings
from lumbung.db import use_tenant
from lumbung.errors import Invalid
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.browsing import browse, words_of
from tests.small_app import codes_of, enable_small, failures_of, small_definition, small_files
from tests.world import World

Sessions = scoped_session[Session]
SETTINGS = """
settings:
  opens: {type: datetime, default: 2026-01-05T08:00+07:00, label: {id: Dibuka, en: Opens}}
  days: {type: choices, options: {mon: {id: Senin, en: Monday}, tue: {id: Selasa, en: Tuesday},
         sun: {id: Minggu, en: Sunday}}, default: [mon], max: 2, label: {id: Hari, en: Days}}
  office: {type: point, label: {id: Kantor, en: Office}}
  district: {type: area, label: {id: Kecamatan, en: District}}
  rules: {type: markdown, default: {id: "**Wajib** antre.", en: "Queue **always**."}, label: {id: Aturan, en: Rules}}
  rounds:
    type: table
    label: {id: Putaran, en: Rounds}
    columns: {name: {type: text}, from: {type: datetime}, where: {type: area}}
    default: {one: {name: {id: Satu, en: One}, from: 2026-03-01T09:00+07:00, where: Ciputat}}
"""
RECORD = """
name: {id: Antrean, en: Queue}
title: record.name
fields:
  name: {type: text, required: true}
  began: {type: boolean, computed: "now >= settings.opens"}
  monday: {type: boolean, computed: "'mon' in settings.days"}
  placed: {type: boolean, computed: "has(settings.office) && settings.office[1] < 0.0"}
  where: {type: text, computed: "has(settings.district) ? settings.district : settings.rounds['one'].where"}
  rules: {type: markdown, computed: settings.rules}
  starts: {type: text, computed: "settings.rounds['one'].from"}
access: {clerk: {create: {}, read: {rows: all}}}
"""
FILES = small_files({"queue": RECORD}, app=SETTINGS, app_id="antre")


def test_expressions_read_settings_of_every_type(session: Sessions) -> None:
    create = "create: {as: clerk, record: queue, id: a, values: {name: Siti}}"
    told = failures_of(
        session,
        FILES,
        f"""
        given: {{calendar: {{start: 2026-01-05T07:59+07:00}}}}
        when:
          - {create}
        then:
          - value: {{a.began: false, a.monday: true, a.placed: false, a.where: Ciputat, a.rules: "**Wajib** antre.",
                     a.starts: "2026-03-01T09:00+07:00"}}
        """,
    )
    assert told == ""
    told = failures_of(
        session,
        FILES,
        f"""
        given:
          calendar: {{start: 2026-01-05T08:00+07:00}}
          settings: {{days: [tue, sun], office: [106.7, -6.3], district: Serpong}}
        when:
          - {create}
        then:
          - value: {{a.began: true, a.monday: false, a.placed: true, a.where: Serpong}}
        """,
    )
    assert told == ""


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("opens: {type: datetime, default: besok}", "wrong-kind"),
        ("days: {type: choices, options: {mon: {id: Senin}}, default: [tue]}", "unknown-value"),
        ("office: {type: point, default: [1, 2]}", "unknown-key"),
        ("home: {type: area, of: kecamatan}", "unknown-value"),
        ("topics: {type: table, columns: {days: {type: choices, options: {mon: {id: Senin}}}}}", "not-supported-yet"),
    ],
)
def test_a_package_is_told_what_does_not_fit(settings: str, code: str) -> None:
    assert codes_of(small_files({"queue": "name: {id: A}\nfields: {}\n"}, app=f"settings:\n  {settings}\n")) >= {code}


def test_an_administrator_fills_them_in_and_finds_them_in_the_history(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    installation = enable_small(session, world, FILES)
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    page = admin.get("/manage/apps/antre")
    # Half past eight in the evening in Jakarta is what was meant, wherever the server stands.
    assert 'value="2026-01-05T08:00"' in page.text
    assert "data-point-picker" in page.text
    assert page.text.count('<optgroup label="Kecamatan Serpong">') == 3
    data = {
        "opens": "2026-02-03T20:30",
        "days": ["sun", "tue"],
        "office.text": "-6.3, 106.7",
        "district": "Pamulang",
        "rules": "Datang *sendiri*.",
        "rounds.0._id": "one",
        "rounds.0.name": "Satu",
        "rounds.0.from": "2026-03-01T09:00",
        "rounds.0.where": "Ciputat",
    }
    answer = admin.post_form("/manage/apps/antre", data)
    assert answer.status_code == 303, answer.text
    use_tenant(session, world.tangsel.id)
    session.expire_all()
    with_settings = installed_settings(session, installation, small_definition(FILES))
    assert datetime.fromisoformat(with_settings["opens"]) == datetime(2026, 2, 3, 13, 30, tzinfo=UTC)
    assert {name: with_settings[name] for name in ("days", "office", "district", "rules")} == {
        "days": ["sun", "tue"],
        "office": [106.7, -6.3],
        "district": "Pamulang",
        "rules": "Datang *sendiri*.",
    }
    shown = admin.get("/manage/apps/antre").text
    assert 'value="106.7"' in shown
    history = admin.get("/manage/apps/antre/history").text
    assert "Minggu, Selasa" in history
    assert "-6.30000, 106.70000" in history
    assert "3 Feb 2026, 20.30" in history
    # What stands as the package gives it is no value of one's own.
    assert "Ciputat" not in history
    moved = {**data, "office.text": "https://www.openstreetmap.org/?mlat=-6.25&mlon=106.75"}
    assert admin.post_form("/manage/apps/antre", moved).status_code == 303
    assert 'value="106.75"' in admin.get("/manage/apps/antre").text
    assert admin.post_form("/manage/apps/antre", {**data, "office.clear": "1"}).status_code == 303
    assert "office.was" not in admin.get("/manage/apps/antre").text
    # Nothing ticked is something else than what the package ticks.
    assert admin.post_form("/manage/apps/antre", {**data, "days": []}).status_code == 303
    use_tenant(session, world.tangsel.id)
    session.expire_all()
    assert installed_settings(session, installation, small_definition(FILES))["days"] == []
    session.commit()
    areas = ({"district": "Kebayoran"}, {"rounds.0.where": "Kebayoran"})
    for wrong in ({"days": ["mon", "tue", "sun"]}, {"office.text": "dekat pasar"}, {"opens": "kapan-kapan"}, *areas):
        refused = admin.post_form("/manage/apps/antre", {**data, **wrong})
        assert refused.status_code == 422, wrong


@pytest.mark.parametrize(
    "values", [{"days": ["fri"]}, {"office": [2.35, 48.85]}, {"opens": "2026-01-01"}, {"days": "mon"}]
)
def test_values_that_do_not_fit_are_refused(session: Sessions, world: World, values: dict[str, object]) -> None:
    installation = enable_small(session, world, FILES)
    use_tenant(session, world.tangsel.id)
    with pytest.raises(Invalid) as caught:
        change_settings(session, installation, overrides=values)
    assert list(caught.value.fields) == [*values]


def test_the_catalog_tells_what_they_take_and_are(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_small(session, world, FILES)
    page = words_of(browse(app).get("/apps/antre"))
    for told in ("beberapa pilihan", "Senin", "titik di peta", "teks berformat", "5 Jan 2026, 08.00 WIB"):
        assert told in page, told


def test_an_area_that_stood_in_the_settings_may_stay(session: Sessions, world: World) -> None:
    installation = enable_small(session, world, FILES)
    use_tenant(session, world.tangsel.id)
    tangsel = session.get_one(Municipality, world.tangsel.id)
    # As long as nobody knew the areas any word could be written.
    tangsel.region_code = "coba"
    change_settings(session, installation, overrides={"district": "Dusun Lama"})
    tangsel.region_code = "36.74"
    change_settings(session, installation, overrides={"district": "Dusun Lama", "days": ["sun"]})
    with pytest.raises(Invalid) as caught:
        change_settings(session, installation, overrides={"district": "Dusun Baru"})
    assert "“Dusun Baru” bukan kecamatan" in caught.value.fields["district"][0]
