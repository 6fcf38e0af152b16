"""The shape of ``publiccode.yml``: the keys of the publiccode.yml standard, version 0.4.

Source: the standard's reference documentation, "The Standard (core)", version 0.4.0.
"""

from collections.abc import Callable
from typing import Any

from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.shape.composites import Keys, ListOf
from app_catalog.definitions.shape.reading import MISSING, Kind, Path, Reading
from app_catalog.definitions.shape.scalars import Boolean, OneOf, Words


class Matching:
    """A text that passes a test, with what it should look like."""

    def __init__(self, passes: Callable[[str], bool], *, expected: tuple[str, str]) -> None:
        self.passes, self.expected = passes, expected

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or len(node.text) > 500 or not self.passes(node.text):
            return reading.expected(self.expected, node, path)
        return node.text


class ByLanguage:
    """A map from a language code to a value."""

    def __init__(self, value: Kind) -> None:
        self.value = value

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode) or not node.entries:
            return reading.expected(("peta per bahasa", "a map by language"), node, path)
        read = {key: self.value.read(child, (*path, key), reading) for key, child in node.entries.items()}
        return {key: value for key, value in read.items() if value is not MISSING}


def _is_date(text: str) -> bool:
    year, *rest = text.split("-")
    return len(text) == 10 and len(year) == 4 and len(rest) == 2 and text.replace("-", "").isdigit()


URL = Matching(
    lambda text: text.startswith(("https://", "http://")) and " " not in text,
    expected=("alamat https://…", "an https:// address"),
)
DATE = Matching(_is_date, expected=("tanggal seperti 2026-01-31", "a date such as 2026-01-31"))
VERSION = Matching(
    lambda text: text.split(".")[:2] in (["0", "4"], ["0", "5"]) or text == "0",
    expected=("versi standar: 0.4", "the standard's version: 0.4"),
)
LINE, LINES = Words(300), ListOf(Words(300))
COUNTRIES = ListOf(Words(2, 2))

CONTRACTOR = Keys({"name": LINE, "until": DATE}, {"email": LINE, "website": URL})
CONTACT = Keys({"name": LINE}, {"email": LINE, "affiliation": LINE, "phone": LINE})
DEPENDENCY = Keys({"name": LINE}, {"versionMin": LINE, "versionMax": LINE, "version": LINE, "optional": Boolean()})
DESCRIPTION = Keys(
    {"shortDescription": Words(150), "longDescription": Words(10_000, 150), "features": LINES},
    {
        "localisedName": LINE,
        "genericName": Words(35),
        "documentation": URL,
        "apiDocumentation": URL,
        "screenshots": LINES,
        "videos": LINES,
        "awards": LINES,
    },
)
PUBLICCODE = Keys(
    {
        "publiccodeYmlVersion": VERSION,
        "name": LINE,
        "url": URL,
        "platforms": LINES,
        "developmentStatus": OneOf(("concept", "development", "beta", "stable", "obsolete")),
        "softwareType": OneOf(
            (
                "standalone/mobile",
                "standalone/iot",
                "standalone/desktop",
                "standalone/web",
                "standalone/backend",
                "standalone/other",
                "addon",
                "library",
                "configurationFiles",
            )
        ),
        "description": ByLanguage(DESCRIPTION),
        "legal": Keys({"license": LINE}, {"mainCopyrightOwner": LINE, "repoOwner": LINE, "authorsFile": LINE}),
        "maintenance": Keys(
            {"type": OneOf(("internal", "contract", "community", "none"))},
            {"contractors": ListOf(CONTRACTOR), "contacts": ListOf(CONTACT)},
        ),
        "localisation": Keys({"localisationReady": Boolean(), "availableLanguages": LINES}),
    },
    {
        "applicationSuite": LINE,
        "landingURL": URL,
        "isBasedOn": LINES,
        "softwareVersion": LINE,
        "releaseDate": DATE,
        "logo": LINE,
        "categories": LINES,
        "usedBy": LINES,
        "roadmap": URL,
        "inputTypes": LINES,
        "outputTypes": LINES,
        "intendedAudience": Keys(optional={"countries": COUNTRIES, "unsupportedCountries": COUNTRIES, "scope": LINES}),
        "dependsOn": Keys(
            optional={
                "open": ListOf(DEPENDENCY),
                "proprietary": ListOf(DEPENDENCY),
                "hardware": ListOf(DEPENDENCY),
            }
        ),
    },
)
