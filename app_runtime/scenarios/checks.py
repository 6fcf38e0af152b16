"""What a scenario claims in the end, held against the records, clocks and messages that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app_catalog.definitions.model import (
    BUILTIN_ATTRIBUTES,
    CannotCheck,
    Check,
    ClockCheck,
    CountCheck,
    EscalatedCheck,
    MessageCheck,
    NumberCheck,
    SightCheck,
    StateCheck,
    ValueCheck,
)
from app_catalog.releases.scenarios import Failure
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.reading import list_clocks
from app_runtime.records.values import NUMBERS, expression_values, latest_rounds, number_of
from app_runtime.scenarios.errors import Refused
from app_runtime.scenarios.sights import check_sight
from app_runtime.scenarios.stage import Stage, unknown
from app_runtime.scenarios.steps import act_on, make_record, update_named
from lumbung.i18n import Text

CLOCK_WORDS = {"paused": "running", "met_late": "met", "ended": "met"}
"""What the package format calls the states of a clock that it does not tell apart."""

_LONGEST = 200


def failures_of(stage: Stage, check: Check) -> Iterator[Text]:
    """Why the check does not hold; nothing when it does. Raises Trouble for names that are not there."""
    return _CHECKS[type(check)](stage, check)


def _states(stage: Stage, check: StateCheck) -> Iterator[Text]:
    for name, state in check.states.items():
        found = _all_records(stage) if name == "all" else [stage.record(name)]
        for record in found:
            if record.state != state:
                shown = record.number or record.title if name == "all" else name
                yield _instead("keadaan", "state", str(shown), state, record.state)


def _values(stage: Stage, check: ValueCheck) -> Iterator[Text]:
    for (name, path), written in check.values.items():
        record, rest = stage.follow(name, path)
        kind = stage.record_type(record.record_type)
        first = rest.partition(".")[0]
        if first not in kind.fields and first not in BUILTIN_ATTRIBUTES and not (first == NUMBERS and kind.numbers):
            raise unknown("isian", "field", first, (*kind.fields, *BUILTIN_ATTRIBUTES))
        found: Any = expression_values(record, kind, stage.app.agencies, list_clocks(stage.session, record))
        for part in rest.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        expected = stage.with_named({rest: written}, kind.fields)[rest]
        if not same_value(found, expected):
            yield _instead("nilai", "value", f"{name}.{path}", expected, found)


def _numbers(stage: Stage, check: NumberCheck) -> Iterator[Text]:
    for name, number in check.numbers.items():
        first, _, which = name.rpartition(".")
        kind = stage.record_type(stage.record(first).record_type) if first else None
        if kind is not None and which in kind.numbers:
            found = number_of(stage.record(first), kind, which)
        else:
            found = stage.record(name).number
        if found != number:
            yield _instead("nomor", "number", name, number, found)


def _clocks(stage: Stage, check: ClockCheck) -> Iterator[Text]:
    for (name, path), expected in check.clocks.items():
        full = f"{name}.{path}"
        record, clock = stage.follow(name, path)
        known = stage.record_type(record.record_type).clocks
        if clock not in known:
            raise unknown("tenggat", "clock", clock, known)
        rounds = {row.clock: row for row in latest_rounds(list_clocks(stage.session, record))}
        row = rounds.get(clock)
        found = CLOCK_WORDS.get(row.state, row.state) if row else None
        if found != expected:
            due = f" (jatuh tempo / due {stage.shown_moment(row.due_at)})" if row else ""
            exact = f"{row.state}{due}" if row else None
            yield _instead("tenggat", "clock", full, expected, exact)


def _escalated(stage: Stage, check: EscalatedCheck) -> Iterator[Text]:
    for (name, path), expected in check.clocks.items():
        record, clock = stage.follow(name, path)
        known = stage.record_type(record.record_type).clocks
        if clock not in known:
            raise unknown("tenggat", "clock", clock, known)
        rounds = {row.clock: row for row in latest_rounds(list_clocks(stage.session, record))}
        row = rounds.get(clock)
        ladder = sorted(known[clock].escalate.values(), key=lambda rung: rung.order)
        found = dict.fromkeys(rung.to for rung in ladder if row is not None and rung.id in row.rungs_done)
        if set(found) != set(expected):
            yield _instead(
                "eskalasi", "escalation", f"{name}.{path}", ", ".join(expected) or "none", ", ".join(found) or "none"
            )


def _messages(stage: Stage, check: MessageCheck) -> Iterator[Text]:
    query = select(RecordHistory.name, RecordHistory.changes).where(
        RecordHistory.tenant_id == stage.scratch.municipality.id, RecordHistory.kind == "message"
    )
    written = [(row.name, str(row.changes["to"]), list(row.changes["reached"])) for row in stage.session.execute(query)]
    for message in (*check.messages, *check.unsent):
        if message not in stage.definition.messages:
            raise unknown("pesan", "message", message, stage.definition.messages)
    for message, to in check.unsent.items():
        told = [whom for name, whom, reached in written if name == message and reached and to in (None, whom)]
        if told:
            wanted = Text(f" kepada {to}", f" to {to}") if to else Text("", "")
            everybody = ", ".join(dict.fromkeys(told))
            times = len(told)
            yield Failure.instead(
                Text(f"tidak ada pesan “{message}”{wanted.id}", f"no message “{message}”{wanted.en}"),
                Text(
                    f"pesan itu dikirim {times} kali, kepada {everybody}",
                    f"it was sent {times} time{'s' if times > 1 else ''}, to {everybody}",
                ),
            )
    for message, to in check.messages.items():
        mine = [(whom, reached) for name, whom, reached in written if name == message]
        if any(reached and to in (None, whom) for whom, reached in mine):
            continue
        wanted = Text(f"kepada {to}", f"to {to}") if to else Text("kepada siapa pun", "to anybody")
        sent = ", ".join(dict.fromkeys(whom for whom, reached in mine if reached))
        missed = ", ".join(dict.fromkeys(whom for whom, reached in mine if not reached))
        if missed:
            instead = Text(f"tidak ada yang dapat dihubungi ({missed})", f"there was nobody to reach ({missed})")
        elif sent:
            instead = Text(f"pesan itu dikirim kepada {sent}", f"it was sent to {sent}")
        else:
            instead = Text("pesan itu tidak dikirim", "it was not sent")
        expected = Text(f"pesan “{message}” {wanted.id}", f"message “{message}” {wanted.en}")
        yield Failure.instead(expected, instead)


def _counts(stage: Stage, check: CountCheck) -> Iterator[Text]:
    for record_type, expected in check.counts.items():
        stage.record_type(record_type)
        found = stage.session.scalar(
            select(func.count())
            .select_from(Record)
            .where(Record.tenant_id == stage.scratch.municipality.id, Record.record_type == record_type)
        )
        if found != expected:
            yield _instead("jumlah", "count", record_type, expected, found)


def _cannot(stage: Stage, check: CannotCheck) -> Iterator[Text]:
    if check.act is not None:
        what = f"{check.act} {check.on}"
        action, on = check.act, check.on or ""

        def work() -> Record:
            return act_on(stage, check.role, on, action, check.values)

    elif check.update is not None:
        what = f"update {check.update}"
        named = check.update

        def work() -> Record:
            return update_named(stage, check.role, named, check.values)

    else:
        what = f"create {check.create}"
        created = check.create or ""

        def work() -> Record:
            return make_record(stage, check.role, created, check.values)

    try:
        stage.attempt(work, keep=False)
    except Refused as refusal:
        if refusal.because != check.because:
            yield Failure.instead(
                Text(
                    f"{check.role} tidak dapat “{what}” karena {check.because}",
                    f"that {check.role} cannot “{what}” because of {check.because}",
                ),
                Text(
                    f"ditolak karena {refusal.because}: {refusal.text.id}",
                    f"it was refused because of {refusal.because}: {refusal.text.en}",
                ),
            )
        return
    yield Failure.instead(
        Text(
            f"{check.role} tidak dapat “{what}” ({check.because})",
            f"that {check.role} cannot “{what}” ({check.because})",
        ),
        Text("bisa", "it was possible"),
    )


def same_value(found: Any, expected: Any) -> bool:
    """Whether a value is as written: moments by instant, and an absent one like the empty value of its kind."""
    if isinstance(found, datetime):
        try:
            return isinstance(expected, str) and datetime.fromisoformat(expected) == found
        except (ValueError, TypeError):
            return False
    if found is None:
        return expected in (None, "", 0, False, [], {})
    if isinstance(found, bool) or isinstance(expected, bool):
        return found is expected
    return bool(found == expected)


def _all_records(stage: Stage) -> list[Record]:
    query = select(Record).where(Record.tenant_id == stage.scratch.municipality.id).order_by(Record.id)
    return list(stage.session.scalars(query))


def _instead(kind_id: str, kind_en: str, where: str, expected: Any, found: Any) -> Text:
    return Failure.instead(
        Text(f"{kind_id} {where} “{_shown(expected)}”", f"the {kind_en} of {where} to be “{_shown(expected)}”"),
        Text(f"“{_shown(found)}”", f"it is “{_shown(found)}”"),
    )


def _shown(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else "-" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


_CHECKS: dict[type, Callable[[Stage, Any], Iterator[Text]]] = {
    StateCheck: _states,
    ValueCheck: _values,
    NumberCheck: _numbers,
    ClockCheck: _clocks,
    EscalatedCheck: _escalated,
    MessageCheck: _messages,
    CountCheck: _counts,
    SightCheck: check_sight,
    CannotCheck: _cannot,
}
