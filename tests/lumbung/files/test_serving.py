"""Stored files on their way to browsers."""

from __future__ import annotations

import pytest

from lumbung.files import StorageDown, hide_file, open_file, send_stored_file
from lumbung.web.sites import LumbungFlask
from tests.lumbung.files.documents import PDF, Db, document, jpeg
from tests.world import World


@pytest.mark.parametrize(
    ("data", "declared", "disposition", "sandbox"),
    [
        (jpeg(), "image/jpeg", "inline", True),
        (PDF, "application/pdf", "inline", False),
        (b"<script>", "text/html", "attachment", True),
        (b"a,b", "text/csv", "attachment", True),
    ],
)
def test_a_file_is_served_so_that_it_can_do_no_harm(
    app: LumbungFlask, session: Db, tangsel: World, data: bytes, declared: str, disposition: str, sandbox: bool
) -> None:
    file = document(session, data=data, content_type=declared, name='a"b;\u00e9.bin')
    with app.test_request_context():
        response = send_stored_file(file)
        response.direct_passthrough = False
        assert response.get_data() == data
        response.close()
    headers = response.headers
    assert headers["Content-Disposition"].startswith(disposition)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ("sandbox" in headers["Content-Security-Policy"]) is sandbox
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Length"] == str(len(data))
    if disposition == "attachment":
        assert headers["Content-Type"] == "application/octet-stream"


def test_a_public_file_may_be_cached_until_it_is_hidden(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session, public=True)
    with app.test_request_context():
        shown = send_stored_file(file)
        shown.close()
        hide_file(session, file)
        taken_away = send_stored_file(file)
        taken_away.close()
    assert shown.headers["Cache-Control"] == "public, max-age=3600"
    assert taken_away.headers["Cache-Control"] == "private, no-store"


def test_a_browser_that_has_the_file_gets_no_bytes(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session)
    with app.test_request_context(headers={"If-None-Match": f'"{file.sha256}"'}):
        response = send_stored_file(file)
        response.close()
    assert response.status_code == 304


def test_a_file_whose_bytes_are_gone_is_said_plainly(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session)
    (app.lumbung.files_root / file.key).unlink()
    with app.test_request_context(), pytest.raises(StorageDown):
        send_stored_file(file)
    with pytest.raises(StorageDown):
        open_file(file)
