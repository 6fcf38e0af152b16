"""Ranges of SemVer versions, as in ``requires: {lumbung: ">=1.0,<2"}``."""

import re

import semver

_PART = re.compile(r"(>=|<=|==|>|<|=)?\s*([0-9]{1,6})(?:\.([0-9]{1,6}))?(?:\.([0-9]{1,6}))?\Z")


class VersionRangeError(ValueError):
    """A text that is not a range of versions."""


def parse_range(text: str) -> tuple[tuple[str, semver.Version], ...]:
    """The comparisons that ``text`` joins by commas, each an operator and a full version.

    ``VersionRangeError`` when it is empty, longer than 100 characters, or a part is not an operator and a
    version.
    """
    parts = []
    for part in text.split(",") if 0 < len(text) <= 100 else [""]:
        match = _PART.match(part.strip())
        if match is None:
            raise VersionRangeError(text)
        numbers = [int(number or 0) for number in match.groups()[1:]]
        operator = match[1] or "=="
        parts.append(("==" if operator == "=" else operator, semver.Version(*numbers)))
    return tuple(parts)


def in_range(version: str, text: str) -> bool:
    """Whether the SemVer ``version`` satisfies every comparison of the range ``text``."""
    asked = semver.Version.parse(version)
    return all(asked.match(f"{operator}{bound}") for operator, bound in parse_range(text))
