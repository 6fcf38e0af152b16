"""The terms of use and the data-processing agreement that a municipality accepts."""

from __future__ import annotations

from dataclasses import dataclass

from lumbung.i18n import Text, current_language

AGREEMENTS_VERSION = "1"
"""Kept with every claim and municipality. Raise it with every change of meaning in either text."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One of the two texts: its id in addresses, its title, what the person says by accepting."""

    id: str
    title: Text
    acceptance: Text

    @property
    def template(self) -> str:
        """The template of the text in the reader's language."""
        return f"municipalities/agreements/{self.id}_{current_language()}.html"


TERMS = Agreement(
    "terms",
    Text("Ketentuan Pemakaian", "Terms of use"),
    Text(
        "Kami menerima Ketentuan Pemakaian (versi {version})", "We accept the terms of use (version {version})"
    ).format(version=AGREEMENTS_VERSION),
)
PROCESSING = Agreement(
    "processing",
    Text("Perjanjian Pemrosesan Data", "Data-processing agreement"),
    Text(
        "Kami menerima Perjanjian Pemrosesan Data (versi {version})",
        "We accept the data-processing agreement (version {version})",
    ).format(version=AGREEMENTS_VERSION),
)
AGREEMENTS = {agreement.id: agreement for agreement in (TERMS, PROCESSING)}
