"""What differs between two versions: on the hub, as JSON, and on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session, scoped_session

from app_catalog.catalog import changes
from app_catalog.cli import app as app_command
from app_catalog.definitions import differences
from app_catalog.releases.models import Release
from app_catalog.releases.states import note_event
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import SIARAN
from tests.browsing import browse, words_of
from tests.next_siaran import next_siaran, publish_next
from tests.siaran import publish_siaran
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]
JSON = "/api/v1/apps/siaran/releases/0.10.0/changes"
PAGE = "/apps/siaran/0.10.0/changes"


@pytest.fixture
def releases(session: Db, world: World) -> tuple[Release, Release]:
    """SIARAN 0.9.0 and 0.10.0 in the catalog."""
    return publish_siaran(session, world)[1], publish_next(session, world)


def test_the_page_tells_people_what_a_version_brings(app: LumbungFlask, releases: tuple[Release, Release]) -> None:
    browser = browse(app)
    page = browser.get(PAGE)
    assert page.status_code == 200
    words = words_of(page)
    for said in ("Dari 0.9.0 ke 0.10.0", "Menunggu pelapor", "dihapus", "Tenggat", "perlu jawaban saat memindah"):
        assert said in words, said
    assert "From 0.9.0 to 0.10.0" in words_of(browser.get(f"{PAGE}?lang=en"))
    assert f'href="{PAGE}"' in browser.get("/apps/siaran").text
    assert f'href="{PAGE}"' in browser.get("/apps/siaran/0.10.0").text
    assert "/changes" not in browser.get("/apps/siaran/0.9.0").text
    assert browser.get("/apps/siaran/0.9.0/changes").status_code == 404
    assert browser.get(f"{PAGE}?from=7.7.7").status_code == 404
    back = browse(app).get("/apps/siaran/0.9.0/changes?from=0.10.0")
    assert "Dari 0.10.0 ke 0.9.0" in words_of(back)


def test_programs_get_the_same_and_may_keep_it_for_ever(
    app: LumbungFlask, session: Db, releases: tuple[Release, Release]
) -> None:
    browser = browse(app)
    answer = browser.get(f"{JSON}?from=0.9.0")
    found = answer.json
    assert found is not None
    assert (found["from"], found["to"], found["bump"], found["weight"]) == ("0.9.0", "0.10.0", "major", "mapping")
    gone = next(one for one in found["differences"] if one["path"] == "records/report/workflow/states/waiting")
    assert (gone["area"], gone["change"], gone["name"]["en"]) == ("states", "removed", "Waiting for the reporter")
    assert "immutable" in answer.headers["Cache-Control"]
    again = browser.get(f"{JSON}?from=0.9.0", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    newest = browser.get(JSON)
    assert newest.json == found
    assert newest.headers["Cache-Control"] == "no-cache"
    note_event(session, releases[0], "yanked", account_id=None, reason="Salah hitung")
    session.commit()
    assert browser.get(f"{JSON}?from=0.9.0").headers["Cache-Control"] == "no-cache"
    assert browser.get(JSON).status_code == 404
    assert browser.get("/api/v1/apps/siaran/releases/0.11.0/changes").status_code == 404


def test_two_versions_are_compared_once(
    app: LumbungFlask, releases: tuple[Release, Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    changes._compare_texts.cache_clear()
    compared = []

    def compare(before: Any, after: Any) -> Any:
        compared.append((before["app"]["version"], after["app"]["version"]))
        return differences.compare(before, after)

    monkeypatch.setattr(changes, "compare", compare)
    browser = browse(app)
    assert words_of(browser.get(PAGE)) == words_of(browser.get(PAGE))
    assert browser.get(f"{JSON}?from=0.9.0").json["differences"]  # type: ignore[index]
    assert browser.get("/apps/siaran/0.9.0/changes?from=0.10.0").status_code == 200
    assert compared == [("0.9.0", "0.10.0"), ("0.10.0", "0.9.0")]


def test_what_is_not_published_is_compared_for_its_publisher_alone(
    app: LumbungFlask, session: Db, world: World, releases: tuple[Release, Release]
) -> None:
    note_event(session, releases[1], "sent_back", account_id=None, reason="Belum jelas")
    session.commit()
    assert browse(app).get(f"{PAGE}?from=0.9.0").status_code == 404
    assert browse(app).get(f"{JSON}?from=0.9.0").status_code == 404
    assert browse(app, account=world.tangsel.accounts["admin"]).get(f"{PAGE}?from=0.9.0").status_code == 200


def test_the_command_compares_folders_and_zips(tmp_path: Path) -> None:
    newer = tmp_path / "next.zip"
    newer.write_bytes(next_siaran())
    run = CliRunner().invoke(app_command, ["--lang", "en", "diff", str(SIARAN), str(newer)])
    assert run.exit_code == 0, run.output
    assert "States\n  - records/report/workflow/states/waiting  Waiting for the reporter: " in run.output
    run = CliRunner().invoke(app_command, ["diff", str(SIARAN), str(newer), "--json"])
    found = json.loads(run.output)
    assert (found["from"], found["to"], found["bump"], found["least_bump"]) == ("0.9.0", "0.10.0", "major", "major")
    same = CliRunner().invoke(app_command, ["--lang", "en", "diff", str(SIARAN), str(SIARAN)])
    assert same.output == "Nothing differs.\n"
    newer.write_bytes(next_siaran("0.9.1"))
    low = CliRunner().invoke(app_command, ["--lang", "en", "diff", str(SIARAN), str(newer)])
    assert "The version rises too little: 0.9.0 → 0.9.1 is “minor”, at least “major” is due." in low.output


def test_the_command_says_which_package_is_not_right(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "app.yaml").write_text("id: x\n")
    run = CliRunner().invoke(app_command, ["--lang", "en", "diff", str(SIARAN), str(wrong)])
    assert run.exit_code == 1
    assert "wrong is not right yet" in run.output
