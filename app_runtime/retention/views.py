"""`/manage/retention`: an administrator sees what is kept of people, how long, and when it is erased."""

from __future__ import annotations

from flask import Blueprint, render_template

from app_catalog.installations.values import show_duration
from app_runtime.retention.services import list_kept
from lumbung.db import db
from lumbung.i18n import Text
from lumbung.web.access import ADMIN, access

retention = Blueprint("retention", __name__, url_prefix="/manage", subdomain="portal", template_folder="templates")

BASES = {
    "consent": Text("persetujuan", "consent"),
    "contract": Text("perjanjian", "a contract"),
    "legal-obligation": Text("kewajiban hukum", "a legal obligation"),
    "vital-interest": Text("kepentingan vital", "a vital interest"),
    "public-task": Text("tugas pelayanan publik", "a public task"),
    "legitimate-interest": Text("kepentingan yang sah", "a legitimate interest"),
}
"""The bases of article 20 of Law 27/2022, as packages name them."""


@retention.get("/retention")
@access(ADMIN)
def kept() -> str:
    """Each app's purpose, basis and retention, and how many records wait for what."""
    return render_template("retention/kept.html", kept=list_kept(db.session), bases=BASES, show_duration=show_duration)
