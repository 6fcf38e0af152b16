"""Publishing from the browser and from the command line, through HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.serving import make_server

from app_catalog.cli import app as command
from app_catalog.definitions.archive import write_members
from app_catalog.deprecations.reading import today_in_jakarta
from app_catalog.publishers.keys import add_own_key, revoke_key
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.tokens import create_token
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import submit_package
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import SIARAN, StandInRunner, approved_publisher, siaran_files, siaran_zip
from tests.browsing import Browser, browse, words_of
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]
UPLOAD = "/publish/tangsel/upload"


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher."""
    return approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)


@pytest.fixture
def token(session: Db, world: World, publisher: Publisher) -> str:
    """A token of its owner."""
    _, text = create_token(session, publisher, account_id=world.tangsel.accounts["admin"].id, name="CI", days=30)
    session.commit()
    return text


def _send(browser: Browser, archive: bytes, name: str = "siaran.zip") -> Any:
    answer = browser.post_form(UPLOAD, {"package": (BytesIO(archive), name)}, content_type="multipart/form-data")
    # The test client puts a large body into a temporary file and leaves it open.
    answer.request.environ["wsgi.input"].close()
    return answer


def _releases(session: Db) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(Release)).one()


# From the browser


def test_a_package_is_published_from_the_browser(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    browser = browse(app, account=world.tangsel.accounts["admin"])
    answer = _send(browser, siaran_zip())
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/publish/tangsel/apps/siaran"
    assert "menunggu kurator" in words_of(browser.follow(answer))
    first = session.scalars(select(Release)).one()
    curator = browse(app, account=world.operator)
    assert curator.post_form("/curator/releases", {}, to=f"/curator/releases/{first.id}/approve").status_code == 303
    assert _send(browser, siaran_zip()).status_code == 303
    assert _releases(session) == 1
    answer = _send(browser, siaran_zip(version="0.9.1"))
    assert answer.headers["Location"] == "/apps/siaran/0.9.1"
    assert "Versi 0.9.1 terbit" in words_of(browser.follow(answer))
    assert "Terbit" in words_of(browser.get("/publish/tangsel"))


def test_another_content_under_the_same_version_is_told_clearly(
    app: LumbungFlask, world: World, publisher: Publisher
) -> None:
    browser = browse(app, account=world.tangsel.accounts["admin"])
    _send(browser, siaran_zip())
    answer = _send(browser, siaran_zip(readme="lain"))
    assert answer.status_code == 409
    assert "Naikkan `version`" in words_of(answer)


def test_every_problem_is_shown_with_file_line_and_remedy(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    files = siaran_files()
    files["app.yaml"] = files["app.yaml"].replace(b"category: complaints", b"category: klacht\nwarna: <b>merah</b>")
    files["pages/map.yaml"] = b"kind: map\n  record: [\n"
    answer = _send(browse(app, account=world.tangsel.accounts["admin"]), write_members(files))
    assert answer.status_code == 422
    words = words_of(answer)
    for part in ("app.yaml", "pages/map.yaml", "baris 5", "category: klacht", "complaints", "warna"):
        assert part in words
    assert "<b>merah" not in answer.text
    assert _releases(session) == 0


def test_a_failed_scenario_is_shown(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, tried: StandInRunner
) -> None:
    tried.passes = False
    answer = _send(browse(app, account=world.tangsel.accounts["admin"]), siaran_zip())
    assert answer.status_code == 422
    assert "Tandanya hilang." in words_of(answer)


@pytest.mark.parametrize("archive", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 64])
def test_what_is_no_archive_is_told(app: LumbungFlask, world: World, publisher: Publisher, archive: bytes) -> None:
    answer = _send(browse(app, account=world.tangsel.accounts["admin"]), archive)
    assert answer.status_code == 422
    assert "zip" in words_of(answer).lower()


def test_too_large_a_package_is_refused(app: LumbungFlask, world: World, publisher: Publisher) -> None:
    answer = _send(browse(app, account=world.tangsel.accounts["admin"]), b"\0" * (8 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "paling besar 8 MB" in words_of(answer)


def test_a_look_alike_waits_and_a_curator_decides(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    other = approved_publisher(session, world.surabaya.accounts["admin"], slug="surabaya", name="Kota Surabaya")
    assert isinstance(submit_package(session, other, siaran_zip(id="siaram", name="Siaram")), Release)
    session.commit()
    browser = browse(app, account=world.tangsel.accounts["admin"])
    answer = _send(browser, siaran_zip())
    assert answer.headers["Location"] == "/publish/tangsel/apps/siaran"
    assert "menunggu kurator" in words_of(browser.follow(answer))
    assert browser.get("/apps/siaran").status_code == 404
    assert browser.get("/apps/siaran/0.9.0").status_code == 200
    assert browse(app).get("/apps/siaran/0.9.0").status_code == 404
    release = session.scalars(select(Release).join(App).where(App.slug == "siaran")).one()

    assert browser.get("/curator/releases").status_code == 403
    curator = browse(app, account=world.operator)
    assert "siaram" in words_of(curator.get("/curator/releases"))
    back = f"/curator/releases/{release.id}/send-back"
    assert curator.post_form("/curator/releases", {"reason": " "}, to=back).status_code == 422
    assert curator.post_form("/curator/releases", {}, to=f"/curator/releases/{release.id}/approve").status_code == 303
    assert browse(app).get("/apps/siaran").status_code == 200
    assert curator.post_form("/curator/releases", {"reason": "Terlalu mirip"}, to=back).status_code == 409


def test_a_release_that_was_sent_back_tells_why(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    other = approved_publisher(session, world.surabaya.accounts["admin"], slug="surabaya", name="Kota Surabaya")
    assert isinstance(submit_package(session, other, siaran_zip(id="siaram", name="Siaram")), Release)
    release = submit_package(session, publisher, siaran_zip())
    assert isinstance(release, Release)
    session.commit()
    curator = browse(app, account=world.operator)
    back = f"/curator/releases/{release.id}/send-back"
    assert curator.post_form("/curator/releases", {"reason": "Ganti namanya"}, to=back).status_code == 303
    assert "Ganti namanya" in words_of(browse(app, account=world.tangsel.accounts["admin"]).get("/publish/tangsel"))


@pytest.mark.parametrize(
    "path",
    ["/publish/tangsel", UPLOAD, "/publish/tangsel/people", "/publish/tangsel/keys", "/publish/tangsel/tokens"],
)
def test_a_publishers_pages_are_for_its_people(
    app: LumbungFlask, world: World, publisher: Publisher, path: str
) -> None:
    assert browse(app, account=world.tangsel.accounts["admin"]).get(path).status_code == 200
    assert browse(app, account=world.surabaya.accounts["admin"]).get(path).status_code == 404
    anonymous = browse(app).get(path)
    assert anonymous.status_code == 302
    assert anonymous.headers["Location"].startswith("/sign-in?next=")


# From the command line


@pytest.fixture
def hub(app: LumbungFlask) -> Iterator[str]:
    """The application on a port of this machine, as the hub."""

    def serve(environ: dict[str, Any], start: Any) -> Any:
        return app({**environ, "HTTP_HOST": "lumbung.test", "wsgi.url_scheme": "https"}, start)

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/publish/tangsel"
    server.shutdown()
    thread.join()
    server.server_close()


def _lumbung(*arguments: object) -> Result:
    return CliRunner().invoke(command, ["--lang", "en", *map(str, arguments)])


def _folder(tmp_path: Path, **changes: str) -> Path:
    for path, data in siaran_files(**changes).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def test_the_command_line_publishes_once(session: Db, hub: str, token: str, tmp_path: Path) -> None:
    first = _lumbung("publish", SIARAN, "--to", hub, "--token", token)
    assert first.exit_code == 0, first.output
    assert "siaran 0.9.0 waits for a curator" in first.output
    assert "This is the first release of the app." in first.output
    again = _lumbung("publish", SIARAN, "--to", hub, "--token", token)
    assert "waits for a curator" in again.output
    other = _lumbung("publish", _folder(tmp_path, readme="x"), "--to", hub, "--token", token)
    assert other.exit_code == 1
    assert "Raise `version`" in other.output
    assert _releases(session) == 1


def test_the_command_line_signs_with_an_own_key(
    session: Db, publisher: Publisher, hub: str, token: str, tmp_path: Path
) -> None:
    made = _lumbung("keygen", "-o", tmp_path / "key")
    assert made.exit_code == 0
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert _lumbung("keygen", "-o", tmp_path / "key").exit_code == 1
    unknown = _lumbung("publish", SIARAN, "--to", hub, "--token", token, "--key", tmp_path / "key")
    assert unknown.exit_code == 1
    assert "not registered" in unknown.output
    key = add_own_key(session, publisher, name="Laptop", public_key=made.output.splitlines()[-2])
    session.commit()
    known = _lumbung("publish", SIARAN, "--to", hub, "--token", token, "--key", tmp_path / "key")
    assert known.exit_code == 0, known.output
    session.rollback()
    assert session.scalars(select(Release.signing_key_id)).one() == key.id


def test_check_and_pack_on_the_command_line(tmp_path: Path) -> None:
    assert _lumbung("check", SIARAN).exit_code == 0
    packed = _lumbung("pack", SIARAN, "-o", tmp_path / "siaran.zip")
    assert packed.exit_code == 0
    assert "sha256:" in packed.output
    assert (tmp_path / "siaran.zip").read_bytes() == siaran_zip()
    assert _lumbung("check", tmp_path / "siaran.zip").exit_code == 0
    broken = _folder(tmp_path / "broken")
    (broken / "app.yaml").write_text((broken / "app.yaml").read_text().replace("complaints", "klacht"))
    told = _lumbung("check", broken)
    assert told.exit_code == 1
    assert "app.yaml:5:" in told.output
    assert _lumbung("pack", broken, "-o", tmp_path / "broken.zip").exit_code == 1
    assert not (tmp_path / "broken.zip").exists()


def test_a_hub_that_is_not_there_is_told(tmp_path: Path) -> None:
    nobody = _lumbung("publish", SIARAN, "--to", "http://127.0.0.1:1/publish/x", "--token", "t")
    assert nobody.exit_code == 1
    assert "cannot be reached" in nobody.output
    assert "Name the publisher" in _lumbung("publish", SIARAN, "--to", "http://127.0.0.1:1", "--token", "t").output


def test_a_revoked_key_signs_nothing_new_and_the_answer_says_what_to_do(
    session: Db, publisher: Publisher, hub: str, token: str, tmp_path: Path
) -> None:
    made = _lumbung("keygen", "-o", tmp_path / "key")
    key = add_own_key(session, publisher, name="Laptop", public_key=made.output.splitlines()[-2])
    revoke_key(session, publisher, key_row_id=key.id)
    session.commit()
    refused = _lumbung("publish", SIARAN, "--to", hub, "--token", token, "--key", tmp_path / "key")
    assert refused.exit_code == 1
    assert "has been revoked" in refused.output
    assert "Add another one on the keys page" in refused.output
    assert _releases(session) == 0


def test_the_command_line_promotes_deprecates_and_yanks(
    session: Db, publisher: Publisher, hub: str, token: str, tmp_path: Path
) -> None:
    for version, channel in (("0.9.0", "stable"), ("0.9.1", "beta")):
        submit_package(session, publisher, siaran_zip(version=version), channel=channel, by_operator=True)
    session.commit()
    to = ("--to", hub, "--token", token)

    def says(expected: str, *arguments: object, code: int = 0) -> None:
        result = _lumbung(arguments[0], *to, *arguments[1:])
        assert (result.exit_code, expected in result.output) == (code, True), result.output

    says("siaran 0.9.1 is published.", "promote", "siaran", "0.9.1")
    says("in the stable channel already", "promote", "siaran", "0.9.1", code=1)
    until = (today_in_jakarta() + timedelta(days=60)).isoformat()
    ends = ("--reason", "Salah tenggat", "--until", until, "--successor", "0.9.1")
    mapping = tmp_path / "mapping.json"
    mapping.write_text("{")
    says("is no JSON", "deprecate", "siaran", "0.9.0", *ends, "--mapping", mapping, code=1)
    mapping.write_text('{"surat": {}}')
    says("no record type of both", "deprecate", "siaran", "0.9.0", *ends, "--mapping", mapping, code=1)
    mapping.write_text('{"report": {"states": {"assigned": "received"}}}')
    says(f"siaran 0.9.0 is supported until {until}.", "deprecate", "siaran", "0.9.0", *ends, "--mapping", mapping)
    says("siaran 0.9.0 is supported as before.", "support", "siaran", "0.9.0")
    says("Choose what takes its place", "deprecate", "siaran", "0.9.0", *ends[:4], code=1)
    says(f"siaran is supported until {until}.", "deprecate", "siaran", *ends[:4])
    says("siaran 0.9.1 was yanked.", "yank", "siaran", "0.9.1", "--reason", "Salah tenggat")
    says("is not published now", "yank", "siaran", "0.9.1", "--reason", "Salah tenggat", code=1)
    says("cannot be reached", "support", "siaran", "--to", "http://127.0.0.1:1/publish/x", code=1)
