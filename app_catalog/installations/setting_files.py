"""Files that a municipality gives to an app's settings: kept as its own, and told by their ids.

A file is attached to the installation as long as a setting names it; what no setting names any more is collected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Definition, SettingSpec
from app_catalog.installations.effective import settings_at
from app_catalog.installations.models import Installation
from app_catalog.installations.services import change_settings
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.files import StoredFile, attach_file, detach_file, get_file, store_file
from lumbung.i18n import Text, pick
from tenants.plans.catalogue import Resource
from tenants.plans.stopping import require_room

SUBJECT = "setting"
MOST_FILES = 10
LARGEST_FILE = 10 * 1_048_576
_WRONG_KIND = Text("Jenis berkas ini tidak diterima di sini.", "Files of this kind are not accepted here.")
_ENOUGH = Text("Paling banyak {n} berkas; hapus satu dahulu.", "At most {n} files; take one away first.")


@dataclass(frozen=True, slots=True)
class ShownFiles:
    """A setting of files for its page: what it is called, what it takes, and the files that it has."""

    id: str
    label: str
    help: str
    accept: str
    largest: str
    full: bool
    files: Sequence[StoredFile]


def files_named(session: AnySession, ids: Sequence[Any]) -> list[StoredFile]:
    """The files of a setting's value, in its order; those that are gone are left out."""
    wanted = [found for one in ids if (found := _as_id(one)) is not None]
    if not wanted:
        return []
    query = select(StoredFile).where(StoredFile.tenant_id == current_tenant(session), StoredFile.id.in_(wanted))
    kept = {file.id: file for file in session.scalars(query) if file.subject_type == SUBJECT}
    return [kept[one] for one in wanted if one in kept]


def show_files(session: AnySession, definition: Definition, values: Mapping[str, Any]) -> list[ShownFiles]:
    """The settings of files, in the order of the form."""
    shown = []
    for spec in definition.settings.values():
        if spec.type != "files":
            continue
        files = files_named(session, values.get(spec.id) or ())
        full = len(files) >= (spec.max_count or MOST_FILES)
        help_text = pick(spec.help) if spec.help else ""
        largest, accept = _in_words(spec.max_size or LARGEST_FILE), ",".join(spec.accept)
        shown.append(ShownFiles(spec.id, pick(spec.label), help_text, accept, largest, full, files))
    return shown


def add_file(
    session: AnySession,
    installation: Installation,
    spec: SettingSpec,
    *,
    data: bytes,
    name: str,
    declared: str,
    account_id: UUID | None,
) -> StoredFile:
    """Keep a file and name it in the next version of the settings.

    Raises Conflict when the setting is full or somebody else changed the settings just now, Invalid for a kind that the
    setting does not take, QuotaReached and NoRoomLeft where the municipality's files reach their limit, and as
    `store_file` does.
    """
    overrides = own_values(session, installation)
    ids = list(overrides.get(spec.id) or ())
    most = spec.max_count or MOST_FILES
    if len(ids) >= most:
        raise Conflict(_ENOUGH.format(n=most))
    require_room(session, Resource.FILES, adding=len(data))
    stored = store_file(
        session,
        data=data,
        name=name,
        content_type=declared,
        kind="document",
        uploaded_by=account_id,
        max_bytes=spec.max_size or LARGEST_FILE,
    )
    if spec.accept and not any(fnmatchcase(stored.content_type, pattern) for pattern in spec.accept):
        raise Invalid(_WRONG_KIND)
    attach_file(session, stored, SUBJECT, installation.id)
    _change(session, installation, {**overrides, spec.id: [*ids, str(stored.id)]}, account_id)
    return stored


def remove_file(
    session: AnySession, installation: Installation, spec: SettingSpec, file_id: UUID, *, account_id: UUID | None
) -> None:
    """Take a file out of the settings; it is collected within a day. Raises NotFound, Conflict."""
    overrides = own_values(session, installation)
    ids = list(overrides.get(spec.id) or ())
    if str(file_id) not in ids:
        raise NotFound
    left = [one for one in ids if one != str(file_id)]
    overrides = {**overrides, spec.id: left} if left else {k: v for k, v in overrides.items() if k != spec.id}
    _change(session, installation, overrides, account_id)
    for file in files_named(session, [file_id]):
        detach_file(session, file)


def find_setting_file(session: AnySession, values: Mapping[str, Any], settings: Sequence[str], file_id: UUID) -> Any:
    """A file that one of these settings names now. Raises NotFound."""
    if not any(str(file_id) in (values.get(name) or ()) for name in settings):
        raise NotFound
    file = get_file(session, file_id)
    if file.subject_type != SUBJECT:
        raise NotFound
    return file


def file_setting(definition: Definition, setting_id: str) -> SettingSpec:
    """The setting of files with this id. Raises NotFound."""
    spec = definition.settings.get(setting_id)
    if spec is None or spec.type != "files":
        raise NotFound
    return spec


def kept_files(definition: Definition, own: Mapping[str, Any]) -> dict[str, Any]:
    """The own values of settings of files, which no other form of the settings holds."""
    return {
        name: value for name, value in own.items() if (spec := definition.settings.get(name)) and spec.type == "files"
    }


def own_values(session: AnySession, installation: Installation) -> dict[str, Any]:
    """The municipality's own values as they are."""
    return dict(settings_at(session, installation.id, installation.settings_version).overrides)


def _in_words(size: int) -> str:
    return f"{size // 1_048_576} MB" if size % 1_048_576 == 0 else f"{size // 1024} KB"


def _change(
    session: AnySession, installation: Installation, overrides: Mapping[str, Any], account_id: UUID | None
) -> None:
    change_settings(
        session,
        installation,
        overrides=overrides,
        own_name=installation.own_name,
        seen_version=installation.settings_version,
        account_id=account_id,
    )


def _as_id(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
