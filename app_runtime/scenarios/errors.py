"""Why a scenario cannot go on, or what the engine answered; both are said to the author of the package."""

from __future__ import annotations

from lumbung.errors import Invalid, LumbungError
from lumbung.i18n import Text


class Trouble(Exception):
    """The scenario cannot go on; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


class Refused(Exception):
    """The engine refused what somebody tried: `because` as the package format names it, `text` in its own words."""

    def __init__(self, because: str, text: Text) -> None:
        self.because = because
        self.text = text
        super().__init__(text.en)


def because_of(error: LumbungError) -> str:
    """What the package format calls the reason of a refusal; a record out of reach is a matter of the role."""
    named = error.details.get("because")
    if named:
        return str(named)
    return "role" if error.status in (403, 404) else error.slug


def words_of(error: LumbungError) -> Text:
    """The refusal with the answers that it is about, as the language of the moment has them."""
    if not isinstance(error, Invalid) or not error.fields:
        return error.message
    fields = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.fields.items())
    return Text(fields, fields)
