"""What the catalog's categories and audiences are called. Which there are is said by the package format."""

from __future__ import annotations

from app_catalog.definitions.shape.records import CATEGORIES
from lumbung.i18n import Text

_NAMES = {
    "complaints": (Text("Pengaduan warga", "Citizen reports"), "message-report"),
    "letters": (Text("Surat dan keterangan", "Letters and certificates"), "mail"),
    "permits": (Text("Perizinan", "Permits"), "rubber-stamp"),
    "population": (Text("Kependudukan", "Population"), "users"),
    "health": (Text("Kesehatan", "Health"), "building-hospital"),
    "education": (Text("Pendidikan", "Education"), "book"),
    "employment": (Text("Ketenagakerjaan", "Employment"), "briefcase"),
    "transport": (Text("Perhubungan", "Transport"), "traffic-lights"),
    "planning": (Text("Perencanaan", "Planning"), "sitemap"),
    "budget": (Text("Anggaran", "Budget"), "scale"),
    "audit": (Text("Pengawasan", "Audit"), "clipboard-list"),
    "business": (Text("Usaha dan perdagangan", "Business and trade"), "building-store"),
    "tax": (Text("Pajak dan retribusi", "Taxes and levies"), "building-bank"),
    "environment": (Text("Lingkungan hidup", "Environment"), "recycle"),
    "infrastructure": (Text("Jalan dan bangunan", "Roads and buildings"), "road"),
    "public-information": (Text("Informasi publik", "Public information"), "info-circle"),
    "other": (Text("Lainnya", "Other"), "apps"),
}
AUDIENCES = {
    "public-service": Text("Untuk warga", "For citizens"),
    "government": Text("Untuk kantor pemerintah", "For government offices"),
}


def category_name(category: str) -> Text:
    """What a category is called; a category that has no name yet goes by its id."""
    named = _NAMES.get(category)
    return named[0] if named else Text(category, category)


def category_icon(category: str) -> str:
    """The name of a category's icon."""
    named = _NAMES.get(category)
    return named[1] if named else "apps"


def category_choices() -> list[tuple[str, Text]]:
    """All categories in the order of the package format."""
    return [(category, category_name(category)) for category in CATEGORIES]
