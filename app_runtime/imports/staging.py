"""The lines of a file as JSON, one a line, so that an import goes on at a byte and never reads the file anew."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from app_runtime.imports.reading import Line, Table

_SAMPLES = 3
_MOST_CHOICES = 60
_LONGEST_CHOICE = 80


@dataclass(frozen=True, slots=True)
class StagedLine:
    """A line with its fingerprint: equal for the same content, numbered where the same content comes again; `ends` is
    where in the staged file the next line begins."""

    line: Line
    fingerprint: str
    ends: int


@dataclass(slots=True)
class Profile:
    """What is known of a column: some values to show, how many lines have one, and all of them when they are few."""

    name: str
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    choices: dict[str, int] | None = field(default_factory=dict)

    def note(self, value: Any) -> None:
        """Take one value into account."""
        self.filled += 1
        text = str(value)
        if len(self.samples) < _SAMPLES and text[:_LONGEST_CHOICE] not in self.samples:
            self.samples.append(text[:_LONGEST_CHOICE])
        if self.choices is None:
            return
        if len(text) > _LONGEST_CHOICE or (text not in self.choices and len(self.choices) >= _MOST_CHOICES):
            self.choices = None
        else:
            self.choices[text] = self.choices.get(text, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return {"name": self.name, "filled": self.filled, "samples": self.samples, "choices": self.choices}


def stage_lines(table: Table, into: IO[bytes]) -> tuple[int, list[dict[str, Any]]]:
    """Write all lines; returns how many there are and what is known of each column.

    Raises UnreadableFile when a line beyond the most comes.
    """
    profiles = {name: Profile(name) for name in table.columns}
    seen: Counter[bytes] = Counter()
    total = 0
    for line in table.lines:
        written = json.dumps(line.values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(written).digest()
        seen[digest] += 1
        again = f"#{seen[digest]}" if seen[digest] > 1 else ""
        head = json.dumps([line.number, line.fault, f"sha256:{digest.hex()}{again}"], separators=(",", ":")).encode()
        into.write(b"[" + head + b"," + written + b"]\n")
        total += 1
        for name, value in line.values.items():
            if (profile := profiles.get(name)) is not None:
                profile.note(value)
    return total, [profile.as_json() for profile in profiles.values()]


def staged_lines(source: IO[bytes], *, start: int, most: int) -> Iterator[StagedLine]:
    """At most `most` lines from the byte `start` on."""
    source.seek(start)
    for _ in range(most):
        written = source.readline()
        if not written:
            return
        start += len(written)
        (number, fault, fingerprint), values = json.loads(written)
        yield StagedLine(Line(number, values, fault), fingerprint, start)
