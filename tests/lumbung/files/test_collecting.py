"""What belongs to nothing is thrown away, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from lumbung.db import db, now, set_clock, use_tenant
from lumbung.errors import NotFound
from lumbung.files import (
    attach_file,
    collect_garbage,
    detach_file,
    find_file,
    get_file,
    hide_file,
    list_files,
    open_file,
    publish_file,
    store_photo,
)
from lumbung.web.sites import LumbungFlask
from tests.lumbung.files.documents import PDF, Db, document, jpeg, on_disk
from tests.world import World


def test_attaching_takes_the_thumbnail_along_and_nobody_can_take_the_file_over(session: Db, tangsel: World) -> None:
    photo = store_photo(session, jpeg())
    attach_file(session, photo, "record", "1")
    attach_file(session, photo, "record", "1")
    assert [file.id for file in list_files(session, "record", "1")] == [photo.id]
    assert photo.thumbnail_id is not None
    thumbnail = get_file(session, photo.thumbnail_id)
    assert (thumbnail.subject_type, thumbnail.subject_id) == ("record", "1")
    with pytest.raises(NotFound):
        attach_file(session, photo, "record", "2")
    hide_file(session, photo)
    publish_file(session, photo)
    assert (thumbnail.hidden, thumbnail.public) == (True, True)
    detach_file(session, photo)
    assert list_files(session, "record", "1") == []
    assert thumbnail.subject_id is None


def test_what_nobody_attached_is_collected_after_a_day(app: LumbungFlask, session: Db, tangsel: World) -> None:
    kept = store_photo(session, jpeg())
    attach_file(session, kept, "record", "1")
    lost = store_photo(session, jpeg())
    loose = document(session)
    session.commit()
    start = now()
    assert collect_garbage(session) == 0
    with set_clock(start + timedelta(days=1, minutes=5)):
        assert collect_garbage(session) == 3
        assert len(on_disk(app)) == 5
        session.commit()
        assert collect_garbage(session) == 3
    assert len(on_disk(app)) == 2
    assert find_file(session, lost.id) is None
    assert find_file(session, loose.id) is None
    with open_file(kept) as stream:
        assert stream.read(2) == b"\xff\xd8"


def test_collecting_that_is_rolled_back_takes_no_bytes(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session)
    session.commit()
    with set_clock(now() + timedelta(days=2)):
        assert collect_garbage(session) == 1
        session.rollback()
    assert find_file(session, file.id) is not None
    with open_file(file) as stream:
        assert stream.read() == PDF


def test_bytes_of_a_rolled_back_request_and_of_a_killed_process_are_collected(
    app: LumbungFlask, session: Db, tangsel: World
) -> None:
    document(session)
    session.rollback()
    (lost,) = on_disk(app)
    lost.with_name(f"{uuid4()}.{uuid4().hex}.part").write_bytes(b"half")
    assert collect_garbage(session) == 0
    with set_clock(now() + timedelta(days=2)):
        assert collect_garbage(session) == 2
    assert on_disk(app) == []


def test_collecting_leaves_other_municipalities_alone(app: LumbungFlask, session: Db, tangsel: World) -> None:
    document(session)
    session.commit()
    use_tenant(session, tangsel.surabaya.id)
    with set_clock(now() + timedelta(days=2)):
        assert collect_garbage(session) == 0
    assert len(on_disk(app)) == 1


def test_attaching_what_was_collected_meanwhile_is_not_found(session: Db, tangsel: World) -> None:
    file = document(session)
    session.commit()
    with set_clock(now() + timedelta(days=2)):
        collect_garbage(session)
    session.commit()
    with pytest.raises(NotFound):
        attach_file(session, file, "record", "1")


def test_of_two_that_claim_a_file_at_the_same_moment_one_has_it(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file_id = document(session).id
    session.commit()
    found = get_file(session, file_id)

    def claim_meanwhile() -> None:
        with app.app_context():
            use_tenant(db.session, tangsel.tangsel.id)
            attach_file(db.session, get_file(db.session, file_id), "record", "1")
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(claim_meanwhile).result()
    with pytest.raises(NotFound):
        attach_file(session, found, "record", "2")
