"""What money is for, by name: the features that know it say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import Text, t

SubjectNames = Callable[[AnySession, Sequence[str] | None], Mapping[str, str]]
"""The names of subjects in the reader's language by their ids, of all that can be chosen when None is asked for; what
is not there any more is left out."""
_UNKNOWN = Text("Pilih untuk apa.", "Choose what it was for.")
LUMBUNG = ("platform", "lumbung")

_names: dict[str, SubjectNames] = {}
_Names = TypeVar("_Names", bound=SubjectNames)


def names_subjects(subject_type: str) -> Callable[[_Names], _Names]:
    """Let the decorated function name the subjects of one type (`app`, `municipality`, `programme`)."""

    def register(names: _Names) -> _Names:
        if subject_type in _names:
            raise ValueError(f"Subjects of type {subject_type!r} are named already.")
        _names[subject_type] = names
        return names

    return register


def name_subjects(session: AnySession, subjects: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """The name of every subject, by type and id: one query for each type. What nobody knows has its id."""
    wanted = {one for one in subjects if one[0] and one[1]}
    found = {LUMBUNG: _whole()}
    for subject_type in sorted({kind for kind, _ in wanted}):
        ids = sorted(subject_id for kind, subject_id in wanted if kind == subject_type)
        names = _names.get(subject_type)
        if names is not None:
            found.update({(subject_type, subject_id): name for subject_id, name in names(session, ids).items()})
    return {one: found.get(one, one[1]) for one in wanted}


def offer_subjects(session: AnySession) -> Mapping[str, Mapping[str, str]]:
    """What money can be said to be for: names by id, by type; all of Lumbung first."""
    offered: dict[str, Mapping[str, str]] = {LUMBUNG[0]: {LUMBUNG[1]: _whole()}}
    for subject_type, names in sorted(_names.items()):
        known = names(session, None)
        if known:
            offered[subject_type] = dict(sorted(known.items(), key=lambda one: one[1].casefold()))
    return offered


def check_subject(session: AnySession, subject: tuple[str, str]) -> None:
    """Raise Invalid when money cannot be said to be for this."""
    if subject[1] not in offer_subjects(session).get(subject[0], {}):
        raise Invalid(fields={"subject": [str(_UNKNOWN)]})


def _whole() -> str:
    return t("Lumbung seluruhnya", "Lumbung as a whole")
