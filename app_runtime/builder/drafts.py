"""Keeping what somebody writes: one draft for each person of a publisher, within the sizes of a package."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.archive import write_members
from app_catalog.definitions.members import MAX_FILES, member_problem, size_limit
from app_catalog.definitions.source import Source, load_archive, load_files
from app_catalog.publishers.models import Publisher
from app_catalog.releases.archives import unwrap_folder
from app_runtime.builder.models import PackageDraft
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound, TooLarge
from lumbung.i18n import Text, t
from lumbung.ids import new_id

MAX_CHARACTERS = 1_000_000
"""What all texts of a draft may come to: twice what the YAML of a package may."""
_FOLDERS = ("app.yaml", "records", "pages", "messages", "documents", "scenarios", "examples")
_PICTURES = ("screenshots/",)
_TOO_LARGE = Text(
    "Naskah ini terlalu besar. Kurangi isinya, atau lanjutkan di komputer Anda dengan lumbung app.",
    "This draft is too large. Shorten it, or go on with `lumbung app` on your own computer.",
)


def find_draft(session: AnySession, publisher: Publisher, account_id: UUID) -> PackageDraft | None:
    """What this person writes for the publisher, or None."""
    return session.scalar(
        select(PackageDraft).where(PackageDraft.publisher_id == publisher.id, PackageDraft.account_id == account_id)
    )


def get_draft(session: AnySession, publisher: Publisher, account_id: UUID) -> PackageDraft:
    """The same; raises NotFound."""
    found = find_draft(session, publisher, account_id)
    if found is None:
        raise NotFound
    return found


def keep_draft(session: AnySession, publisher: Publisher, account_id: UUID, files: Mapping[str, str]) -> PackageDraft:
    """The draft with these files from now on. Raises TooLarge, and Invalid for a path that no package has."""
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_CHARACTERS:
        raise TooLarge(_TOO_LARGE)
    for path, text in files.items():
        if not is_text(path) or len(text.encode()) > size_limit(path):
            raise _no_such_file(path)
    # PostgreSQL keeps no zero character in JSON; the checker tells of it where it may stand.
    texts = {path: text.replace("\0", "\N{REPLACEMENT CHARACTER}") for path, text in sorted(files.items())}
    own = {"publisher_id": publisher.id, "account_id": account_id}
    written = {"files": texts, "updated_at": now()}
    # In one statement, because whoever types in two windows saves twice at once.
    kept = (
        insert(PackageDraft)
        .values(id=new_id(), created_at=now(), **own, **written)
        .on_conflict_do_update(constraint="uq_package_drafts_publisher_id_account_id", set_=written)
        .returning(PackageDraft)
    )
    return session.scalars(kept, execution_options={"populate_existing": True}).one()


def drop_draft(session: AnySession, publisher: Publisher, account_id: UUID) -> None:
    """Forget what this person writes for the publisher."""
    session.execute(
        delete(PackageDraft).where(PackageDraft.publisher_id == publisher.id, PackageDraft.account_id == account_id)
    )


def texts_of_archive(archive: bytes) -> dict[str, str]:
    """The texts of a package in a zip; pictures are left out. Raises Invalid when there is no text of a package."""
    found = {}
    for path, data in load_archive(unwrap_folder(archive)).files.items():
        if is_text(path):
            found[path] = data.decode("utf-8", "replace")
    if not found:
        raise Invalid(fields={"package": [t("Zip ini tidak berisi paket.", "There is no package in this zip.")]})
    return found


def with_file(files: Mapping[str, str], path: str) -> dict[str, str]:
    """The files with an empty one more. Raises Invalid when a package has no such file, or there is one already."""
    if not is_text(path):
        raise _no_such_file(path)
    if path in files:
        raise Invalid(fields={"path": [t("Berkas itu sudah ada.", "This file exists already.")]})
    return {**files, path: ""}


def is_text(path: str) -> bool:
    """Whether a package may have such a file, and it is a text that one can write here."""
    return member_problem(path) is None and not path.startswith(_PICTURES)


def in_order(files: Mapping[str, str]) -> dict[str, str]:
    """The files as one reads a package: `app.yaml`, then the folders, then what stands beside them."""

    def place(path: str) -> tuple[int, str]:
        top = path.partition("/")[0]
        return (_FOLDERS.index(top) if top in _FOLDERS else len(_FOLDERS), path)

    return {path: files[path] for path in sorted(files, key=place)}


def source_of(files: Mapping[str, str]) -> Source:
    """The draft as the checker reads packages."""
    return load_files({path: text.encode() for path, text in files.items()})


def archive_of(files: Mapping[str, str]) -> bytes:
    """The draft as a zip."""
    return write_members({path: text.encode() for path, text in files.items()})


def _no_such_file(path: str) -> Invalid:
    words = t(
        "“{path}” bukan berkas paket. Misalnya: records/laporan.yaml, pages/formulir.yaml, scenarios/uji.yaml.",
        "“{path}” is no file of a package. For example: records/report.yaml, pages/form.yaml, scenarios/proof.yaml.",
        path=path[:100],
    )
    return Invalid(fields={"path": [words]})
