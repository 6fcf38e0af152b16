"""`/manage/apps/<app>/files`: files of an app's settings, given and taken away by administrators."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, request, url_for

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.services import access_installation
from app_catalog.installations.setting_files import (
    LARGEST_FILE,
    add_file,
    file_setting,
    find_setting_file,
    own_values,
    remove_file,
)
from app_catalog.installations.views import Page, installations
from lumbung.db import db
from lumbung.errors import Invalid, NotFound
from lumbung.files import send_stored_file
from lumbung.i18n import Text, t
from lumbung.web.access import ADMIN, access, current_visitor

_NONE = Text("Pilih berkasnya dahulu.", "Choose a file first.")


@installations.post("/<slug>/setting-files/<setting_id>")
@access(ADMIN)
def change_files(slug: str, setting_id: str) -> Page:
    """Add a file to a setting, or take one away."""
    installation = access_installation(db.session, slug)
    spec = file_setting(definition_by_digest(db.session, installation.definition_digest), setting_id)
    account_id = current_visitor().account_id
    if request.form.get("step") == "remove":
        remove_file(db.session, installation, spec, _id(request.form.get("file", "")), account_id=account_id)
        flash(t("Berkas dihapus.", "The file was taken away."), "success")
    else:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise Invalid(_NONE)
        data = upload.stream.read((spec.max_size or LARGEST_FILE) + 1)
        add_file(
            db.session,
            installation,
            spec,
            data=data,
            name=upload.filename,
            declared=upload.mimetype or "application/octet-stream",
            account_id=account_id,
        )
        flash(t("Berkas disimpan.", "The file was kept."), "success")
    return redirect(url_for("installations.settings_form", slug=slug, _anchor=f"files-{setting_id}"), 303)


@installations.get("/<slug>/setting-files/<uuid:file_id>")
@access(ADMIN)
def setting_file(slug: str, file_id: UUID) -> Response:
    """A file of the settings, for who gave it."""
    installation = access_installation(db.session, slug)
    own = own_values(db.session, installation)
    definition = definition_by_digest(db.session, installation.definition_digest)
    names = [spec.id for spec in definition.settings.values() if spec.type == "files"]
    return send_stored_file(find_setting_file(db.session, own, names, file_id))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
