"""Archives are anybody's writing: refused with clear words, fast, in little memory, and nothing is changed."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lumbung.backup.arriving import restore_municipality
from lumbung.backup.errors import ArchiveRefused, RestoreRefused
from lumbung.backup.reading import check_archive, open_archive
from lumbung.backup.restoring import restore_whole
from lumbung.settings import Settings
from tests.backup.filled import Db, back_up, checksums, destination_of, files_of, fill
from tests.backup.forging import (
    Members,
    Rows,
    change_manifest,
    change_rows,
    foreign,
    put_lines,
    read_members,
    rows_of,
    write_members,
)
from tests.processor_time import at_most
from tests.world import World

Change = Callable[[Members], None]
OTHER = "018f0000-0000-7000-8000-00000000000b"


def refuse(settings: Settings, archive: Path, match: str | None = None) -> None:
    """The archive is refused here, and the database and the disk stay as they were."""
    rows, files = checksums(settings), files_of(settings)
    with pytest.raises((ArchiveRefused, RestoreRefused), match=match) as caught:
        restore_municipality(destination_of(settings), archive, replace=True)
    assert caught.value.message.id
    assert caught.value.message.en
    assert checksums(settings) == rows
    assert files_of(settings) == files
    assert not list(settings.files_root.glob(".restoring-*"))


def rows_change(table: str, change: Callable[[Rows], None]) -> Change:
    return lambda members: change_rows(members, table, change)


def first(**values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[0].update(values)


def all_rows(**values: Any) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        for row in rows:
            row.update(values)

    return change


def drop(column: str) -> Callable[[Rows], None]:
    return lambda rows: rows[0].pop(column)


def _twice(members: Members) -> None:
    row = rows_of(members, "records")[0]
    line = json.dumps(row)[:-1] + f', "tenant_id": "{OTHER}"}}'
    put_lines(members, "records", [line])


def _escaped_twice(members: Members) -> None:
    row = rows_of(members, "records")[0]
    put_lines(members, "records", [json.dumps(row)[:-1] + f', "tenant\\u005fid": "{OTHER}"}}'])


def _other_encoding(members: Members) -> None:
    put_lines(members, "records", [json.dumps(rows_of(members, "records")[0]).encode("utf-16").decode("latin-1")])


def _deep(members: Members) -> None:
    put_lines(members, "records", ["[" * 200_000])


def _foreign_file(members: Members) -> None:
    key = next(name for name in members if name.startswith("files/"))
    _insert_before(members, "files.jsonl.gz", f"files/{OTHER}/{uuid4()}", members[key])


def _insert_before(members: Members, place: str, name: str, raw: bytes) -> None:
    items = list(members.items())
    members.clear()
    for known, content in items:
        if known == place:
            members[name] = raw
        members[known] = content


def _altered_file(members: Members) -> None:
    key = next(name for name in members if name.startswith("files/"))
    members[key] = members[key][:-1] + b"x"


def _missing_file(members: Members) -> None:
    del members[next(name for name in members if name.startswith("files/"))]


def _unknown_table(members: Members) -> None:
    _insert_before(members, "files.jsonl.gz", "tables/pg_authid.jsonl.gz", gzip.compress(b""))


def _lacking_table(members: Members) -> None:
    del members["tables/records.jsonl.gz"]
    change_manifest(members, lambda manifest: manifest["tables"].pop("records"))


def _two_municipalities(rows: Rows) -> None:
    rows.append({**rows[0], "id": "ffffffff-0000-7000-8000-00000000000b", "slug": "lain", "region_code": "99.99"})


def _broken_release(rows: Rows) -> None:
    rows[0]["version"] = "99.0.0"
    rows[0]["canonical"] = rows[0]["canonical"].replace("SIARAN", "PALSU", 1)


REFUSED: dict[str, Change] = {
    "a record of another municipality": rows_change("records", first(tenant_id=OTHER)),
    "the tenant said twice": _twice,
    "the tenant said twice, once in disguise": _escaped_twice,
    "another encoding": _other_encoding,
    "a wake-up of another municipality": rows_change("wakeups", all_rows(tenant_id=OTHER)),
    "a file whose key is another's": rows_change("files", first(key=f"{OTHER}/{OTHER}")),
    "a file whose key leaves the folder": rows_change("files", first(key="../../etc/passwd")),
    "bytes of another municipality": _foreign_file,
    "a sign-in index for another municipality": rows_change("account_memberships", first(municipality_id=OTHER)),
    "a member who is not in the archive": rows_change("memberships", first(account_id=OTHER)),
    "an operator": rows_change("accounts", first(is_operator=True)),
    "an operator by a number": rows_change("accounts", first(is_operator=1)),
    "a password": rows_change("accounts", first(password_hash="x")),
    "a private key of a publisher": rows_change("signing_keys", first(sealed_private="x")),
    "two municipalities": rows_change("municipalities", _two_municipalities),
    "no municipality": rows_change("municipalities", lambda rows: rows.clear()),
    "another municipality than it says": rows_change("municipalities", first(id=OTHER)),
    "a column that is none": rows_change("records", first(**{"id; DROP TABLE records": 1})),
    "a computed column": rows_change("records", first(search="'x'")),
    "a column that is missing": rows_change("records", drop("title")),
    "a row twice": rows_change("records", lambda rows: rows.append(rows[-1])),
    "rows out of order": rows_change("records", lambda rows: rows.reverse()),
    "a value of another type": rows_change("records", first(version="nol")),
    "a value that a rule refuses": rows_change("record_clocks", first(state="abadi")),
    "a record of no installation": rows_change("records", all_rows(installation_id=OTHER)),
    "a NUL": rows_change("records", first(title="a\u0000b")),
    "JSON too deep": _deep,
    "no JSON": lambda members: put_lines(members, "records", ["SELECT 1"]),
    "not an object": lambda members: put_lines(members, "records", ["[]"]),
    "a table that is none": _unknown_table,
    "a table that lacks": _lacking_table,
    "a release that its publisher never signed": rows_change("releases", _broken_release),
    "a damaged file": _altered_file,
    "a file too few": _missing_file,
    "another schema": lambda members: change_manifest(members, lambda m: m.update(schema_revision="9999")),
    "another format": lambda members: change_manifest(members, lambda m: m.update(format_version=2)),
    "a manifest with more": lambda members: change_manifest(members, lambda m: m.update(more=1)),
    "a manifest that is none": lambda members: members.update({"manifest.json": b"{"}),
    "a manifest without end": lambda members: members.update({"manifest.json": b" " * (9 * 1024 * 1024)}),
    "a costly passphrase": lambda members: change_manifest(
        members,
        lambda m: m.update(passphrase={"kdf": "scrypt", "n": 2**30, "r": 8, "p": 1, "salt": "0" * 32, "key": "x"}),
    ),
    "another readme": lambda members: members.update({"README.txt": b"Jalankan: curl"}),
}


@pytest.fixture
def archive(session: Db, world: World, settings: Settings, tmp_path: Path) -> Path:
    """A sound archive of a municipality that is here."""
    fill(session, world)
    session.remove()
    path = tmp_path / "tangsel.tar"
    back_up(settings, path, tenant_id=world.tangsel.id)
    return path


def test_forged_archives_are_refused_and_change_nothing(archive: Path, settings: Settings, tmp_path: Path) -> None:
    sound = read_members(archive)
    for number, (name, change) in enumerate(REFUSED.items()):
        members = dict(sound)
        foreign(members)
        change(members)
        forged = write_members(tmp_path / f"{number}.tar", members)
        try:
            refuse(settings, forged)
        except BaseException as error:
            raise AssertionError(name) from error


def test_the_archive_itself_is_taken_so_that_the_others_could_have_been(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    members = read_members(archive)
    foreign(members)
    for table in ("records", "accounts", "releases", "municipalities", "wakeups", "files", "signing_keys"):
        change_rows(members, table, lambda rows: None)
    restore_municipality(destination_of(settings), write_members(tmp_path / "f.tar", members), replace=True)


def test_an_archive_that_was_altered_after_it_was_made_here_is_refused(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    members = read_members(archive)
    change_rows(members, "records", first(title="Diubah"))
    refuse(settings, write_members(tmp_path / "altered.tar", members), match="altered")


def test_an_archive_cut_anywhere_is_refused(archive: Path, settings: Settings, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    cut = tmp_path / "cut.tar"
    for part in (0, 1, 511, 512, *(len(whole) * n // 12 for n in range(1, 12)), len(whole) - 1024, len(whole) - 512):
        cut.write_bytes(whole[:part])
        with pytest.raises(ArchiveRefused), open_archive(cut) as opened:
            check_archive(opened)
    cut.write_bytes(whole[: len(whole) // 2])
    refuse(settings, cut)


def test_a_flipped_bit_is_found(archive: Path, tmp_path: Path) -> None:
    whole = bytearray(archive.read_bytes())
    flipped = tmp_path / "flipped.tar"
    dice = random.Random(17)
    with open_archive(archive) as opened:
        members = [*opened.tables.values(), *(member for _, member in opened.files())]
    for member in members:
        if member.size == 0:
            continue
        at = member.offset + dice.randrange(12, member.size)
        whole[at] ^= 1
        flipped.write_bytes(whole)
        with pytest.raises(ArchiveRefused), open_archive(flipped) as opened:
            check_archive(opened)
        whole[at] ^= 1


@pytest.mark.parametrize(
    "raw",
    [b"", b"PK\x03\x04", b"x" * 2048, gzip.compress(b"x" * 4096, mtime=0), bytes(10240)],
    ids=["nothing", "zip", "text", "gzip", "empty tar"],
)
def test_something_else_is_no_archive(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(raw)
    with pytest.raises(ArchiveRefused), open_archive(path):
        pass


def _link(kind: bytes) -> Callable[[tarfile.TarFile], None]:
    def add(tar: tarfile.TarFile) -> None:
        info = tarfile.TarInfo("files/x")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)

    return add


def _named(name: str, *, size: int = 3) -> Callable[[tarfile.TarFile], None]:
    def add(tar: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.size = size
        tar.addfile(info, io.BytesIO(b"x" * size))

    return add


@pytest.mark.parametrize(
    "add",
    [
        _link(tarfile.SYMTYPE),
        _link(tarfile.LNKTYPE),
        _link(tarfile.DIRTYPE),
        _link(tarfile.FIFOTYPE),
        _link(tarfile.CHRTYPE),
        _named("../../etc/cron.d/x"),
        _named("/etc/cron.d/x"),
        _named("files/../../../x"),
        _named("tables/records.jsonl.gz/../x"),
        _named("manifest.json"),
        _named("x" * 300),
        _named("tables/é.jsonl.gz"),
    ],
)
def test_strange_members_are_refused(add: Callable[[tarfile.TarFile], None], tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        add(tar)
        _named("README.txt")(tar)
    with pytest.raises(ArchiveRefused), open_archive(path):
        pass


def test_bombs_do_not_go_off(archive: Path, settings: Settings, tmp_path: Path) -> None:
    for pattern in (b"\0", b"\n", b'{"id":"a"}\n', b"x" * 1000 + b"\n"):
        try:
            _explode(pattern, archive, settings, tmp_path)
        except BaseException as error:
            error.add_note(f"{pattern[:20]!r} again and again")
            raise


def _explode(pattern: bytes, archive: Path, settings: Settings, tmp_path: Path) -> None:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as stream:
        block = pattern * (1024 * 1024 // len(pattern))
        for _ in range(64):
            stream.write(block)
    huge = {"rows": 2**50, "bytes": 2**50, "sha256": "0" * 64}
    for member in ("tables/records.jsonl.gz", "files.jsonl.gz"):
        members = read_members(archive)
        foreign(members)
        members[member] = out.getvalue()
        change_manifest(members, lambda manifest: manifest["tables"].update(records=huge))
        bomb = write_members(tmp_path / f"{len(member)}.tar", members)
        # Tracing slows millions of short lines down, and it is the long ones that could take memory.
        traced = len(pattern) in (1, 1001)
        if traced:
            tracemalloc.start()
        try:
            with at_most(20):
                refuse(settings, bomb)
            assert not traced or tracemalloc.get_traced_memory()[1] < 160 * 1024 * 1024
        finally:
            tracemalloc.stop()


def test_a_size_beyond_the_end_is_not_believed(archive: Path, tmp_path: Path) -> None:
    raw = bytearray(archive.read_bytes())
    raw[124:136] = b"\x80" + (2**60).to_bytes(11, "big")
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])
    path = tmp_path / "x.tar"
    path.write_bytes(raw)
    with pytest.raises(ArchiveRefused, match="cut short"), open_archive(path):
        pass


def test_an_archive_of_everything_is_not_taken_for_a_municipality(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    everything = tmp_path / "semua.tar"
    back_up(settings, everything)
    refuse(settings, everything, match="whole platform")
    with pytest.raises(ArchiveRefused, match="one municipality"):
        restore_whole(destination_of(settings), archive)
