"""What a publiccode.yml of each version holds: its keys, which of them must stand, and what they take."""

from __future__ import annotations

from functools import cache

from app_catalog.definitions.publiccode.values import (
    DATE,
    EMAIL,
    FILE,
    LANGUAGE,
    LOGO,
    MEDIA_TYPE,
    REPOSITORY,
    URI,
    URL,
    ByLanguage,
    Category,
    Country,
    Licence,
    Line,
    Matching,
    Several,
    Supported,
    Truth,
)
from app_catalog.definitions.publiccode.versions import minor_of
from app_catalog.definitions.publiccode.vocabulary import MAINTENANCE, SCOPES, SOFTWARE_TYPES, STATUSES
from app_catalog.definitions.shape.composites import Keys
from app_catalog.definitions.shape.reading import Kind
from app_catalog.definitions.shape.scalars import OneOf

LINE, LINES = Line(), Several(Line())
# A version that is not read is noted where it is looked up.
_VERSION = Matching(
    lambda text: minor_of(text) is not None, ('versi standar seperti "0.7"', 'a version such as "0.7"'), max=20
)
_ORGANISATION = Keys({"uri": URI}, {"name": LINE})
_FUNDER = Keys({"name": LINE}, {"uri": URI})
_CONTACT = Keys({"name": LINE}, {"email": EMAIL, "affiliation": LINE, "phone": LINE})
_CONTRACTOR = Keys({"name": LINE, "until": DATE}, {"email": EMAIL, "website": URL})
_DEPENDENCY = Keys({"name": LINE}, {"versionMin": LINE, "versionMax": LINE, "version": LINE, "optional": Truth()})


@cache
def shape_of(minor: int) -> Keys:
    """The keys of version `0.<minor>`; those that came later are read too, and noted by `keys_of_later`."""
    required: dict[str, Kind] = {
        "publiccodeYmlVersion": _VERSION,
        "name": LINE,
        "url": REPOSITORY,
        "platforms": Several(Line(100), single=True, min=1),
        "developmentStatus": OneOf(STATUSES),
        "softwareType": OneOf(SOFTWARE_TYPES),
        "description": ByLanguage(_description(minor)),
        "legal": Keys({"license": Licence()}, {"mainCopyrightOwner": LINE, "repoOwner": LINE, "authorsFile": FILE}),
        "maintenance": Keys(
            {"type": OneOf(MAINTENANCE)}, {"contractors": Several(_CONTRACTOR), "contacts": Several(_CONTACT)}
        ),
        "localisation": Keys({"localisationReady": Truth(), "availableLanguages": Several(LANGUAGE, min=1)}),
    }
    optional: dict[str, Kind] = {
        "applicationSuite": LINE,
        "landingURL": URL,
        "isBasedOn": Several(REPOSITORY, single=True),
        "softwareVersion": LINE,
        "logo": LOGO,
        "monochromeLogo": LOGO,
        "inputTypes": Several(MEDIA_TYPE),
        "outputTypes": Several(MEDIA_TYPE),
        "usedBy": LINES,
        "roadmap": URL,
        "fundedBy": Several(_FUNDER),
        "organisation": _ORGANISATION,
        "supports": Several(Keys({"id": Supported()})),
        "intendedAudience": Keys(
            optional={
                "countries": Several(Country(minor)),
                "unsupportedCountries": Several(Country(minor)),
                "scope": Several(OneOf(tuple(sorted(SCOPES)))),
            }
        ),
        "dependsOn": Keys(
            optional={
                "open": Several(_DEPENDENCY),
                "proprietary": Several(_DEPENDENCY),
                "hardware": Several(_DEPENDENCY),
            }
        ),
    }
    # 0.4 made the date of the newest version optional, 0.5 the categories.
    (required if minor < 4 else optional)["releaseDate"] = DATE
    (required if minor < 5 else optional)["categories"] = Several(Category(minor))
    return Keys(required, optional)


def _description(minor: int) -> Keys:
    """One language of the description: 0.2 asked for a generic name, 500 letters, and features of 100 at most."""
    early = minor < 3
    required: dict[str, Kind] = {"shortDescription": Line(150)}
    optional: dict[str, Kind] = {
        "localisedName": LINE,
        "longDescription": Line(10_000, 500 if early else 150),
        "documentation": URL,
        "apiDocumentation": URL,
        "features": Several(Line(100 if early else 1_000)),
        "screenshots": Several(FILE),
        "videos": Several(URL),
        "awards": LINES,
    }
    (required if early else optional)["genericName"] = Line(35)
    return Keys(required, optional)


KEYS_SINCE: dict[tuple[str, ...], int] = {
    ("organisation",): 5,
    ("fundedBy",): 5,
    ("supports",): 7,
}
"""Keys that came after 0.2, and the version that brought them."""

DEPRECATED: dict[tuple[str, ...], tuple[int, tuple[str, str]]] = {
    ("monochromeLogo",): (3, ("Pakai “logo”.", "Use “logo”.")),
    ("inputTypes",): (3, ("Hapus saja.", "It is safe to drop it.")),
    ("outputTypes",): (3, ("Hapus saja.", "It is safe to drop it.")),
    ("description", "*", "genericName"): (3, ("Hapus saja.", "It is safe to drop it.")),
    ("legal", "authorsFile"): (4, ("Hapus saja.", "It is safe to drop it.")),
    ("legal", "repoOwner"): (5, ("Pakai “organisation/name”.", "Use “organisation/name”.")),
    ("IT", "conforme"): (5, ("Hapus saja.", "It is safe to drop it.")),
    ("IT", "riuso", "codiceIPA"): (
        5,
        ("Pakai “organisation/uri” dengan urn:x-italian-pa:….", "Use “organisation/uri” with urn:x-italian-pa:…."),
    ),
}
"""Keys that the standard would have gone, since when, and what to write instead; `*` is any language."""
