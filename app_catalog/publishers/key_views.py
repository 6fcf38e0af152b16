"""`/publish/<slug>/keys` and `/publish/<slug>/tokens`."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app_catalog.publishers.blueprint import Page, own_account, publishing
from app_catalog.publishers.forms import read_key, read_token
from app_catalog.publishers.keys import add_own_key, fingerprint_of, list_keys, revoke_key
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.tokens import LIFETIMES, create_token, list_tokens, revoke_token
from lumbung.db import db, now
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.web.access import SIGNED_IN, access
from lumbung.web.sites import hub_origin


@publishing.get("/<slug>/keys")
@access(SIGNED_IN)
def keys(slug: str) -> Page:
    """The keys that sign the publisher's releases."""
    return _keys_page(access_publisher(db.session, own_account(), slug), {}, {})


@publishing.post("/<slug>/keys")
@access(SIGNED_IN)
def add_key(slug: str) -> Page:
    """Register a maintainer's own public key."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    try:
        add_own_key(db.session, publisher, **read_key(request.form))
    except Invalid as error:
        return _keys_page(publisher, request.form, error.fields), error.status
    except Conflict as error:
        return _keys_page(publisher, request.form, {"public_key": [str(error.message)]}), error.status
    flash(t("Kunci terdaftar.", "The key was added."), "success")
    return redirect(url_for("publishing.keys", slug=slug), code=303)


@publishing.post("/<slug>/keys/<uuid:key_id>/revoke")
@access(SIGNED_IN)
def revoke(slug: str, key_id: UUID) -> Page:
    """From now on the key signs nothing new."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    revoke_key(db.session, publisher, key_row_id=key_id)
    flash(
        t(
            "Kunci dicabut. Rilis yang sudah ditandatanganinya tetap berlaku.",
            "The key was revoked. Releases that it signed stay valid.",
        ),
        "success",
    )
    return redirect(url_for("publishing.keys", slug=slug), code=303)


@publishing.get("/<slug>/tokens")
@access(SIGNED_IN)
def tokens(slug: str) -> Page:
    """The tokens of the command line."""
    return _tokens_page(access_publisher(db.session, own_account(), slug), {}, {})


@publishing.post("/<slug>/tokens")
@access(SIGNED_IN)
def add_token(slug: str) -> Page:
    """Make a token; its text is on this answer and nowhere else."""
    publisher = access_publisher(db.session, own_account(), slug)
    try:
        _, text = create_token(db.session, publisher, account_id=own_account(), **read_token(request.form))
    except Invalid as error:
        return _tokens_page(publisher, request.form, error.fields), error.status
    return _tokens_page(publisher, {}, {}, new=text)


@publishing.post("/<slug>/tokens/<uuid:token_id>/revoke")
@access(SIGNED_IN)
def revoke_publish_token(slug: str, token_id: UUID) -> Page:
    """From now on the token opens nothing."""
    publisher = access_publisher(db.session, own_account(), slug)
    revoke_token(db.session, publisher, token_id=token_id)
    flash(t("Token dicabut.", "The token was revoked."), "success")
    return redirect(url_for("publishing.tokens", slug=slug), code=303)


def _keys_page(publisher: Publisher, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "publishers/keys.html",
        publisher=publisher,
        keys=[(key, fingerprint_of(key)) for key in list_keys(db.session, publisher)],
        owner=is_owner(db.session, publisher, own_account()),
        values=values,
        errors=errors,
    )


def _tokens_page(
    publisher: Publisher, values: Mapping[str, str], errors: Mapping[str, list[str]], *, new: str | None = None
) -> str:
    return render_template(
        "publishers/tokens.html",
        publisher=publisher,
        tokens=list_tokens(db.session, publisher),
        lifetimes=[(str(days), t("{n} hari", "{n} days", n=days)) for days in LIFETIMES],
        owner=is_owner(db.session, publisher, own_account()),
        address=hub_origin(),
        new=new,
        today=now(),
        values=values,
        errors=errors,
    )
