"""What a citizen typed, as the engine takes it: values by field, landmarks, files, and errors of all at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from app_catalog.definitions.expressions import Scope
from app_catalog.definitions.model import SEVERAL, Field
from app_catalog.installations.durations_form import join_duration
from app_runtime.pages.controls import Typed
from app_runtime.photos.uploads import MOST_FILES, KeptFile, receive_files
from app_runtime.records.actors import Actor
from app_runtime.records.answers import EMPTY, Answers, Asked
from app_runtime.records.form_moments import typed_moment
from app_runtime.records.form_rows import row_numbers
from app_runtime.records.landmarks import LONGEST_LANDMARK
from app_runtime.records.running_app import RunningApp
from lumbung.errors import Invalid
from lumbung.i18n import t
from tenants.answers import clean_text
from tenants.municipalities.places import find_coordinates, in_indonesia

Texts = MultiDict[str, str]
Uploads = MultiDict[str, FileStorage]


@dataclass
class Written:
    """A form as it was sent: `values` for the engine, `landmarks` by point field, `kept` files by field."""

    values: dict[str, Any] = field(default_factory=dict)
    landmarks: dict[str, str] = field(default_factory=dict)
    kept: dict[str, tuple[KeptFile, ...]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    typed: Typed = field(default_factory=Typed)
    rows: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """What was typed in the rows of each list, by names with the numbers that they have now."""

    @property
    def files(self) -> dict[str, list[UUID]]:
        """Ids of the stored files by field."""
        return {name: [file.file_id for file in kept] for name, kept in self.kept.items()}

    def wrong(self, errors: Mapping[str, Iterable[str]]) -> None:
        """Note further errors, each text once."""
        for name, texts in errors.items():
            known = self.errors.setdefault(name, [])
            known.extend(text for text in texts if text not in known)


def read_form(
    app: RunningApp, fields: Iterable[Field], form: Texts, uploads: Uploads, *, uploaded_by: UUID | None = None
) -> Written:
    """Read these fields from a form and commit the files that came with it.

    Files are committed apart from everything else: an answer that refuses the form must not lose them.
    """
    specs = list(fields)
    written = Written()
    for spec in specs:
        if spec.type == "files":
            _read_files(app, spec, form, uploads, written, uploaded_by)
        else:
            value = _read(app, spec, form, spec.id, written)
            if value not in EMPTY:
                written.values[spec.id] = value
    written.typed = typed_form(form, written.kept, written.rows)
    if any(spec.type == "files" for spec in specs):
        app.session.commit()
    return written


def read_unsent(app: RunningApp, fields: Mapping[str, Field], form: Texts) -> Written:
    """What stands in a form that somebody is still writing; stores nothing.

    Files are not sent for it: a script names those that are chosen as `<field>.chosen`.
    """
    texts = {name: spec for name, spec in fields.items() if spec.type != "files"}
    written = read_form(app, texts.values(), form, Uploads())
    written.values |= {name: chosen_files(form, name) for name in fields.keys() - texts.keys()}
    return written


def chosen_files(form: Texts, name: str) -> list[str]:
    """As many ids as files are chosen or kept under this name; conditions may count them."""
    count = len(form.getlist(f"{name}.kept")) + len(form.getlist(f"{name}.chosen"))
    return [str(UUID(int=number)) for number in range(min(count, MOST_FILES))]


def typed_form(
    form: Texts,
    kept: Mapping[str, Sequence[KeptFile]] | None = None,
    rows: Mapping[str, Mapping[str, list[str]]] | None = None,
) -> Typed:
    """What stands in a form that was sent, to be shown again."""
    lists = rows or {}
    chosen = {
        name: texts
        for name, texts in form.to_dict(flat=False).items()
        if not any(name.startswith(f"{one}.") for one in lists)
    }
    for texts_of_rows in lists.values():
        chosen |= texts_of_rows
    return Typed({name: texts[0] for name, texts in chosen.items() if texts}, kept or {}, chosen)


ScopeOf = Callable[[Mapping[str, Any]], Scope]


def check_form(
    app: RunningApp, fields: Mapping[str, Field], written: Written, scope_of: ScopeOf, actor: Actor
) -> dict[str, Any]:
    """The cleaned values, once everything was checked that the engine will check; empty when something is wrong.

    All errors are noted together, with those of files. A point that is given by a landmark alone is not missing: an
    official sets it later.
    """
    by_landmark = {name for name, text in written.landmarks.items() if text and name not in written.values}
    asked = {name: spec for name, spec in fields.items() if name not in by_landmark}
    try:
        return Answers(app, asked, "form", scope_of, actor).clean(sent_answers(written))
    except Invalid as error:
        # A refused photo says more than that a photo is missing.
        wrong = {name: texts for name, texts in error.fields.items() if name not in written.errors}
        written.wrong(wrong)
        return {}


def asked_in_form(
    app: RunningApp, fields: Mapping[str, Field], written: Written, scope_of: ScopeOf, actor: Actor
) -> Asked:
    """Which of these fields what was written so far shows and demands."""
    return Answers(app, fields, "form", scope_of, actor).asked(sent_answers(written))


def sent_answers(written: Written) -> dict[str, Any]:
    """What was written as the engine takes it, files by their ids."""
    return {**written.values, **{name: [str(one) for one in ids] for name, ids in written.files.items() if ids}}


def _read(app: RunningApp, spec: Field, form: Texts, name: str, written: Written) -> Any:
    if spec.type == "group":
        members = {
            member.id: _read(app, member, form, f"{name}.{member.id}", written) for member in spec.fields.values()
        }
        return {key: value for key, value in members.items() if value not in EMPTY}
    if spec.type == "list":
        return _read_rows(app, spec, form, name, written)
    if spec.type == "point":
        return _read_point(form, name, written)
    if spec.type in SEVERAL:
        return [one for one in form.getlist(name) if one.strip()]
    text = form.get(name, "").replace("\x00", "").strip()
    if spec.type == "duration":
        return join_duration(text, form.get(f"{name}.unit", "days"))
    if spec.type == "boolean":
        return True if text in ("1", "true", "on") else None
    if spec.type == "datetime" and text:
        return typed_moment(app.zone, text)
    return text


def _read_rows(app: RunningApp, spec: Field, form: Texts, name: str, written: Written) -> list[dict[str, Any]]:
    """The rows in which something stands; they are numbered anew, also in what the form shows again."""
    rows: list[dict[str, Any]] = []
    texts: dict[str, list[str]] = {}
    for number in row_numbers(form, name, (one for one in form if form[one])):
        old, new = f"{name}.{number}.", f"{name}.{len(rows)}."
        members = {member.id: _read(app, member, form, f"{old}{member.id}", written) for member in spec.fields.values()}
        row = {key: value for key, value in members.items() if value not in EMPTY}
        if row:
            rows.append(row)
            texts |= {new + one.removeprefix(old): form.getlist(one) for one in form if one.startswith(old)}
    written.rows[name] = texts
    return rows


def _read_point(form: Texts, name: str, written: Written) -> list[float] | None:
    """A point of the map, else coordinates or a map link in the text, else a landmark in words."""
    words = clean_text(form.get(f"{name}.text", ""))
    place = _point_of(form.get(f"{name}.lon", ""), form.get(f"{name}.lat", ""))
    found = find_coordinates(words)
    if found is None and words:
        if len(words) > LONGEST_LANDMARK:
            text = t("Patokan paling banyak {n} huruf.", "A landmark has at most {n} characters.", n=LONGEST_LANDMARK)
            written.wrong({name: [text]})
        elif "://" in words:
            text = t(
                "Tautan ini tidak berisi koordinat. Buka tautannya, lalu salin alamat lengkapnya, atau tulis patokan.",
                "This link holds no coordinates. Open it and copy the full address, or write a landmark.",
            )
            written.wrong({name: [text]})
        else:
            written.landmarks[name] = words
    place = place or found
    if place is None:
        return None
    if not in_indonesia(*place):
        text = t("Titik ini di luar Indonesia. Pilih lagi.", "This point lies outside Indonesia. Choose again.")
        written.wrong({name: [text]})
        return None
    return [place[0], place[1]]


def _point_of(lon: str, lat: str) -> tuple[float, float] | None:
    try:
        place = float(lon), float(lat)
    except ValueError:
        return None
    return place if math.isfinite(place[0]) and math.isfinite(place[1]) else None


def _read_files(
    app: RunningApp, spec: Field, form: Texts, uploads: Uploads, written: Written, uploaded_by: UUID | None
) -> None:
    received = receive_files(
        app.session,
        spec,
        uploads.getlist(spec.id),
        form.getlist(f"{spec.id}.kept"),
        uploaded_by=uploaded_by,
    )
    written.kept[spec.id] = received.kept
    if received.errors:
        written.wrong({spec.id: received.errors})
