"""Blurring a photo of a record for the public; the original stays for officials."""

from __future__ import annotations

from uuid import UUID

from app_runtime.records.attachments import list_record_files
from app_runtime.records.models import RecordFile
from app_runtime.records.moderation import blur_file
from app_runtime.records.permissions import may_moderate
from app_runtime.work.blurring import WHOLE, blur_photo, read_areas
from app_runtime.work.reach import Work
from lumbung.db.tenancy import AnySession
from lumbung.errors import Forbidden, NotFound
from lumbung.files import get_file, open_file, store_photo


def access_photo(work: Work, file_id: UUID) -> RecordFile:
    """A photo of the record that this official may blur or hide.

    Raises Forbidden when the official may not moderate it, NotFound when the record has no such photo.
    """
    if not may_moderate(work.app.definition, work.kind, work.actor, work.record):
        raise Forbidden
    for row in list_record_files(work.app.session, work.record):
        if row.file_id == file_id and get_file(work.app.session, file_id).content_type.startswith("image/"):
            return row
    raise NotFound


def blur_for_public(session: AnySession, work: Work, file_id: UUID, *, areas: str, whole: bool) -> None:
    """Show the public the photo with these areas blurred (`read_areas`), or all of it.

    Blurring again starts from the original. Raises as `access_photo` and `read_areas` do, and Conflict when the app is
    disabled.
    """
    access_photo(work, file_id)
    chosen = [WHOLE] if whole else read_areas(areas)
    original = get_file(session, file_id)
    with open_file(original) as stream:
        blurred = blur_photo(stream.read(), chosen)
    stored = store_photo(session, blurred, name=original.name, uploaded_by=work.actor.account_id)
    blur_file(session, work.record, work.actor, file_id, blurred_file_id=stored.id)
