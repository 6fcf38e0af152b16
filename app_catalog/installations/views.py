"""`/manage/apps`: enable, set up, disable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.definitions.model import Definition
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.deprecations.reading import find_deprecated
from app_catalog.installations.adoptions import find_adoption, set_publicity
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.effective import settings_at
from app_catalog.installations.forms import Answers, read_answers, shown_settings
from app_catalog.installations.history import list_changes
from app_catalog.installations.icons import MAX_ICON_BYTES, icon_url, remove_icon, set_icon
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.page_sections import installation_sections
from app_catalog.installations.preflight import preflight
from app_catalog.installations.services import (
    access_installation,
    agency_keys,
    change_settings,
    disable_app,
    enable_again,
    enable_app,
    find_installation,
)
from app_catalog.installations.setting_files import kept_files, show_files
from app_catalog.installations.shelf import access_offer, list_shelf
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, pick, t
from lumbung.web.access import ADMIN, access, current_visitor
from lumbung.web.sites import current_municipality
from tenants.regions.areas import areas_of

installations = Blueprint(
    "installations", __name__, url_prefix="/manage/apps", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]


@installations.get("")
@access(ADMIN)
def shelf() -> Page:
    """What is enabled here, and what else the catalog offers."""
    return render_template("installations/shelf.html", shelf=list_shelf(db.session), icon_url=icon_url)


@installations.get("/<slug>/enable")
@access(ADMIN)
def enable_form(slug: str) -> Page:
    """Preflight and the settings form made from the package."""
    if find_installation(db.session, slug, with_disabled=True):
        return redirect(url_for("installations.settings_form", slug=slug))
    offer = access_offer(db.session, slug)
    return _enable_page(offer, effective_settings(offer.definition, {}), {}, Answers())


@installations.post("/<slug>/enable")
@access(ADMIN)
def enable(slug: str) -> Page:
    """Enable the app with these settings."""
    offer = access_offer(db.session, slug)
    answers = read_answers(offer.definition, request.form, zone=_zone())
    try:
        installation = enable_app(
            db.session,
            app=offer.app,
            release=offer.release,
            overrides=answers.overrides,
            secrets=answers.secrets,
            own_name=answers.own_name,
            announced=request.form.get("announced") == "1",
            account_id=current_visitor().account_id,
        )
    except Invalid as error:
        values = effective_settings(offer.definition, answers.overrides)
        return _enable_page(offer, values, error.fields, answers), 422
    flash(t("Aplikasi sudah aktif di portal.", "The app is live on the portal."), "success")
    return redirect(url_for("installations.settings_form", slug=installation.slug, new=1), 303)


@installations.get("/<slug>")
@access(ADMIN)
def settings_form(slug: str) -> Page:
    """The settings as they are."""
    installation = access_installation(db.session, slug)
    definition = definition_by_digest(db.session, installation.definition_digest)
    stored = settings_at(db.session, installation.id, installation.settings_version)
    return _settings_page(installation, definition, effective_settings(definition, stored.overrides), {}, Answers())


@installations.post("/<slug>")
@access(ADMIN)
def save_settings(slug: str) -> Page:
    """Write the next version of the settings."""
    installation = access_installation(db.session, slug)
    definition = definition_by_digest(db.session, installation.definition_digest)
    answers = read_answers(definition, request.form, zone=_zone())
    stored = settings_at(db.session, installation.id, installation.settings_version)
    answers.overrides |= kept_files(definition, stored.overrides)
    seen = request.form.get("seen_version", "")
    try:
        change_settings(
            db.session,
            installation,
            overrides=answers.overrides,
            secrets=answers.secrets,
            own_name=answers.own_name,
            seen_version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
            account_id=current_visitor().account_id,
            reason=request.form.get("reason", "").strip()[:500],
        )
    except Invalid as error:
        values = effective_settings(definition, answers.overrides)
        return _settings_page(installation, definition, values, error.fields, answers), 422
    except Conflict as refusal:
        values = effective_settings(definition, answers.overrides)
        flash(str(refusal.message), "warning")
        return _settings_page(installation, definition, values, {}, answers), refusal.status
    flash(t("Pengaturan disimpan dan langsung berlaku.", "Settings saved; they hold at once."), "success")
    return redirect(url_for("installations.settings_form", slug=slug), 303)


@installations.get("/<slug>/history")
@access(ADMIN)
def history(slug: str) -> Page:
    """Every change of the settings with before and after."""
    installation = access_installation(db.session, slug)
    definition = definition_by_digest(db.session, installation.definition_digest)
    return render_template(
        "installations/history.html",
        installation=installation,
        name=shown_name(installation, definition),
        changes=list_changes(db.session, installation, definition),
    )


@installations.post("/<slug>/icon")
@access(ADMIN)
def change_icon(slug: str) -> Page:
    """Show an own icon, or the package's again."""
    installation = access_installation(db.session, slug)
    picture = request.files.get("icon")
    if request.form.get("step") == "remove":
        remove_icon(db.session, installation)
    elif picture is not None and picture.filename:
        set_icon(db.session, installation, picture.read(MAX_ICON_BYTES + 1), uploaded_by=current_visitor().account_id)
    else:
        raise Invalid(Text("Pilih gambar ikonnya dahulu.", "Choose a picture for the icon first."))
    flash(t("Ikon diganti.", "The icon was changed."), "success")
    return redirect(url_for("installations.settings_form", slug=slug), 303)


@installations.post("/<slug>/public")
@access(ADMIN)
def change_publicity(slug: str) -> Page:
    """What everybody may know about the app here."""
    installation = access_installation(db.session, slug)
    set_publicity(
        db.session,
        installation,
        definition_by_digest(db.session, installation.definition_digest),
        announced=request.form.get("announced") == "1",
        numbers=request.form.get("public_numbers") == "1",
    )
    flash(t("Disimpan.", "Saved."), "success")
    return redirect(url_for("installations.settings_form", slug=slug), 303)


@installations.post("/<slug>/disable")
@access(ADMIN)
def disable(slug: str) -> Page:
    """Take the app off the portal; nothing is lost."""
    disable_app(db.session, access_installation(db.session, slug), reason=request.form.get("reason", ""))
    flash(
        t("Aplikasi dinonaktifkan. Semua datanya tetap ada.", "The app is disabled. All its data is kept."), "success"
    )
    return redirect(url_for("installations.shelf"), 303)


@installations.post("/<slug>/enable-again")
@access(ADMIN)
def continue_app(slug: str) -> Page:
    """Continue a disabled app."""
    enable_again(db.session, access_installation(db.session, slug))
    flash(t("Aplikasi aktif kembali.", "The app is live again."), "success")
    return redirect(url_for("installations.settings_form", slug=slug), 303)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_municipality().timezone)


def _enable_page(offer: Any, values: Mapping[str, Any], errors: Mapping[str, list[str]], answers: Answers) -> str:
    agencies = agency_keys(db.session)
    return render_template(
        "installations/enable.html",
        offer=offer,
        definition=offer.definition,
        checks=preflight(db.session, offer.definition, agencies),
        own_name=(answers.own_name or {}).get("id", ""),
        announced=request.form.get("announced") == "1" if request.method == "POST" else True,
        **_form(offer.definition, values, errors, answers, agencies),
    )


def _settings_page(
    installation: Installation,
    definition: Definition,
    values: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    answers: Answers,
) -> str:
    agencies = agency_keys(db.session)
    own_name = answers.own_name if request.method == "POST" else installation.own_name
    return render_template(
        "installations/settings.html",
        installation=installation,
        definition=definition,
        name=shown_name(installation, definition),
        own_name=pick(own_name) if own_name else "",
        adoption=find_adoption(db.session, installation),
        icon=icon_url(installation),
        ends=find_deprecated(db.session, installation.app_id, installation.release_id),
        new=request.args.get("new") == "1",
        sections=installation_sections(db.session, installation),
        file_settings=show_files(db.session, definition, values),
        **_form(definition, values, errors, answers, agencies),
    )


def _form(
    definition: Definition,
    values: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    answers: Answers,
    agencies: Mapping[str, str],
) -> dict[str, Any]:
    """Settings to show, errors by control, and errors by table cell."""
    plain: dict[str, list[str]] = {}
    cells: dict[str, dict[tuple[int, str], str]] = {}
    summary: dict[str, list[str]] = {}
    labels = {key: pick(setting.label) for key, setting in definition.settings.items()}
    for key, messages in errors.items():
        place = answers.row_position(key)
        if place is None:
            plain[key] = summary[key] = list(messages)
            continue
        setting, number, column = place
        spec = definition.settings[setting].columns[column]
        control = f"{column}__amount" if spec.type == "duration" else column
        cells.setdefault(setting, {})[(number, control)] = messages[0]
        summary[f"{setting}.{number}.{control}"] = list(messages)
        labels[f"{setting}.{number}.{control}"] = f"{labels[setting]} {number + 1}, {pick(spec.label)}"
    return {
        "settings": shown_settings(
            definition, values, agencies=agencies, zone=_zone(), areas=areas_of(current_municipality().region_code)
        ),
        "errors": plain,
        "cell_errors": cells,
        "summary": summary,
        "labels": labels,
    }
