"""Texts that people read, kept by language."""

from collections.abc import Iterator, Mapping

FALLBACK_LANGUAGES = ("id", "en")


class Text(Mapping[str, str]):
    """A text by language code, for example ``{"id": "Judul", "en": "Title"}``; immutable and hashable."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def text(self, lang: str = "id") -> str:
        """The text in ``lang``; when it is missing the Indonesian, then the English, then any, then
        ``""``.
        """
        for candidate in (lang, *FALLBACK_LANGUAGES):
            if candidate in self._values:
                return self._values[candidate]
        return next(iter(self._values.values()), "")

    def __getitem__(self, key: str) -> str:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Text({self._values!r})"
