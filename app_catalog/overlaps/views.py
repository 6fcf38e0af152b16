"""`/curator/overlaps` and `/publish/<publisher>/overlaps`: apps that do the same, and why it is thought so."""

from __future__ import annotations

from flask import Blueprint, render_template

from app_catalog.overlaps.services import list_pairs
from app_catalog.publishers.blueprint import own_account
from app_catalog.publishers.members import access_publisher, is_owner
from lumbung.db import db
from lumbung.i18n import Text
from lumbung.web.access import CURATOR, PUBLISHER, access

overlaps = Blueprint("overlaps", __name__, subdomain="hub", template_folder="templates")
MOST_SHOWN = 100
PARTS = {
    "fields": Text("isian", "fields"),
    "states": Text("keadaan", "states"),
    "clocks": Text("tenggat", "deadlines"),
    "settings": Text("pengaturan", "settings"),
    "words": Text("nama dan ringkasan", "name and summary"),
    "category": Text("kategori", "category"),
}


@overlaps.get("/curator/overlaps")
@access(CURATOR)
def all_pairs() -> str:
    """The whole catalog."""
    return render_template("overlaps/curator.html", pairs=list_pairs(db.session)[:MOST_SHOWN], parts=PARTS)


@overlaps.get("/publish/<slug>/overlaps")
@access(PUBLISHER)
def own_pairs(slug: str) -> str:
    """Those with an app of the publisher."""
    publisher = access_publisher(db.session, own_account(), slug)
    return render_template(
        "overlaps/publisher.html",
        publisher=publisher,
        owner=is_owner(db.session, publisher, own_account()),
        pairs=list_pairs(db.session, publisher_id=publisher.id)[:MOST_SHOWN],
        parts=PARTS,
    )
