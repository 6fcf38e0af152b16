"""An archive is no way into a catalog: what its releases claim to be is held against what is known here."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app_catalog.definitions.signing import new_private_key, public_key_of, sign_digest
from lumbung.backup.arriving import restore_municipality
from lumbung.backup.errors import ArchiveRefused, RestoreRefused
from lumbung.settings import Settings
from tests.backup.filled import Db, back_up, checksums, destination_of, fill
from tests.backup.forging import Members, change_rows, foreign, read_members, rows_of, write_members
from tests.world import World

LAST = "fffffffe-0000-7000-8000-"
PRIVATE = new_private_key()
_numbers = count()
_GLOBAL = ("publishers", "signing_keys", "apps", "releases", "release_files", "release_events")


@pytest.fixture
def members(session: Db, world: World, settings: Settings, elsewhere: Settings, tmp_path: Path) -> Members:
    """The archive of a municipality for another Lumbung, where the same app is in the catalog already, approved."""
    fill(session, world)
    session.remove()
    for place in (world.surabaya, world.tangsel):
        back_up(settings, tmp_path / f"{place.slug}.tar", tenant_id=place.id)
    restore_municipality(destination_of(elsewhere), tmp_path / "surabaya.tar")
    with destination_of(elsewhere).engine.begin() as connection:
        connection.execute(text("UPDATE publishers SET status = 'approved', reason = NULL"))
        connection.execute(text("UPDATE apps SET hidden_at = NULL"))
    found = read_members(tmp_path / "tangsel.tar")
    foreign(found)
    return found


def add(members: Members, table: str, **values: Any) -> str:
    """A row like the table's first one with other values, at its end; its id."""
    row = {**rows_of(members, table)[0], "id": f"{LAST}{next(_numbers):012x}", **values}
    change_rows(members, table, lambda rows: rows.append(row))
    return str(row["id"])


def add_release(members: Members, *, key: str, version: str = "9.9.9", **values: Any) -> str:
    """A release that is whole and signed by the attacker's key."""
    known = rows_of(members, "releases")[0]
    canonical = known["canonical"].replace(f'"version":"{known["version"]}"', f'"version":"{version}"', 1)
    assert canonical != known["canonical"]
    digest = f"sha256:{sha256(canonical.encode()).hexdigest()}"
    signature = b64encode(sign_digest(digest, PRIVATE).value).decode()
    release = add(
        members,
        "releases",
        **{"version": version, "canonical": canonical, "digest": digest, "signature": signature, **values},
        signing_key_id=key,
    )
    add(members, "release_events", release_id=release, kind="published")
    return release


def _run(members: Members, release: str) -> None:
    change_rows(members, "definitions", lambda rows: rows[0].update(release_id=release))


def _own_key(members: Members, **values: Any) -> str:
    return add(members, "signing_keys", public_key=b64encode(public_key_of(PRIVATE)).decode(), **values)


def _strange_key(members: Members) -> None:
    _run(members, add_release(members, key=_own_key(members)))


def _key_of_another(members: Members) -> None:
    own = rows_of(members, "municipalities")[0]["id"]
    publisher = add(members, "publishers", slug="penyerang", municipality_id=own)
    key = _own_key(members, publisher_id=publisher)
    add_release(members, key=key, app_id=add(members, "apps", slug="umpan", publisher_id=publisher))
    _run(members, add_release(members, key=key))


def _other_file(members: Members) -> None:
    own = rows_of(members, "municipalities")[0]["id"]
    publisher = add(members, "publishers", slug="penyerang", municipality_id=own)
    app = add(members, "apps", slug="umpan", publisher_id=publisher)
    release = add_release(members, key=_own_key(members, publisher_id=publisher), app_id=app)
    add(members, "release_files", release_id=release, content_type="text/html")


def _not_run(members: Members) -> None:
    add_release(members, key=rows_of(members, "signing_keys")[0]["id"])


def _new_app(members: Members) -> None:
    app = add(members, "apps", slug="palsu")
    _run(members, add_release(members, key=_own_key(members), app_id=app))


def _another_account(members: Members) -> None:
    add(members, "accounts", email="siapa@contoh.id")


REFUSED: dict[str, tuple[Callable[[Members], None], str]] = {
    "a release of a known app, signed by a key that its publisher never showed here": (_strange_key, "never shown it"),
    "a release of a known app, signed by the key of another publisher": (_key_of_another, "not what its publisher"),
    "a file that is not served as what the release says it is": (_other_file, "not what its publisher"),
    "a release that the municipality neither runs nor published": (_not_run, "nothing to do with"),
    "an app of a known publisher, signed by a key that it never showed here": (_new_app, "never shown it"),
    "a person who has nothing to do with the municipality": (_another_account, "nothing to do with"),
}


def test_releases_that_a_publisher_known_here_never_signed_are_refused(
    members: Members, elsewhere: Settings, tmp_path: Path
) -> None:
    before = checksums(elsewhere)
    for number, (name, (change, expected)) in enumerate(REFUSED.items()):
        forged = dict(members)
        change(forged)
        path = write_members(tmp_path / f"{number}.tar", forged)
        with pytest.raises((ArchiveRefused, RestoreRefused)) as refusal:
            restore_municipality(destination_of(elsewhere), path)
        assert expected in refusal.value.message.en, name
        assert checksums(elsewhere) == before, name


def test_what_became_of_a_release_known_here_is_not_an_archives_to_say(
    members: Members, elsewhere: Settings, tmp_path: Path
) -> None:
    before = checksums(elsewhere)
    event = rows_of(members, "release_events")[0]
    add(members, "release_events", release_id=event["release_id"], kind="yanked", created_at="2030-01-01T00:00:00Z")
    add(members, "release_files", path="screenshots/lain.html", content_type="text/html")
    restore_municipality(destination_of(elsewhere), write_members(tmp_path / "yanked.tar", members))
    after = checksums(elsewhere)
    assert {table: after[table] for table in _GLOBAL} == {table: before[table] for table in _GLOBAL}
