"""Reading what a person typed into a form: tidy values, and every mistake in it at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import TypeVar
from uuid import UUID

from lumbung.errors import Invalid
from lumbung.i18n import Text
from lumbung.plain_text import plain_text

Chosen = TypeVar("Chosen", bound=str)
_DATE = Text("Tulis tanggal yang ada di kalender.", "Write a date that exists.")
_TIME = Text("Tulis jam seperti 08.00.", "Write a time such as 08:00.")
_CHOICE = Text("Pilih salah satu yang ditawarkan.", "Choose one of those offered.")
_MISSING = Text("Bagian ini belum diisi.", "This part is missing.")
_LONG = Text("Paling banyak {most} huruf.", "At most {most} characters.")
_NUMBER = Text("Tulis angka antara {least} dan {most}.", "Write a number between {least} and {most}.")
_LONGEST_NUMBER = 18


class Answers:
    """One form. Read its fields, then call `require_valid`; `errors` holds what is wrong by name of the field."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.errors: dict[str, list[str]] = {}

    def wrong(self, name: str, message: Text) -> None:
        """Note a mistake in a field."""
        self.errors.setdefault(name, []).append(str(message))

    def text(self, name: str, *, most: int, optional: bool = False, lines: bool = False) -> str:
        """The text without outer blanks and control characters; `lines` keeps line breaks."""
        written = clean_text(self._form.get(name, ""), lines=lines)
        if not written and not optional:
            self.wrong(name, _MISSING)
        if len(written) > most:
            self.wrong(name, _LONG.format(most=most))
        return written

    def choice(self, name: str, offered: Iterable[Chosen]) -> Chosen | None:
        """One of the offered values; None, with a mistake noted, when it is none of them."""
        written = self._form.get(name, "").strip()
        for value in offered:
            if value == written:
                return value
        self.wrong(name, _CHOICE)
        return None

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self._form.get(name) == "1"

    def identifier(self, name: str) -> UUID | None:
        """An id chosen from a list; None when nothing was chosen. What is no id is a mistake."""
        written = self._form.get(name, "").strip()
        if not written:
            return None
        try:
            return UUID(written)
        except ValueError:
            self.wrong(name, _CHOICE)
            return None

    def day(self, name: str) -> date | None:
        """A date as browsers send it; None, with a mistake noted, when it is none."""
        written = self._form.get(name, "").strip()
        try:
            return date.fromisoformat(written)
        except ValueError:
            self.wrong(name, _DATE if written else _MISSING)
            return None

    def hour(self, name: str) -> time | None:
        """A time of day (`08:00`, also `08.00`); None when empty, None with a mistake noted when it is none."""
        written = self._form.get(name, "").strip().replace(".", ":")
        if not written:
            return None
        try:
            read = time.fromisoformat(written.rjust(5, "0"))
        except ValueError:
            self.wrong(name, _TIME)
            return None
        return read.replace(second=0, microsecond=0, tzinfo=None)

    def whole(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number within bounds; None, with a mistake noted, otherwise."""
        written = self._form.get(name, "").strip()
        if written.isascii() and written.isdigit() and len(written) <= _LONGEST_NUMBER:
            whole = int(written)
            if least <= whole <= most:
                return whole
        self.wrong(name, _NUMBER.format(least=least, most=most))
        return None

    def require_valid(self) -> None:
        """Raise Invalid with all mistakes when there is one."""
        if self.errors:
            raise Invalid(fields=self.errors)


def clean_text(written: str, *, lines: bool = False) -> str:
    """A text in composed form without control characters and outer blanks; line breaks stay only with `lines`."""
    plain = unicodedata.normalize("NFC", written).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        letter if (lines and letter == "\n") or unicodedata.category(letter) != "Cc" else " " for letter in plain
    )
    kept = plain_text(kept)
    return kept if lines else " ".join(kept.split())
