"""How the words of a problem are written."""

from app_catalog.definitions.model import Text

ProblemText = tuple[Text, Text]


def both(indonesian: str, english: str) -> Text:
    """A text in both languages."""
    return Text({"id": indonesian, "en": english})


def unknown(indonesian: str, english: str) -> ProblemText:
    """The words for a name that is not defined."""
    return (
        both(f"Tidak ada {indonesian} bernama “{{found}}”.", f"There is no {english} named “{{found}}”."),
        both("{suggestion}", "{suggestion}"),
    )
