"""Everything that the page of one record shows to one official."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import WRITTEN, RecordType
from app_catalog.installations.names import shown_name
from app_runtime.children.showing import ShownFamily, show_family
from app_runtime.joining.services import count_joined, may_be_joined
from app_runtime.naming.showing import ShownNaming, show_naming
from app_runtime.records.actors import Actor
from app_runtime.records.landmarks import landmark_of
from app_runtime.records.nearby import possible_duplicates
from app_runtime.records.niks import nik_fields
from app_runtime.records.permissions import may_moderate, title_fields, visible_fields
from app_runtime.records.presenting import PresentedField, PresentedRecord, present_record
from app_runtime.records.reading import list_clocks
from app_runtime.records.running_app import RunningApp
from app_runtime.records.updating import updatable_fields
from app_runtime.records.values import field_values
from app_runtime.satisfaction.models import SatisfactionAnswer
from app_runtime.satisfaction.services import list_answers
from app_runtime.work.choices import ActionForm, Blocked, Tried, action_forms, blocked_actions
from app_runtime.work.deadlines import Deadline, age_of, show_deadlines
from app_runtime.work.publication import Publication, show_publication
from app_runtime.work.reach import Work, at_work
from app_runtime.work.told import show_history, show_messages
from lumbung.db import now
from lumbung.i18n import pick, t

_NOT_AS_FACTS = frozenset({"files", "point", "group", "list", "nik"}) | WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """One record for one official: what it says, how its deadlines stand, what may be done, what happened.

    `late_since` is the red mark's text, empty when nothing is overdue; `age` says how long ago it was made. `disabled`
    means that the app was taken off the portal, so that nothing can be done. `open` records wait for somebody to act.
    `niks` are the numbers of the population register that this person may ask for: the field, its label, the masked
    number.
    """

    record: PresentedRecord
    app_name: str
    app_slug: str
    kind_name: str
    age: str
    late_since: str
    facts: Sequence[tuple[str, str]]
    texts: Sequence[PresentedField]
    groups: Sequence[PresentedField]
    photos: Sequence[PresentedField]
    deadlines: Sequence[Deadline]
    actions: Sequence[ActionForm]
    open: bool
    blocked: Sequence[Blocked]
    publication: Publication | None
    moderates: bool
    edits: bool
    niks: Sequence[tuple[str, str, str]]
    history: Sequence[dict[str, Any]]
    messages: Sequence[dict[str, str]]
    mails: bool
    duplicates: Sequence[PresentedRecord]
    joined: int
    satisfaction: Sequence[SatisfactionAnswer]
    family: ShownFamily
    naming: Sequence[ShownNaming]
    disabled: bool

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"/work/{self.app_slug}/{self.record.id}"


def show_record(work: Work, *, tried: Tried | None = None) -> RecordPage:
    """The page of a record, with the answers of a refused action put back when there was one."""
    app, record, kind = work.app, work.record, work.kind
    official = at_work(work.actor)
    presented = present_record(app, record, official)
    at = now()
    deadlines = show_deadlines(app, kind, list_clocks(app.session, record), at=at)
    late = [deadline.text for deadline in deadlines if deadline.state == "late"]
    messages, mails = show_messages(work)
    # What a title takes from another record is no link to it.
    fields = [field for field in presented.fields if field.named or field.id not in title_fields(kind)]
    moderates = may_moderate(app.definition, kind, official, record)
    return RecordPage(
        record=presented,
        app_name=shown_name(app.installation, app.definition),
        app_slug=app.installation.slug,
        kind_name=_name(app, record.record_type),
        age=age_of(record.created_at, at),
        late_since=late[0] if late and record.open else "",
        facts=[*_facts(work, presented, fields), *_places(work, official)],
        texts=[field for field in fields if field.type in WRITTEN],
        groups=[field for field in fields if field.members or field.rows],
        photos=[field for field in fields if field.type == "files" and (field.files or field.links)],
        deadlines=deadlines,
        actions=action_forms(work, tried),
        open=record.open,
        blocked=blocked_actions(work),
        publication=show_publication(work) if moderates else None,
        moderates=moderates,
        edits=bool(updatable_fields(app.session, record, official) & {*kind.fields}),
        niks=_niks(kind, fields),
        history=show_history(work),
        messages=messages,
        mails=mails,
        duplicates=_duplicates(work),
        joined=_joined(work),
        satisfaction=list_answers(app.session, record),
        family=show_family(app, record, official),
        naming=show_naming(app, record, official),
        disabled=app.installation.status != "enabled",
    )


def _name(app: RunningApp, record_type: str) -> str:
    return pick(app.record_type(record_type).name)


def _facts(work: Work, presented: PresentedRecord, fields: Sequence[PresentedField]) -> list[tuple[str, str]]:
    plain = [(field.label, field.shown) for field in fields if field.type not in _NOT_AS_FACTS]
    if work.record.agency_id is None:
        return [(t("Dinas", "Agency"), t("Belum ditentukan", "Not decided yet")), *plain]
    # Many apps ask for the agency in a field of their own; and not everybody who reads a record may see whose it is.
    told = presented.agency_name in ("", *(field.shown for field in fields if field.type == "agency"))
    return plain if told else [(t("Dinas", "Agency"), presented.agency_name), *plain]


def _niks(kind: RecordType, fields: Sequence[PresentedField]) -> list[tuple[str, str, str]]:
    found = {field.id: field for field in fields}
    found |= {f"{field.id}.{member.id}": member for field in fields for member in field.members}
    return [(path, found[path].label, found[path].text) for path in nik_fields(kind) if path in found]


def _places(work: Work, official: Actor) -> list[tuple[str, str]]:
    """Landmarks in words, and which places somebody must still set on the map."""
    seen = visible_fields(work.app.definition, work.record.record_type, official, work.record)
    stored = field_values(work.record, work.kind)
    found = []
    for field in work.kind.fields.values():
        if field.type != "point" or field.id not in seen:
            continue
        found.append((t("Patokan", "Landmark"), landmark_of(work.record, field.id)))
        if not stored.get(field.id):
            found.append((pick(field.label), t("Belum ditandai di peta", "Not on the map yet")))
    return found


def _joined(work: Work) -> int:
    """How many others have said "me too"."""
    if not may_be_joined(work.kind):
        return 0
    return count_joined(work.app.session, [work.record.id]).get(work.record.id, 0)


def _duplicates(work: Work) -> list[PresentedRecord]:
    """Records near by that may be about the same; only those that are this person's work too."""
    found = possible_duplicates(
        work.app.session,
        work.app.installation,
        at_work(work.actor),
        work.record.record_type,
        field_values(work.record, work.kind),
        landmarks={
            field.id: landmark_of(work.record, field.id) for field in work.kind.fields.values() if field.type == "point"
        },
        digest=work.record.definition_digest,
    )
    return [other for other in found if other.id != work.record.id]
