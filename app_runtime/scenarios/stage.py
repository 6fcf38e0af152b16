"""The stage that a scenario is played on: its clock, its people, its records by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import thread_time
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from app_catalog.definitions.model import Definition, Field, RecordType
from app_catalog.definitions.scenario_names import split_name
from app_runtime.children.family import list_children
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.models import Record
from app_runtime.records.reading import get_record
from app_runtime.records.running_app import RunningApp, running_app
from app_runtime.records.tracking import tracking_code_of
from app_runtime.scenarios.errors import Refused, Trouble, because_of, words_of
from app_runtime.scenarios.people import scenario_roles
from app_runtime.scenarios.scratch import ZONE, Scratch
from lumbung.db import set_clock
from lumbung.db.tenancy import AnySession
from lumbung.errors import LumbungError
from lumbung.i18n import Text, speaking
from lumbung.ids import new_id

T = TypeVar("T")


class Stage:
    """What the steps and checks of one scenario work with.

    `moment` is the scenario's present; `deadline` is when playing it must be over, by `time.thread_time`: what
    a scenario shows must not hang on what else the machine does.
    """

    def __init__(
        self, session: AnySession, definition: Definition, scratch: Scratch, *, moment: datetime, deadline: float
    ) -> None:
        self.session = session
        self.definition = definition
        self.scratch = scratch
        self.moment = moment
        self.deadline = deadline
        self.named: dict[str, UUID] = {}
        self.told: list[tuple[datetime, UUID, Text]] = []
        self.app: RunningApp = running_app(session, scratch.installation)

    def tell(self, text: Text) -> None:
        """Add a line to the timeline, at the scenario's present."""
        self.told.append((self.moment, new_id(), text))

    def check_time(self) -> None:
        """Raise Trouble when the scenario takes too long."""
        if thread_time() > self.deadline:
            raise Trouble(
                Text("Skenario ini terlalu lama berjalan, jadi dihentikan.", "This scenario took too long; stopped.")
            )

    def record(self, name: str) -> Record:
        """The record with this name in the scenario, a child too (`a.visit`, `a.visit[2]`). Raises Trouble when no step
        made it."""
        first, _, rest = name.partition(".")
        found = self._named(first)
        while rest:
            step, _, rest = rest.partition(".")
            found = self.child(found, step)
        return found

    def child(self, record: Record, step: str) -> Record:
        """A child of a record by the kind that its type calls it, the only one or the one at a place (`visit[2]`).
        Raises Trouble when it is not there."""
        kind, place = (split_name(step) or [(step, None)])[0]
        spec = self.record_type(record.record_type).children.get(kind)
        if spec is None:
            raise unknown("anak berkas", "kind of children", step, self.record_type(record.record_type).children)
        with set_clock(self.moment):
            found = [one for one in list_children(self.session, record) if one.record_type == spec.record]
        if place is None and len(found) == 1:
            return found[0]
        if place is None or place > len(found):
            raise Trouble(
                Text(
                    f"Ada {len(found)} “{kind}” di sini; sebut salah satu, misalnya {kind}[1].",
                    f"There are {len(found)} “{kind}” here; name one of them, such as {kind}[1].",
                )
            )
        return found[place - 1]

    def follow(self, name: str, path: str) -> tuple[Record, str]:
        """The record that a dotted path starts at, through its children, and what is left of the path."""
        record = self.record(name)
        while True:
            step, _, further = path.partition(".")
            if not further or step.partition("[")[0] not in self.record_type(record.record_type).children:
                return record, path
            record, path = self.child(record, step), further

    def _named(self, name: str) -> Record:
        if name not in self.named:
            known = ", ".join(self.named) or "-"
            raise Trouble(
                Text(
                    f"Tidak ada data bernama “{name}” dalam skenario ini; yang ada: {known}.",
                    f"No record is named “{name}” in this scenario; there are: {known}.",
                )
            )
        return get_record(self.session, self.named[name])

    def record_type(self, name: str) -> RecordType:
        """The record type with this id. Raises Trouble when the app has none."""
        found = self.app.definition.records.get(name)
        if found is None:
            raise unknown("jenis data", "record type", name, self.app.definition.records)
        return found

    def actor(self, role: str, *, record: Record | None = None, agency: str | None = None) -> Actor:
        """The person of a role who has to do with the record (or with an agency): the officer of the agency that has
        it, the resident who holds its code. Raises Trouble for an unknown role."""
        key = self.app.agencies.key_of(record.agency_id) if record is not None else agency
        if record is not None and record.agency_id is None and record.shared_with:
            # Nobody has it, but a child of it is with somebody.
            key = self.app.agencies.key_of(UUID(record.shared_with[0]))
        visitor = self.scratch.people.find(role, key)
        if visitor is None:
            raise unknown("peran", "role", role, scenario_roles(self.definition))
        code = tracking_code_of(record) if record is not None and role == "resident" else None
        with set_clock(self.moment):
            return actor_for(self.session, visitor, self.scratch.installation, tracking_code=code)

    def with_named(self, values: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
        """Values in which fields that name a record say it by its name in the scenario."""
        found = dict(values)
        for name, spec in fields.items():
            named = self.named.get(str(found.get(name))) if spec.target is not None else None
            if named is not None:
                found[name] = str(named)
        return found

    def attempt(self, work: Callable[[], T], *, keep: bool = True) -> T:
        """What `work` gives at the scenario's present; with `keep` False it leaves no trace.

        Raises Refused with the engine's reason in both languages.
        """
        self.check_time()
        try:
            return self._once(work, keep=keep)
        except LumbungError as error:
            refusal, indonesian = error, words_of(error)
        # Once more, for the words in English: answers are worded in the language of whoever asks.
        english = indonesian
        with speaking("en"):
            try:
                self._once(work, keep=False)
            except LumbungError as error:
                english = words_of(error)
        raise Refused(because_of(refusal), Text(indonesian.id, english.en))

    def _once(self, work: Callable[[], T], *, keep: bool) -> T:
        with set_clock(self.moment), savepoint(self.session, keep=keep):
            return work()

    def shown_moment(self, moment: datetime) -> str:
        """A moment as the timeline writes it, in the municipality's zone."""
        return f"{moment.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"


@contextmanager
def savepoint(session: AnySession, *, keep: bool) -> Iterator[None]:
    """A block whose changes are undone when it fails, and always without `keep`."""
    nested = session.begin_nested()
    try:
        yield
        if keep:
            nested.commit()
    finally:
        if nested.is_active or not keep:
            nested.rollback()


def unknown(kind_id: str, kind_en: str, name: str, known: object) -> Trouble:
    """Something that a scenario names and the app does not have."""
    names = ", ".join(str(item) for item in known) if hasattr(known, "__iter__") else ""
    return Trouble(
        Text(
            f"Tidak ada {kind_id} “{name}” di aplikasi ini; yang ada: {names or '-'}.",
            f"The app has no {kind_en} “{name}”; there are: {names or '-'}.",
        )
    )
